//! Records as tables.

use super::{Outcome, Record};
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
    /// Test recordings by true label (row) and predicted label (column).
    #[must_use]
    pub fn confusion_table(&self) -> Table {
        let header = self.labels.iter().map(|label| format!("predicted {label}"));
        let mut table = Table::new(["true".to_owned()].into_iter().chain(header));
        for (label, row) in self.labels.iter().zip(&self.confusion) {
            let counts = row.iter().map(ToString::to_string);
            table.push([label.to_string()].into_iter().chain(counts));
        }
        table
    }

    /// A row for each test recording: its true label, the prediction of each slice, and their vote. A whole signal has one
    /// prediction.
    #[must_use]
    pub fn votes_table(&self) -> Table {
        let mut table = Table::new(["recording", "true", "slices", "vote"]);
        for prediction in &self.predictions {
            let recording = prediction.recording;
            let named: Vec<&str> = (prediction.logits.iter())
                .map(|logits| {
                    // The true class does not matter.
                    let answer = Answer::new(recording, 0, logits.clone());
                    answer.map_or("not finite", |answer| self.labels[answer.predicted()].as_str())
                })
                .collect();
            let [label, decided] = [prediction.label, prediction.predicted].map(|label| label.to_string());
            table.push([recording.to_string(), label, named.join(", "), decided]);
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
