//! Every recorded prediction of a network, in one tidy table.

use std::path::Path;

use crate::audit::{self, CellRecord};
use crate::error::Result;
use crate::preparation::Scheme;
use crate::recordings::{Design, Label, Material, RecordingId};
use crate::report::comma_separated;
use crate::reproduction::study::VARIATIONS;
use crate::runs::profile::Profile;
use crate::runs::{Record, Settings, Store, Weights};
use crate::store::{Project, write_atomically};

/// The columns. `data/README.md` says what each holds.
pub const COLUMNS: [&str; 20] = [
    "recording",
    "participant",
    "stimulus",
    "label",
    "answer",
    "logit_classical",
    "logit_instrumental",
    "logit_pop",
    "slices",
    "part_of",
    "condition",
    "scale",
    "network",
    "scheme",
    "split",
    "draw",
    "fold",
    "run",
    "epochs",
    "weights",
];

/// What all predictions of one training have in common.
struct Origin<'a> {
    part_of: &'static str,
    condition: &'a str,
    settings: &'a Settings,
    scheme: String,
    split: &'a str,
    draw: u64,
    fold: usize,
    run: u64,
}

/// One prediction: the label that it is held against, which a control may have changed, the answer, and the outputs for
/// each slice, or for the whole recording, or none where they were not recorded.
struct Prediction<'a> {
    recording: RecordingId,
    label: Label,
    answer: Label,
    logits: &'a [Vec<f32>],
    weights: Weights,
}

impl Origin<'_> {
    fn line(&self, of: &Prediction<'_>) -> [String; COLUMNS.len()] {
        let mean = |output: usize| match of.logits {
            [] => String::new(),
            [row] => row[output].to_string(),
            rows => {
                let sum: f64 = rows.iter().map(|row| f64::from(row[output])).sum();
                (sum / rows.len() as f64).to_string()
            }
        };
        let RecordingId { stimulus, participant, .. } = of.recording;
        let [classical, instrumental, pop] = [0, 1, 2].map(mean);
        let slices = if of.logits.is_empty() { String::new() } else { of.logits.len().to_string() };
        [
            of.recording.to_string(),
            participant.to_string(),
            stimulus.to_string(),
            of.label.to_string(),
            of.answer.to_string(),
            classical,
            instrumental,
            pop,
            slices,
            self.part_of.to_owned(),
            self.condition.to_owned(),
            self.settings.preparation.normalisation.to_string(),
            self.settings.model.to_string(),
            self.scheme.clone(),
            self.split.to_owned(),
            self.draw.to_string(),
            self.fold.to_string(),
            self.run.to_string(),
            self.settings.hyperparameters.epochs.to_string(),
            of.weights.name().to_owned(),
        ]
    }
}

/// The table of every prediction that is recorded of the published study, as comma-separated values: one line for each
/// test recording of each training, twice, with the weights after the last epoch and with those that were best on
/// validation. Its columns are [`COLUMNS`].
///
/// # Errors
/// Those of [`Material::recorded`], [`Store::read`] and [`CellRecord::read`].
pub fn text(project: &Project) -> Result<String> {
    let design = Material::recorded(project)?;
    let mut lines = of_experiment(project, &design)?;
    lines.extend(of_audit(project, &design)?);
    comma_separated(COLUMNS, lines)
}

/// Writes [`text`] to a file, and answers with the number of predictions.
///
/// # Errors
/// Those of [`text`]; [`Fault::UNWRITABLE`](crate::error::Fault::UNWRITABLE).
pub fn write(project: &Project, path: impl AsRef<Path>) -> Result<usize> {
    let text = text(project)?;
    write_atomically(path, text.as_bytes())?;
    Ok(text.lines().count() - 1)
}

/// Those of the paper's experiment and its variations.
fn of_experiment(project: &Project, design: &Design) -> Result<Vec<[String; COLUMNS.len()]>> {
    let mut lines = Vec::new();
    for variation in VARIATIONS {
        for model in variation.models {
            let folder = project.committed_records().join(variation.name).join(model.name());
            for record in Store::read(&folder)? {
                design.check_record(&folder, record.configuration.data)?;
                lines.extend(of_run(variation.name, &record));
            }
        }
    }
    Ok(lines)
}

fn of_run<'a>(variation: &'a str, record: &'a Record) -> impl Iterator<Item = [String; COLUMNS.len()]> + 'a {
    let configuration = &record.configuration;
    let origin = Origin {
        part_of: "experiment",
        condition: variation,
        settings: &configuration.settings,
        scheme: Scheme::Random.to_string(),
        split: &configuration.split,
        draw: 0,
        fold: 1,
        run: record.run,
    };
    [Weights::Final, Weights::Best]
        .into_iter()
        .flat_map(|weights| {
            record.outcome(weights).predictions.iter().map(move |one| Prediction {
                recording: one.recording,
                label: one.label,
                answer: one.predicted,
                logits: &one.logits,
                weights,
            })
        })
        .map(move |prediction| origin.line(&prediction))
}

/// Those of the audit.
fn of_audit(project: &Project, design: &Design) -> Result<Vec<[String; COLUMNS.len()]>> {
    let folder = audit::folder(project, design, Profile::Paper);
    let classes = design.labels();
    let mut lines = Vec::new();
    for cell in audit::plan(Profile::Paper) {
        let Some(record) = CellRecord::read(&folder, &cell, design)? else { continue };
        for training in &record.trainings {
            let origin = Origin {
                part_of: "audit",
                condition: cell.condition.name,
                settings: &record.configuration.settings,
                scheme: cell.scheme.to_string(),
                split: &training.split,
                draw: training.draw,
                fold: training.fold,
                run: 0,
            };
            for (place, weights) in [Weights::Final, Weights::Best].into_iter().enumerate() {
                lines.extend(training.answers.iter().map(|(recording, labels)| {
                    origin.line(&Prediction {
                        recording: *recording,
                        label: classes[labels[0]],
                        answer: classes[labels[1 + place]],
                        logits: training.logits.get(recording).map_or(&[][..], |both| &both[place]),
                        weights,
                    })
                }));
            }
        }
    }
    Ok(lines)
}
