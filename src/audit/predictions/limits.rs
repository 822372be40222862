//! What cannot be said from a table, each in one or two sentences, and only where it applies.

use serde::Serialize;

use super::{DesignAudit, ModelAudit, PredictionAudit};
use crate::report::percent;

/// Groups below which an interval over them is rough, and is said to be.
const FEW: usize = 10;

/// Something that cannot be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// A short name, for programs.
    pub limit: &'static str,
    /// What cannot be said, and why.
    pub text: String,
}

/// Everything that cannot be said; what depends on the table first.
pub(super) fn limits(audit: &PredictionAudit) -> Vec<Limit> {
    let mut all = Vec::new();
    let mut say = |applies: bool, limit: &'static str, text: String| {
        if applies {
            all.push(Limit { limit, text });
        }
    };
    for design in &audit.designs {
        of_design(audit, design, &mut say);
    }
    for model in &audit.models {
        of_model(audit, model, &mut say);
    }
    of_seeds(audit, &mut say);
    of_table(audit, &mut say);
    for comparison in &audit.comparisons {
        let most =
            comparison.models.iter().filter_map(|name| audit.model(name)).map(|model| model.recordings).max();
        let applies = most.is_some_and(|most| comparison.recordings < most);
        let [one, other] = &comparison.models;
        let text = format!(
            "{one} and {other} answer different recordings: they are compared on the {} that both answer.",
            comparison.recordings
        );
        say(applies, "different-recordings", text);
    }
    say(
        audit.comparisons.iter().any(|one| one.participants < 6),
        "few-pairs",
        "With fewer than six participants no comparison of models can reach p < 0.05.".to_owned(),
    );
    let always = [
        (
            "training-not-repeated",
            "p exchanges labels and keeps predictions: no model is trained again. It does not show what the same training reaches on \
             exchanged labels, as where a model follows the balance of its training labels.",
        ),
        (
            "chosen-on-test",
            "The table does not tell whether a model, an epoch or a setting was chosen by these test labels. If so, accuracies are \
             too high and p too low.",
        ),
        (
            "fitted-before-folds",
            "The table does not show what was fitted on all recordings before the folds, such as scales, filters or features.",
        ),
        (
            "order-of-recordings",
            "The table does not hold the order of recordings: drift, or blocks of one label, may explain any accuracy.",
        ),
    ];
    always.into_iter().for_each(|(limit, text)| say(true, limit, text.to_owned()));
    all
}

fn of_design(
    audit: &PredictionAudit,
    design: &DesignAudit,
    say: &mut impl FnMut(bool, &'static str, String),
) {
    let whose =
        if audit.designs.len() > 1 { format!("{}: ", design.models.join(", ")) } else { String::new() };
    let all = &design.all_folds;
    let nothing_trains = all.trains == 0;
    say(
        nothing_trains,
        "nothing-trains",
        format!(
            "{whose}The table names no training rows: leakage and guesses from training labels are unknown."
        ),
    );
    let shares = [
        (
            "leaking-recordings",
            all.recordings,
            "the recording itself also trains: the accuracy says nothing of new recordings",
        ),
        (
            "leaking-participants",
            all.participants,
            "the participant also trains: the accuracy does not extend to new participants",
        ),
        (
            "leaking-stimuli",
            all.stimuli.unwrap_or(0.0),
            "the stimulus also trains: the accuracy does not extend to new stimuli",
        ),
    ];
    for (limit, share, what) in shares {
        say(share > 0.0, limit, format!("{whose}In {} % of the tested rows {what}.", percent(share)));
    }
    say(
        design.folds.len() == 1,
        "one-split",
        format!("{whose}All predictions come from one test part: the spread over splits is not seen."),
    );
    let exchanges = &design.exchanges;
    let text = format!(
        "{whose}There are {} distinct exchanges of labels: p cannot be below {:.3}.",
        exchanges.distinct(),
        exchanges.least_p
    );
    say(exchanges.least_p > 0.05, "few-exchanges", text);
    let (fixed, groups) = (exchanges.fixed_groups, exchanges.groups);
    let text =
        format!("{whose}{fixed} of {groups} participants have one label each, so p rests on the others.");
    say(fixed > 0 && groups > 1, "fixed-participants", text);
    let is_within = exchanges.level.is_within_participants();
    let text = format!(
        "{whose}Participants share stimuli, and labels are exchanged within each participant alone: p holds for these stimuli. \
         Habits of answering a stimulus, shared by participants, make it too small."
    );
    say(is_within && design.stimuli_are_shared, "habits-of-stimuli", text);
    let text = format!("{whose}Each label has one stimulus: a label cannot be told from its stimulus.");
    say(design.one_stimulus_a_label, "one-stimulus-a-label", text);
}

fn of_model(audit: &PredictionAudit, model: &ModelAudit, say: &mut impl FnMut(bool, &'static str, String)) {
    let (name, accuracy) = (&model.name, &model.accuracy);
    let best = audit.design(name).and_then(|design| design.guesses.best());
    if let Some(best) = best {
        let text = format!(
            "{name}: {} % accuracy does not exceed a guess without a signal, {} % from the {}.",
            percent(accuracy.accuracy.value),
            percent(best.accuracy),
            best.by.description()
        );
        say(best.accuracy >= accuracy.accuracy.value, "guess-is-as-good", text);
    }
    let has_no_width = accuracy.accuracy.interval.is_some_and(|interval| interval.width() < 1e-9);
    say(
        has_no_width,
        "no-width",
        format!("{name}: all groups have one accuracy, so its interval has no width and says nothing."),
    );
}

/// What seeds leave open, once for all models that it holds for.
fn of_seeds(audit: &PredictionAudit, say: &mut impl FnMut(bool, &'static str, String)) {
    let names = |has_several: bool| {
        let of = audit.models.iter().filter(|model| (model.accuracy.seeds.len() > 1) == has_several);
        of.map(|model| model.name.as_str()).collect::<Vec<&str>>().join(", ")
    };
    let [one, several] = [names(false), names(true)];
    let text = format!("{one}: one training for each fold; the spread over seeds is not seen.");
    say(!one.is_empty(), "one-seed", text);
    let text = format!("{several}: intervals are those of means over seeds. One training spreads more.");
    say(!several.is_empty(), "seeds-pooled", text);
}

fn of_table(audit: &PredictionAudit, say: &mut impl FnMut(bool, &'static str, String)) {
    let (participants, stimuli) = (audit.participants, audit.stimuli);
    let one = participants < 2 || stimuli.is_some_and(|stimuli| stimuli < 2);
    let text = "Intervals need two participants, and two stimuli if they are named.";
    say(one, "no-interval", text.to_owned());
    let few = |count: usize, what: &str| format!("With {count} {what} intervals are rough.");
    say((2..FEW).contains(&participants), "few-participants", few(participants, "participants"));
    say(
        stimuli.is_some_and(|stimuli| (2..FEW).contains(&stimuli)),
        "few-stimuli",
        few(stimuli.unwrap_or(0), "stimuli"),
    );
    say(
        stimuli.is_none(),
        "no-stimuli",
        "The table has no column stimulus: intervals hold for the same stimuli, and leakage of stimuli is not seen.".to_owned(),
    );
    say(
        !audit.has_lengths,
        "no-lengths",
        "The table has no column length: a guess from the length of recordings is not tried.".to_owned(),
    );
    say(
        !audit.has_parts,
        "folds-alone",
        "The table has no column part: all rows outside a fold are taken to train it, validation included."
            .to_owned(),
    );
    let rows = audit.less_probable;
    let text = format!(
        "In {rows} rows the predicted label is not the most probable one: results are those of the predicted label."
    );
    say(rows > 0, "less-probable", text);
    let names = audit.not_read.join(", ");
    say(!audit.not_read.is_empty(), "not-read", format!("Columns that are not read: {names}."));
}
