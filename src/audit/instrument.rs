//! Can the audit see what it looks for? It is applied to synthetic recordings of known truth.
//!
//! | planted | what must be seen |
//! |---|---|
//! | `null`: nothing | no network above chance on held-out participants with lengths cut; above a third in the paper's way, where length and participants are known |
//! | `local`: texture within a second or two | the CNN above chance on held-out participants |
//! | `long-range`: how moments 50 s apart relate | an LSTM above a third and above the CNN; above a third and more accurate when order is kept within 64 s than within 16 s |
//!
//! Autocorrelations ([`Reach`]) must predict the label at the lags of what is planted, a fifth as strong too, and nowhere
//! where nothing is.
//!
//! Where something is planted and not seen, its absence from the audit of real recordings says nothing.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use super::comparison::Answers;
use super::condition::Condition;
use super::estimate::chance_knowing;
use super::plan::Cell;
use super::reach::Reach;
use super::record::CellRecord;
use super::tally::Unit;
use super::{own_folder, train_below};
use crate::error::{Error, Result};
use crate::evaluation::Known;
use crate::evaluation::statistics::Interval;
use crate::models::Model;
use crate::preparation::Scheme;
use crate::recordings::DataSet;
use crate::recordings::synthetic::{self, Effect, Settings};
use crate::report::Table;
use crate::runs::profile::Profile;
use crate::runs::series::ReportedSeries;
use crate::runs::{Control, Preset};
use crate::store::Project;

/// What is expected of an accuracy, or of the difference of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// Above what a guess reaches that knows the labels of the design alone, and nothing of the participant.
    Above,
    /// Not above it.
    NotAbove,
    /// More accurate than another network, or than the same under another condition; and above that guess, since one that
    /// has seen nothing can still be above one that follows the class balance below chance.
    MoreThan(Side),
}

/// A network under a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Side {
    condition: &'static str,
    model: Model,
}

/// Something that must be seen if the instrument is any good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Demand {
    effect: Effect,
    scheme: Scheme,
    side: Side,
    expected: Expected,
}

const fn side(condition: &'static str, model: Model) -> Side {
    Side { condition, model }
}

const fn demand(effect: Effect, scheme: Scheme, side: Side, expected: Expected) -> Demand {
    Demand { effect, scheme, side, expected }
}

const DEMANDS: [Demand; 8] = [
    demand(Effect::Null, Scheme::Participant, side("cut", Model::Baseline), Expected::NotAbove),
    demand(Effect::Null, Scheme::Participant, side("cut", Model::Cnn), Expected::NotAbove),
    demand(Effect::Null, Scheme::Random, side("whole", Model::Baseline), Expected::Above),
    demand(Effect::Local, Scheme::Participant, side("cut", Model::Cnn), Expected::Above),
    demand(
        Effect::LongRange,
        Scheme::Random,
        side("cut", Model::Baseline),
        Expected::MoreThan(side("cut", Model::Cnn)),
    ),
    demand(
        Effect::LongRange,
        Scheme::Random,
        side("cut", Model::Multilayer),
        Expected::MoreThan(side("cut", Model::Cnn)),
    ),
    demand(
        Effect::LongRange,
        Scheme::Random,
        side("cut-shuffle-64", Model::Baseline),
        Expected::MoreThan(side("cut-shuffle-16", Model::Baseline)),
    ),
    demand(
        Effect::LongRange,
        Scheme::Random,
        side("cut-shuffle-64", Model::Multilayer),
        Expected::MoreThan(side("cut-shuffle-16", Model::Multilayer)),
    ),
];

/// Where autocorrelations must predict the label of held-out participants above a third: effect, strength, and a lag in
/// seconds; at none where there is none.
const REACHES: [(Effect, f64, Option<usize>); 4] = [
    (Effect::Null, FULL, None),
    (Effect::Local, FULL, Some(1)),
    (Effect::LongRange, FULL, Some(ECHO_SECONDS)),
    (Effect::LongRange, WEAK_STRENGTH, Some(ECHO_SECONDS)),
];

/// The lag of what is planted as `long-range`.
const ECHO_SECONDS: usize = 50;

/// The strength of an effect of which a fifth is left: an echo of 0.22 ([`Effect::truth`]).
pub const WEAK_STRENGTH: f64 = 0.2;

/// The strength of an effect that networks are held against.
const FULL: f64 = 1.0;

/// What the instrument shows of what was planted, all of it on synthetic recordings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Instrument {
    /// A reading for each demand that has records, and for each on autocorrelations.
    pub readings: Vec<Reading>,
    /// All that autocorrelations know.
    pub planted: Vec<Planted>,
}

/// What autocorrelations know of synthetic recordings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Planted {
    /// What was planted.
    pub effect: Effect,
    /// How strongly.
    pub strength: f64,
    /// By octave of lags.
    pub reaches: Vec<Reach>,
}

/// One demand, and what was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// What was planted.
    pub effect: Effect,
    /// How strongly.
    pub strength: f64,
    /// The scheme of splitting.
    pub scheme: Scheme,
    /// What must be seen, in words.
    pub demand: String,
    /// Epochs of the networks that it looks at, the same number once; empty without a network.
    pub epochs: Vec<usize>,
    /// What was measured, in percent or in points.
    pub measured: f64,
    /// What it could be with other participants.
    pub interval: Option<Interval>,
    /// Whether it was seen: the whole interval lies on the side that is demanded, or, for "not above", a part of it.
    pub is_seen: bool,
}

impl Instrument {
    /// What the records of a profile say. Demands without records are left out.
    ///
    /// # Errors
    /// Those of [`CellRecord::read`].
    pub fn read(project: &Project, profile: Profile) -> Result<Self> {
        let effects = Error::gather(effects(profile).into_iter().map(|effect| {
            let set = recordings(effect)?;
            let folder = folder(project, &set, effect, profile);
            let cells = cells(effect, profile);
            let records = cells.iter().map(|cell| {
                CellRecord::read(&folder, cell, &set)?
                    .map_or(Ok(None), |record| record.whole_draws(cell, &set))
            });
            let records: Vec<CellRecord> = Error::gather(records)?.into_iter().flatten().collect();
            Ok((effect, chance_knowing(&set, Known::Nothing), records))
        }))?;
        let of_networks = DEMANDS.iter().filter_map(|demand| {
            let (_, level, records) = effects.iter().find(|(effect, ..)| *effect == demand.effect)?;
            demand.read(records, level[0] as f64 / level[1] as f64)
        });
        let planted = Error::gather(REACHES.map(|(effect, strength, _)| {
            let set = synthetic::generate(&Settings { effect, strength, ..Settings::default() })?;
            Ok(Planted { effect, strength, reaches: Reach::all(&set)? })
        }))?;
        let lags = REACHES.map(|(.., lag_seconds)| lag_seconds);
        let of_lags = planted.iter().zip(lags).filter_map(|(planted, lag)| planted.read(lag));
        Ok(Self { readings: of_networks.chain(of_lags).collect(), planted })
    }

    /// How many demands are met.
    #[must_use]
    pub fn seen(&self) -> usize {
        self.readings.iter().filter(|reading| reading.is_seen).count()
    }

    /// What was measured of the first demand whose [name](Reading::name) begins so, as the table has it; empty if it is
    /// not recorded.
    #[must_use]
    pub fn measured(&self, name: &str) -> String {
        let own = self.readings.iter().find(|reading| reading.name().starts_with(name));
        own.map_or_else(String::new, |reading| format!("{:.1}", reading.measured))
    }

    /// A row for each reading.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new([
            "planted (synthetic)",
            "split by",
            "must be seen",
            "epochs",
            "measured",
            "other participants",
            "seen",
        ]);
        for reading in &self.readings {
            let range = |Interval { low, high }: Interval| format!("{low:.1} to {high:.1}");
            table.push([
                reading.planted(),
                reading.scheme.to_string(),
                reading.demand.clone(),
                reading.epochs.iter().map(usize::to_string).collect::<Vec<String>>().join(" and "),
                format!("{:.1}", reading.measured),
                reading.interval.map_or_else(String::new, range),
                if reading.is_seen { "yes" } else { "no" }.to_owned(),
            ]);
        }
        table
    }
}

impl Reading {
    /// What was planted and what must be seen: `long-range, strength 0.2: autocorrelations at 32-63 s above 33.3 %`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}: {}", self.planted(), self.demand)
    }

    fn planted(&self) -> String {
        match self.strength {
            FULL => self.effect.to_string(),
            strength => format!("{}, strength {strength}", self.effect),
        }
    }
}

/// Trains what the instrument needs.
pub(super) fn train(project: &Project, profile: Profile, control: &Control) -> Result<()> {
    for effect in effects(profile) {
        let set = recordings(effect)?;
        let workspace = own_folder(project, &set, profile, "instrument-trainings");
        let folder = folder(project, &set, effect, profile);
        train_below(&folder, &workspace, &set, &cells(effect, profile), control)?;
    }
    Ok(())
}

/// Synthetic recordings in which an effect is planted, of strength 1.
fn recordings(effect: Effect) -> Result<DataSet> {
    synthetic::generate(&Settings { effect, strength: FULL, ..Settings::default() })
}

/// The effects of a profile: the shorter ones have time for what a CNN learns quickly.
fn effects(profile: Profile) -> Vec<Effect> {
    match profile {
        Profile::Paper => vec![Effect::Null, Effect::Local, Effect::LongRange],
        Profile::Smoke | Profile::Quick => vec![Effect::Null, Effect::Local],
    }
}

/// The cells that the demands on an effect look at.
fn cells(effect: Effect, profile: Profile) -> Vec<Cell> {
    let sides = DEMANDS.iter().filter(|demand| demand.effect == effect).flat_map(|demand| {
        let other = if let Expected::MoreThan(other) = demand.expected { Some(other) } else { None };
        [Some(demand.side), other].into_iter().flatten().map(|side| (side, demand.scheme))
    });
    let mut cells: Vec<Cell> = Vec::new();
    for (Side { condition, model }, scheme) in sides {
        let Ok(condition) = Condition::named(condition) else { continue };
        let (draws, folds, epochs) = match profile {
            Profile::Smoke => (1, Some(1), 2),
            Profile::Quick => (1, Some(6), 60),
            Profile::Paper => (if scheme == Scheme::Random { 8 } else { 1 }, None, profile.extent(model).1),
        };
        let cell = Cell { condition, scheme, model, draws, folds, epochs, preset: Preset::Paper };
        if !cells.contains(&cell) {
            cells.push(cell);
        }
    }
    cells
}

/// Where its records are: beside those of the audit, below a folder of their own.
fn folder(project: &Project, set: &DataSet, effect: Effect, profile: Profile) -> PathBuf {
    match profile {
        Profile::Paper => project.committed_records().join("instrument").join(effect.to_string()),
        Profile::Smoke | Profile::Quick => own_folder(project, set, profile, "instrument"),
    }
}

impl Demand {
    fn read(&self, records: &[CellRecord], level: f64) -> Option<Reading> {
        let Self { effect, scheme, side, expected } = *self;
        let answers = side.answers(records, scheme)?;
        let own = answers.tally();
        let is_above = match expected {
            Expected::Above => true,
            Expected::NotAbove => false,
            Expected::MoreThan(other) => {
                let others = other.answers(records, scheme)?;
                let difference = answers.less(&others)?;
                let mut epochs = vec![answers.epochs(), others.epochs()];
                epochs.dedup();
                let is_above = |interval: Option<Interval>, level: f64| {
                    interval.is_some_and(|interval| interval.low > level)
                };
                return Some(Reading {
                    effect,
                    strength: FULL,
                    scheme,
                    demand: format!("{side} more accurate than {other}, and above {:.1} %", 100.0 * level),
                    epochs,
                    measured: difference.points,
                    interval: difference.interval,
                    is_seen: is_above(difference.interval, 0.0)
                        && is_above(own.interval(Unit::Participant), level),
                });
            }
        };
        let interval = own.interval(Unit::Participant);
        let is_seen = interval.is_some_and(|interval| (interval.low > level) == is_above);
        let demand =
            format!("{side} {} {:.1} %", if is_above { "above" } else { "not above" }, 100.0 * level);
        Some(Reading {
            effect,
            strength: FULL,
            scheme,
            demand,
            epochs: vec![answers.epochs()],
            measured: 100.0 * own.accuracy(),
            interval: interval.map(Interval::in_percent),
            is_seen,
        })
    }
}

impl Planted {
    /// Whether the label is named at a lag, or, without one, nowhere.
    fn read(&self, lag_seconds: Option<usize>) -> Option<Reading> {
        let (reach, demand, is_seen) = match lag_seconds {
            Some(lag) => {
                let reach = self.reaches.iter().find(|reach| reach.has(lag))?;
                let is_above = reach.over_participants.is_some_and(|interval| interval.low > reach.chance);
                let level = 100.0 * reach.chance;
                (reach, format!("autocorrelations at {} above {level:.1} %", reach.lags()), is_above)
            }
            None => {
                let highest = self.reaches.iter().max_by(|a, b| a.accuracy.total_cmp(&b.accuracy))?;
                let is_above = |reach: &Reach| reach.accuracy > reach.chance && reach.p_holm <= 0.05;
                let is_seen = !self.reaches.iter().any(is_above);
                (
                    highest,
                    format!("autocorrelations at no lag above {:.1} %", 100.0 * highest.chance),
                    is_seen,
                )
            }
        };
        Some(Reading {
            effect: self.effect,
            strength: self.strength,
            scheme: Scheme::Participant,
            demand,
            epochs: Vec::new(),
            measured: 100.0 * reach.accuracy,
            interval: reach.over_participants.map(Interval::in_percent),
            is_seen,
        })
    }
}

impl Side {
    fn answers(self, records: &[CellRecord], scheme: Scheme) -> Option<Answers<'_>> {
        let series = match self.model {
            Model::Baseline => ReportedSeries::Baseline,
            Model::Multilayer => ReportedSeries::MultilayerFinal,
            Model::Cnn => ReportedSeries::Cnn,
        };
        Answers::of(records, self.condition, scheme, series, |_| true)
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.model, self.condition)
    }
}

impl fmt::Display for Instrument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.table().to_string().trim_end())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use tempfile::tempdir;

    use super::super::tally::Tally;
    use super::*;
    use crate::recordings::{Fingerprint, Recording};
    use crate::reproduction::paper;
    use crate::runs::Weights;

    #[test]
    fn every_demand_names_conditions_that_there_are_and_gets_its_cells() {
        for demand in DEMANDS {
            let names: Vec<String> = cells(demand.effect, Profile::Paper).iter().map(Cell::name).collect();
            let name = format!("{} {} {} ", demand.side.condition, demand.scheme, demand.side.model);
            assert!(names.iter().any(|one| one.starts_with(&name)), "{name}: {names:?}");
        }
        let published = recordings(Effect::Null).unwrap();
        assert_ne!(published.fingerprint(), Fingerprint::PUBLISHED);
    }

    /// The instrument in its small form: one slice of each recording, eight of the participants.
    #[test]
    fn planted_texture_is_seen_on_new_participants_and_nothing_where_nothing_is_planted() {
        let folder = tempdir().unwrap();
        let stop = AtomicBool::new(false);
        let condition = Condition::named("whole").unwrap();
        let scheme = Scheme::Participant;
        let (model, preset) = (Model::Cnn, Preset::Paper);
        let cell = Cell { condition, scheme, model, draws: 1, folds: Some(8), epochs: 40, preset };
        let accuracy = |effect: Effect, strength: f64| {
            let set = synthetic::generate(&Settings { effect, strength, seed: 1 }).unwrap();
            // All of one length, so that length tells nothing.
            let cut = |recording: &Recording| {
                let samples = recording.samples[..paper::SLICE].to_vec();
                Recording { samples, ..recording.clone() }
            };
            let set = DataSet::new(set.recordings().iter().map(cut).collect()).unwrap();
            let records = folder.path().join(effect.to_string());
            train_below(&records, &records.join("workspace"), &set, &[cell], &Control::new(&stop)).unwrap();
            let record = CellRecord::read(&records, &cell, &set).unwrap().unwrap();
            Tally::of(&record.trainings, Weights::Final).interval(Unit::Participant).unwrap()
        };
        let third = 1.0 / 3.0;
        let nothing = accuracy(Effect::Null, 1.0);
        assert!(nothing.low < third, "{nothing:?}");
        let texture = accuracy(Effect::Local, 2.0);
        assert!(texture.low > third, "{texture:?}");
    }
}
