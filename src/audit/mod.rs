//! The audit: information that a network can read besides music, leaks from training into test, the precision of an
//! accuracy, and the paper's conclusion (section 4).
//!
//! ```text
//! Condition (what signals keep) × Scheme (what a split keeps apart) × Model = Cell ─► trainings ─► CellRecord
//!                                                                                                    │
//! Shortcut (guesses without a signal) ─► GuessEstimate ─┐                                            ▼
//!                                                       ├─► Audit ◄─ Estimate, AuditedClaim, ControlEffect
//! Reach (autocorrelations, no network) ─────────────────┘            (Tally: right answers by recording)
//! ```
//!
//! Fifteen trainings on one split of 39 recordings, as in the paper, show the influence of the seed and nothing about other
//! recordings. Here every uncertainty names its unit. Intervals and tests are over participants, because recordings of one
//! participant are correlated. The spread over draws (seeds, and for random splits the test set) is given beside them.
//!
//! Where a network is chosen, validation recordings inside the training part choose it. A scheme keeps apart for validation
//! what it keeps apart for the test.
//!
//! The [`instrument`] check applies the audit to synthetic recordings of known truth.
//!
//! [`predictions`] audits the predictions of any model, from one table.
//!
//! # Before you read accuracies
//! - Leaving a participant out makes that participant's two labels of three rarer in the training part. A network that follows
//!   the class balance is then wrong by construction, so accuracies below chance are to be expected.
//! - Chance follows from the design ([`best_guess`](crate::evaluation::best_guess)), or from the same training with labels
//!   exchanged within participants. Exchanges are recorded for the baseline alone. For the two larger networks they would take
//!   days; the bound of the design, intervals and the baseline's exchanges take their place.

mod artefacts;
pub mod blocks;
pub mod committed;
mod comparison;
mod condition;
mod echo;
mod estimate;
pub mod export;
mod faults;
pub mod instrument;
mod leak;
mod live;
pub mod merge;
mod methods;
pub mod one_split;
mod plan;
pub mod predictions;
mod reach;
mod record;
mod shortcut;
mod signals;
mod table;
mod tally;
mod training;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::Serialize;

pub use artefacts::{Artefact, ArtefactScan, Finding};
pub use blocks::Blocks;
pub use comparison::{AuditedClaim, ControlEffect};
pub use condition::{CLEAN, CONDITIONS, CUT, Condition, NULL, RAW, WHOLE};
pub use echo::{EchoPower, EchoRow};
pub use estimate::{Estimate, EstimateNull, GuessEstimate};
pub use instrument::{Instrument, Planted, Reading, WEAK_STRENGTH};
pub use leak::{Leak, Leaked, leaks};
pub use live::Live;
pub use methods::methods;
pub(crate) use one_split::CHOICES;
pub use one_split::{OneSplit, Specification};
pub use plan::{Cell, EQUAL, plan};
pub use reach::Reach;
pub use record::{CellConfiguration, CellRecord, Fit, Training};
pub use shortcut::Shortcut;
pub use signals::SignalFindings;
pub use tally::{Difference, Tally, Unit};

use crate::classifiers::trials::{self, Classification, Tables};
use crate::error::{Error, Fault, Place, Result};
use crate::preparation::Scheme;
use crate::recordings::{DataSet, Design, Fingerprint, Provenance, Words};
use crate::report::Steps;
use crate::reproduction::study::{self, Study};
use crate::runs::profile::Profile;
use crate::runs::series::ReportedSeries;
use crate::runs::{Control, Instructions, PlannedUnit, Preset, expected_seconds};
use crate::store::{Project, check_writable, in_turn};

/// All that is known. `Display` is the table of the command line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Audit {
    /// What identifies the recordings.
    pub data: Fingerprint,
    /// The name by which they are known, if they are.
    pub known_as: Option<String>,
    /// What its labels and stimuli are called.
    #[serde(skip)]
    pub words: Words,
    /// How much was trained.
    pub profile: Profile,
    /// Where the sizes of the networks come from.
    #[serde(skip_serializing_if = "Preset::is_paper")]
    pub preset: Preset,
    /// Cells of the profile of which trainings are not done yet, and of how many. Draws that are done are shown all the same.
    pub missing: Vec<String>,
    /// Schemes of splitting that the design does not allow, each with the reason. Sessions are not among them where none is named.
    pub left_out: Vec<(Scheme, String)>,
    /// Properties that predict a label without being signal, in the files as they are.
    pub artefacts: ArtefactScan,
    /// How well levels of power separate a participant's labels; nothing if that is not recorded.
    pub blocks: Option<Blocks>,
    /// Guesses that never see a signal.
    pub guesses: Vec<GuessEstimate>,
    /// Networks.
    pub estimates: Vec<Estimate>,
    /// The paper's claims, under each scheme of splitting.
    pub claims: Vec<AuditedClaim>,
    /// What one random split can say.
    pub one_split: OneSplit,
    /// What controls change.
    pub controls: Vec<ControlEffect>,
    /// The accuracy of autocorrelations, without a network.
    pub reaches: Vec<Reach>,
    /// How often echoes are found that are put into recordings; nothing if that is not recorded.
    pub echo: Option<EchoPower>,
    /// What is seen of what was planted in synthetic recordings.
    pub instrument: Instrument,
    /// What classifiers of features reach, in a study of one's own; of the published one that is a record of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classifiers: Option<Classification>,
}

impl Audit {
    /// The accuracy of a network under a condition and a scheme, after the most epochs that are recorded.
    #[must_use]
    pub fn estimate(&self, condition: &str, scheme: Scheme, series: ReportedSeries) -> Option<&Estimate> {
        let is_own =
            |one: &&Estimate| (one.condition.as_str(), one.scheme, one.series) == (condition, scheme, series);
        self.estimates.iter().filter(is_own).max_by_key(|one| one.epochs)
    }

    /// What a project's records of a profile say of these recordings. What is not trained yet is named, not trained.
    ///
    /// # Errors
    /// Those of [`CellRecord::read`], [`Study::read`] and [`Scheme::draw`](crate::preparation::Scheme::draw).
    pub fn read(project: &Project, design: &Design, profile: Profile) -> Result<Self> {
        Self::read_with(project, design, profile, Preset::of(design))
    }

    /// The same of networks with the sizes of a preset, which [`Self::read`] takes from the recordings.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_with(project: &Project, design: &Design, profile: Profile, preset: Preset) -> Result<Self> {
        let instrument = Instrument::read(project, profile)?;
        let study = Study::read(&study::folder(project, design));
        // Without variations of the experiment, seeds cannot be told from splits.
        let study = match study {
            Err(error) if error.problems().iter().all(|one| one.fault == Fault::NO_RECORDS) => None,
            study => Some(study?),
        };
        let audit = Self::below(
            &folder(project, design, profile),
            instrument,
            study.as_ref(),
            design,
            (profile, preset),
        )?;
        let classifiers = (design.provenance() == Provenance::Unknown)
            .then(|| Classification::read(project, design, profile));
        Ok(Self { classifiers: classifiers.transpose()?, ..audit })
    }

    /// The same of records below a folder.
    fn below(
        folder: &Path,
        instrument: Instrument,
        study: Option<&Study>,
        set: &Design,
        (profile, preset): (Profile, Preset),
    ) -> Result<Self> {
        let signals = SignalFindings::read(folder, set)?;
        let cells = cells(profile, preset, set);
        let found = Error::gather(cells.iter().map(|cell| CellRecord::read(folder, cell, set)))?;
        let lacking =
            cells.iter().zip(&found).map(|(cell, record)| training::lacking(cell, set, record.as_ref()));
        let lacking = Error::gather(lacking)?;
        let (mut missing, mut records) = (Vec::new(), Vec::new());
        for ((cell, record), lacking) in cells.iter().zip(found).zip(lacking) {
            if lacking > 0 {
                missing.push(format!("{cell} ({lacking} trainings)"));
            }
            if let Some(record) = record {
                records.extend(record.whole_draws(cell, set)?);
            }
        }
        let mut steps = Steps::on_terminal(records.len() as u64 + 3);
        let mut estimates = Vec::new();
        for record in &records {
            steps.begin("intervals of the audit's networks");
            estimates.extend(Estimate::all(record, &records, set));
        }
        steps.begin("comparisons of networks");
        let claims = comparison::claims(&records, set, profile);
        steps.begin("what one split decides");
        let one_split = OneSplit::of(&records, study, profile);
        steps.begin("controls");
        let controls = comparison::controls(&records);
        steps.finish();
        Ok(Self {
            data: set.fingerprint(),
            known_as: set.known_as(),
            words: set.words(),
            profile,
            preset,
            missing,
            left_out: left_out(set),
            artefacts: signals.artefacts,
            blocks: Blocks::read(folder, set.fingerprint(), deals(profile))?,
            guesses: GuessEstimate::all(set)?,
            estimates,
            claims,
            one_split,
            controls,
            reaches: signals.reaches,
            echo: EchoPower::load(folder, set)?,
            instrument,
            classifiers: None,
        })
    }
}

/// The word that asks for the [`instrument`] check alone.
const INSTRUMENT: &str = "instrument";

/// The word that asks for [`blocks`] alone.
const BLOCKS: &str = "blocks";

/// The word that asks for the power of the echo check alone.
const ECHO: &str = "echo";

/// Deals of labels or stimuli behind each p value of [`blocks`].
const fn deals(profile: Profile) -> u64 {
    match profile {
        Profile::Smoke => 99,
        Profile::Quick => 199,
        Profile::Paper => 1999,
    }
}

/// Measures [`SignalFindings`] and keeps them below a folder, unless they are there.
fn measure_signals(folder: &Path, set: &DataSet) -> Result<()> {
    if SignalFindings::load(folder, set)?.is_some() {
        return Ok(());
    }
    SignalFindings::of(set)?.write(folder)
}

/// Measures [`Blocks`] and keeps them below a folder, unless they are there.
fn measure_blocks(folder: &Path, set: &DataSet, profile: Profile) -> Result<()> {
    let deals = deals(profile);
    if Blocks::read(folder, set.fingerprint(), deals)?.is_some() {
        return Ok(());
    }
    Blocks::of(set, deals)?.write(folder)
}

/// Measures [`EchoPower`] and keeps it below a folder, unless it is there.
fn measure_echo(folder: &Path, set: &DataSet) -> Result<()> {
    if EchoPower::load(folder, set)?.is_some() {
        return Ok(());
    }
    EchoPower::of(set)?.write(folder)
}

/// What needs no network, of a study of one's own: the scan, [`blocks`], and classifiers of features under every split that the
/// design allows. What is recorded is not made again.
///
/// # Errors
/// Those of [`trials::classify`].
pub fn without_networks(
    project: &Project,
    set: &DataSet,
    folder_of_files: &Path,
    profile: Profile,
) -> Result<()> {
    let folder = folder(project, set, profile);
    measure_signals(&folder, set)?;
    measure_blocks(&folder, set, profile)?;
    trials::classify(project, set, &Tables::of(set, folder_of_files)?, profile)
}

/// Trains the cells of a profile, in a project, that are not trained yet, and those of the instrument check. What was interrupted goes
/// on.
///
/// Networks have the sizes of `preset`; their epochs are those of the profile.
///
/// With `only`, those cells alone in whose names all of its words stand, as `["cut", "baseline"]`; or, for
/// `["instrument"]`, the instrument check alone. `["blocks"]` measures blocks and drift alone, and `["echo"]` the power of the echo
/// check, which only the paper's profile has: neither trains anything.
///
/// # Errors
/// [`Fault::BAD_SETTING`] if there is no such cell; those of [`runs::train`](crate::runs::train), for each
/// training that fails.
pub fn train(
    project: &Project,
    set: &DataSet,
    (profile, preset): (Profile, Preset),
    only: &[String],
    control: &Control,
) -> Result<()> {
    if only != [INSTRUMENT] {
        let (folder, workspace) = places(project, set, profile);
        measure_signals(&folder, set)?;
        if only.is_empty() || only == [BLOCKS] {
            measure_blocks(&folder, set, profile)?;
        }
        if (only.is_empty() && profile == Profile::Paper) || only == [ECHO] {
            measure_echo(&folder, set)?;
        }
        if only != [BLOCKS] && only != [ECHO] {
            train_below(&folder, &workspace, set, &chosen(cells(profile, preset, set), only)?, control)?;
        }
    }
    // The instrument is of the published design.
    if only == [INSTRUMENT] || (only.is_empty() && set.provenance() != Provenance::Unknown) {
        instrument::train(project, profile, control)?;
    }
    Ok(())
}

/// Trains one cell of a profile, or one [draw and fold](Training) of the cell. Returns the file with the record.
///
/// # Errors
/// Those of [`train`]; [`Fault::BAD_SETTING`] if the cell has no such draw or fold.
pub fn train_cell(
    project: &Project,
    set: &DataSet,
    profile: Profile,
    cell: &Cell,
    training: Option<[u64; 2]>,
    control: &Control,
) -> Result<PathBuf> {
    let (folder, workspace) = places(project, set, profile);
    if let Some(training) = training {
        return training::train_one(cell, set, &folder, &workspace, training, control);
    }
    train_below(&folder, &workspace, set, std::slice::from_ref(cell), control)?;
    Ok(CellRecord::path(&folder, cell))
}

/// One unit for each cell of a profile whose scheme the design allows.
///
/// # Errors
/// Those of [`CellRecord::read`] and [`Scheme::draw`](crate::preparation::Scheme::draw).
pub fn units(project: &Project, set: &Design, profile: Profile) -> Result<Vec<PlannedUnit>> {
    let (folder, _) = places(project, set, profile);
    Error::gather(cells(profile, Preset::of(set), set).iter().map(|cell| {
        let record = CellRecord::read(&folder, cell, set)?;
        let lacking = training::lacking(cell, set, record.as_ref())?;
        Ok(PlannedUnit {
            name: cell.name(),
            file: CellRecord::path(&folder, cell),
            done: lacking == 0,
            seconds: lacking as f64 * expected_seconds(&cell.settings(set, 0)),
            command: cell.command(profile),
        })
    }))
}

/// One unit for each training of these cells, to occupy more processors than there are cells. [`train`] then collects the
/// trainings into the records of the cells.
///
/// # Errors
/// As [`units`].
pub fn units_of_splits(project: &Project, set: &Design, profile: Profile) -> Result<Vec<PlannedUnit>> {
    let (folder, workspace) = places(project, set, profile);
    let of = |cell: &Cell| training::units(cell, set, &folder, &workspace, profile);
    Error::gather(cells(profile, Preset::of(set), set).iter().map(of)).map(|units| units.concat())
}

/// The folder of the cells' records, and the folder of their unfinished trainings.
fn places(project: &Project, set: &Design, profile: Profile) -> (PathBuf, PathBuf) {
    (folder(project, set, profile), own_folder(project, set, profile, "audit-trainings"))
}

/// The same, with records below `folder` and what is not done below `workspace`.
fn train_below(
    folder: &Path,
    workspace: &Path,
    set: &DataSet,
    cells: &[Cell],
    control: &Control,
) -> Result<()> {
    let known = Error::gather(cells.iter().map(|cell| CellRecord::read(folder, cell, set)))?;
    let lacking =
        cells.iter().zip(&known).map(|(cell, record)| training::lacking(cell, set, record.as_ref()));
    let lacking = Error::gather(lacking)?;
    let trainings: usize = lacking.iter().sum();
    let seconds = |cell: &Cell| expected_seconds(&cell.settings(set, 0));
    let work = cells.iter().zip(&lacking).map(|(cell, lacking)| seconds(cell) * *lacking as f64).sum();
    if trainings > 0 {
        check_writable(folder)?;
    }
    if !control.any_level && trainings > 0 {
        let ours = Instructions::of(control.processor);
        for (cell, record) in cells.iter().zip(&known) {
            let Some(record) = record else { continue };
            ours.check(&record.configuration.instructions, Place::file(CellRecord::path(folder, cell)))?;
        }
    }
    let open = cells.iter().zip(lacking).filter(|(_, lacking)| *lacking > 0).map(|(cell, _)| cell);
    let steps = Mutex::new(Steps::unequal(trainings as u64, work));
    let tell = |cell: &Cell, which: &str| {
        if let Ok(mut steps) = steps.lock() {
            steps.begin_of(seconds(cell), format!("{cell}: {which}"));
        }
    };
    let open: Vec<&Cell> = open.collect();
    in_turn(
        &open,
        |cell| CellRecord::path(folder, cell),
        control.stop,
        |cell| {
            training::train(cell, set, folder, workspace, control, &|which| tell(cell, which))?;
            training::clear(cell, workspace);
            Ok(())
        },
    )?;
    if let Ok(steps) = steps.into_inner() {
        steps.finish();
    }
    Ok(())
}

/// Trains a cell on recordings, below a folder of its own, and sums it up: one estimate for each of its weights.
///
/// # Errors
/// As [`train`].
pub fn measure(folder: &Path, set: &DataSet, cell: &Cell, control: &Control) -> Result<Vec<Estimate>> {
    train_below(folder, &folder.join("trainings"), set, std::slice::from_ref(cell), control)?;
    let record = CellRecord::read(folder, cell, set)?;
    let whole = record.map(|record| record.whole_draws(cell, set)).transpose()?.flatten();
    Ok(whole.iter().flat_map(|record| Estimate::all(record, &[], set)).collect())
}

/// The cells of a profile whose schemes a design allows, with the sizes of a preset.
fn cells(profile: Profile, preset: Preset, design: &Design) -> Vec<Cell> {
    let allowed = Scheme::allowed_by(design);
    let cells = plan(profile).into_iter().filter(|cell| allowed.contains(&cell.scheme));
    cells.map(|cell| Cell { preset, ..cell }).collect()
}

/// The schemes that a design does not allow, and why.
fn left_out(design: &Design) -> Vec<(Scheme, String)> {
    let has_sessions = !design.sessions().is_empty();
    let schemes = Scheme::ALL.into_iter().filter(|scheme| *scheme != Scheme::Session || has_sessions);
    let reason = |error: Error| {
        let problems = error.problems().iter();
        let each = problems.map(|one| format!("{} are needed, and there are {}", one.expected, one.found));
        each.collect::<Vec<_>>().join("; ")
    };
    schemes.filter_map(|scheme| Some((scheme, reason(scheme.draw(design, 0).err()?)))).collect()
}

/// The cells in whose names all words stand.
fn chosen(mut cells: Vec<Cell>, only: &[String]) -> Result<Vec<Cell>> {
    let words = |cell: &Cell| {
        let (name, scheme, model) = (cell.condition.name, cell.scheme.to_string(), cell.model.name());
        let epochs = cell.epochs.to_string();
        only.iter().all(|word| [name, &scheme, model, &epochs].contains(&word.as_str()))
    };
    cells.retain(words);
    if cells.is_empty() {
        let expected =
            "names of a condition, a scheme and a network that the profile has, or some of the three";
        return Err(Error::new(Fault::BAD_SETTING, Place::field("only"), expected, only.join(" ")));
    }
    Ok(cells)
}

/// Where the records of cells are: `data/records/audit` for the paper's profile on the published recordings, else a
/// folder of their own under `target/records`.
#[must_use]
pub fn folder(project: &Project, design: &Design, profile: Profile) -> PathBuf {
    match (profile, design.provenance()) {
        (Profile::Paper, Provenance::Published) => project.committed_records().join("audit"),
        _ => own_folder(project, design, profile, "audit"),
    }
}

/// A folder of its own among a project's records, for a profile on these recordings.
fn own_folder(project: &Project, design: &Design, profile: Profile, name: &str) -> PathBuf {
    let name = format!("{name}-{profile}-{}", design.fingerprint().short());
    project.records().join(name)
}

#[cfg(test)]
mod tests;
