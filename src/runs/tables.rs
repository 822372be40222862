//! Records as tables.

use super::{Outcome, Record};
use crate::recordings::Genre;
use crate::report::{Table, percent};
use crate::training::Answer;

/// A row for each run: test accuracy in percent with both of its weights, and the accuracy on the recordings that trained
/// it.
#[must_use]
pub fn runs_table(records: &[Record]) -> Table {
    let mut table =
        Table::new(["run", "test, last epoch", "test, best on validation", "its epoch", "training"]);
    for Record { run, history, last, best, .. } in records {
        let training = history.training.accuracy().last().map_or_else(String::new, percent);
        let [final_test, best_test] = [last, best].map(|outcome| percent(outcome.accuracy()));
        table.push([format!("{run:02}"), final_test, best_test, best.epoch.to_string(), training]);
    }
    table
}

impl Outcome {
    /// Test recordings by true genre (row) and predicted genre (column).
    #[must_use]
    pub fn confusion_table(&self) -> Table {
        let header = Genre::ALL.map(|genre| format!("predicted {genre}"));
        let mut table = Table::new(["true".to_owned()].into_iter().chain(header));
        for genre in Genre::ALL {
            let counts = self.confusion[genre.label()].map(|count| count.to_string());
            table.push([genre.to_string()].into_iter().chain(counts));
        }
        table
    }

    /// A row for each test recording: its true genre, what each of its slices names, and what they decide together. A whole
    /// signal names one genre.
    #[must_use]
    pub fn votes_table(&self) -> Table {
        let mut table = Table::new(["recording", "true", "named", "decided"]);
        for prediction in &self.predictions {
            let recording = prediction.recording;
            let genre = recording.song.genre();
            let named: Vec<String> = (prediction.logits.iter())
                .map(|&logits| {
                    let answer = Answer::new(recording, genre, logits);
                    answer.map_or_else(|_| "not finite".to_owned(), |answer| answer.predicted().to_string())
                })
                .collect();
            let (genre, decided) = (genre.to_string(), prediction.genre.to_string());
            table.push([recording.to_string(), genre, named.join(", "), decided]);
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Model;
    use crate::runs::series::testing::{record, scattered};

    #[test]
    fn a_run_shows_both_weights_and_its_training() {
        let record = record(Model::Baseline, 3, 0.7, &scattered(0, 13), &scattered(0, 26));
        let table = runs_table(&[record]).to_string();
        let cells: Vec<&str> = table.lines().nth(1).unwrap().split_whitespace().collect();
        assert_eq!(cells, ["03", "33.3", "66.7", "1", "70.0"]);
    }

    #[test]
    fn confusion_and_votes_have_a_row_for_each_genre_and_recording() {
        let outcome = record(Model::Baseline, 0, 0.7, &scattered(0, 39), &scattered(0, 0)).last;
        let confusion = outcome.confusion_table();
        assert_eq!(confusion.rows()[0], ["classical", "15", "0", "0"]);
        let votes = outcome.votes_table();
        assert_eq!(votes.rows().len(), 39);
        assert_eq!(votes.rows()[0], ["S1/P00", "classical", "classical", "classical"]);
    }
}
