//! The whole reproduction in one table: what the paper states, what is found here, and where to read on.

use crate::classifiers::trials::{Classification, RahmanComparison};
use crate::preparation::Split;
use crate::recordings::Description;
use crate::report::Table;
use crate::reproduction::paper;
use crate::reproduction::results::Results;

const RECORDINGS: &str = "01-recordings";
const RESULTS: &str = "05-results";
const FEATURES: &str = "07-features";

/// A row for each fact, number, claim and statement of the paper.
///
/// On other recordings than the published ones nothing stands beside the paper: its column is empty and there are no
/// verdicts.
#[must_use]
pub fn summary(
    split: &Split,
    description: &Description,
    results: &Results,
    classification: &Classification,
) -> Table {
    let mut table = Table::new(["section", "item", "paper", "here", "verdict", "where to look"]);
    facts(&mut table, split, description, !results.verdicts.is_empty());
    numbers(&mut table, results);
    for tested in &results.claims {
        let points = format!("{:+.1} points", 100.0 * tested.comparison.difference);
        let stated = format!("{:+} points", tested.claim.points);
        let claim = tested.claim;
        table.push([claim.section, claim.statement, &stated, &points, &tested.verdict.to_string(), RESULTS]);
    }
    for tested in &results.observations {
        let observation = tested.observation;
        let found = format!("{} {}", tested.text(tested.mean), tested.measured());
        let verdict = tested.verdict.to_string();
        table.push([observation.section, observation.statement, "", &found, &verdict, RESULTS]);
    }
    rivals(&mut table, &classification.beside);
    table
}

/// What the paper states of the recordings and of the split.
fn facts(table: &mut Table, split: &Split, description: &Description, with_paper: bool) {
    let facts = [
        ("1", "participants", usize::from(paper::PARTICIPANTS), description.participants),
        ("2.1", "songs", usize::from(paper::SONGS), description.stimuli),
        ("2.1", "samples of the shortest recording", paper::SHORTEST, description.shortest),
        ("2.1", "samples of the longest recording", paper::LONGEST, description.longest),
        ("2.1", "test recordings", paper::TEST_RECORDINGS, split.test().len()),
    ];
    for (section, item, stated, found) in facts {
        let verdict = if stated == found { "as stated" } else { "differs" };
        let [stated, found] = [stated, found].map(|number| number.to_string());
        let (stated, verdict) = if with_paper { (stated.as_str(), verdict) } else { ("", "") };
        table.push([section, item, stated, &found, verdict, RECORDINGS]);
    }
}

/// Lowest, average, highest and training accuracy of each series.
fn numbers(table: &mut Table, results: &Results) {
    let percent = |part: f64| format!("{:.1} %", 100.0 * part);
    for series in &results.series {
        let Some(name) = series.reported() else { continue };
        let reported = name.reported();
        let verdict = results.verdicts.iter().find(|verdict| verdict.series == name);
        let average = series.trimmed_mean.map_or_else(|| "fewer than 3 runs".to_owned(), percent);
        let numbers = [
            ("lowest", format!("{} %", reported.lowest), percent(series.lowest)),
            ("average", format!("{} %", reported.average), average),
            ("highest", format!("{} %", reported.highest), percent(series.highest)),
            (
                "training",
                reported.training.map_or_else(String::new, |training| training.to_string()),
                percent(series.training),
            ),
        ];
        for (what, stated, found) in numbers {
            let stated = if verdict.is_some() { stated } else { String::new() };
            // The rule judges a series by its average; the other numbers have a part in that verdict.
            let verdict = verdict.filter(|_| what == "average").map(|verdict| verdict.verdict.to_string());
            let item = format!("{}: {what}", series.label);
            table.push([reported.section, &item, &stated, &found, &verdict.unwrap_or_default(), RESULTS]);
        }
    }
}

/// What the paper quotes of others (3.4), beside the same classifiers on features of the recordings.
fn rivals(table: &mut Table, rivals: &[RahmanComparison]) {
    for RahmanComparison { reported, ours, verdict, .. } in
        rivals.iter().filter(|rival| rival.reported.is_quoted)
    {
        let item = format!("Rahman et al.: {} of features, {}", reported.classifier, reported.label);
        let stated = format!("{:.1} %", reported.percent);
        let found = ours.first().map_or_else(String::new, |ours| format!("{:.1} %", ours.percent));
        table.push(["3.4", &item, &stated, &found, &verdict.to_string(), FEATURES]);
    }
}
