//! Every figure that there is, by its name.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::Figure;
use crate::error::{Error, Fault, Place, Result};
use crate::models::Model;
use crate::recordings::{Design, Material, Provenance};
use crate::reproduction::results::Results;
use crate::runs::{LookBacks, Store};
use crate::store::Project;

/// What a figure is of.
///
/// ```no_run
/// use eegenre::figures::{self, Figure, Subject};
/// use eegenre::runs::profile::Profile;
/// use eegenre::recordings::Material;
/// use eegenre::store::Project;
///
/// let project = Project::find(".");
/// let of = Material::choose(&project, None)?;
/// let records = Profile::Paper.records(&project, &of);
/// let all: Vec<Figure> =
///     eegenre::error::Error::gather(Subject::ALL.map(|subject| subject.figure(&project, &of, &records)))?;
/// let folder = figures::folder(&project, &all);
/// for figure in &all {
///     figure.save(&folder)?;
/// }
/// # eegenre::Result::<()>::Ok(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The paper's Figure 1: signals.
    Recordings,
    /// The paper's Figures 2, 4 and 6: a network.
    Architecture(Model),
    /// The paper's Figures 3, 5 and 7: a network's training.
    Training(Model),
    /// The paper's Figure 8: test accuracies.
    Results,
    /// Who heard what, and how long the stimuli are; not in the paper.
    Design,
    /// How far back the networks look; not in the paper.
    LookBack,
}

impl Subject {
    /// All of them, in the paper's order.
    pub const ALL: [Self; 10] = [
        Self::Recordings,
        Self::Architecture(Model::Baseline),
        Self::Training(Model::Baseline),
        Self::Architecture(Model::Multilayer),
        Self::Training(Model::Multilayer),
        Self::Architecture(Model::Cnn),
        Self::Training(Model::Cnn),
        Self::Results,
        Self::Design,
        Self::LookBack,
    ];

    /// Its name on the command line: the number of the paper's figure, `design` or `look-back`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recordings => "1",
            Self::Architecture(Model::Baseline) => "2",
            Self::Training(Model::Baseline) => "3",
            Self::Architecture(Model::Multilayer) => "4",
            Self::Training(Model::Multilayer) => "5",
            Self::Architecture(Model::Cnn) => "6",
            Self::Training(Model::Cnn) => "7",
            Self::Results => "8",
            Self::Design => "design",
            Self::LookBack => "look-back",
        }
    }

    /// The figure of these recordings and of the runs on them: those in the folders of the networks below `records`.
    /// Records are read only if it shows runs. What shows samples is the one that the checkout [keeps](Figure::kept)
    /// where there are no recordings.
    ///
    /// # Errors
    /// [`Fault::NO_RECORDS`] if the runs that it shows are not there; [`Fault::FOREIGN_RECORDS`] if they are of other
    /// recordings; those of [`Figure::kept`], of [`Store::read`], [`Figure::training`] and [`Results::read`].
    pub fn figure(self, project: &Project, of: &Material, records: impl AsRef<Path>) -> Result<Figure> {
        match self {
            Self::Recordings => of
                .recordings()
                .map_or_else(|| Figure::kept(project, &self.file_name()), |set| Ok(Figure::recordings(set))),
            Self::Design => Ok(Figure::design(of)),
            Self::Architecture(model) => Ok(Figure::architecture(model)),
            Self::Training(model) => training(model, of, &records.as_ref().join(model.name())),
            Self::Results => Ok(Figure::results(&Results::read(records, of)?)),
            Self::LookBack => look_back(of, records.as_ref()),
        }
    }

    /// The name of its files, without an extension.
    pub(super) fn file_name(self) -> String {
        match self {
            Self::Design | Self::LookBack => self.name().to_owned(),
            _ => format!("figure-{}", self.name()),
        }
    }

    /// What stands above it. Only what shows the published study, or a network alone, has the paper's number.
    pub(super) fn title_for(self, provenance: &Provenance) -> String {
        let (title, number) = (self.title(), format!("Figure {}. ", self.name()));
        let what = title.strip_prefix(&number).unwrap_or(&title);
        match provenance {
            Provenance::Published => title,
            Provenance::Synthetic(_) => {
                format!("Synthetic recordings: {}{}", what[..1].to_lowercase(), &what[1..])
            }
            Provenance::Unknown => format!("Other recordings: {}{}", what[..1].to_lowercase(), &what[1..]),
        }
    }

    /// The same of recordings that are shown themselves: with the name of a described study.
    pub(super) fn title_of(self, set: &Design) -> String {
        let Some(about) = set.about() else { return self.title_for(&set.provenance()) };
        match self {
            Self::Recordings => format!("{}: two signals of each {}", about.name, about.label_name),
            _ => format!("{}: who has which {}, and how long recordings are", about.name, about.label_name),
        }
    }

    /// The same for the published study.
    pub(super) fn title(self) -> String {
        let network = |model| match model {
            Model::Baseline => "baseline LSTM",
            Model::Multilayer => "multi-layer LSTM",
            Model::Cnn => "CNN",
        };
        let what = match self {
            Self::Recordings => "Two signals of each genre".to_owned(),
            Self::Architecture(model) => format!("The {}", network(model)),
            Self::Training(model) => format!("Training the {}", network(model)),
            Self::Results => "Test accuracy of every run".to_owned(),
            Self::Design => return "The design: who heard what, and how long it was".to_owned(),
            Self::LookBack => return "How far back the networks look".to_owned(),
        };
        format!("Figure {}. {what}", self.name())
    }
}

/// The training of a network, whose records are in this folder.
fn training(model: Model, set: &Design, folder: &Path) -> Result<Figure> {
    let records = Store::read(folder)?;
    let Some(first) = records.first() else {
        let expected = format!("records of the network {model}");
        return Err(Error::new(Fault::NO_RECORDS, Place::file(folder), expected, "none"));
    };
    set.check_record(folder, first.configuration.data)?;
    Figure::training(&records, &set.provenance())
}

/// How far back the networks look whose records are below this folder.
fn look_back(set: &Design, records: &Path) -> Result<Figure> {
    let all = Error::gather(Model::ALL.map(|model| LookBacks::read(&records.join(model.name()), model)))?;
    let measured = all.iter().find(|own| !own.runs.is_empty());
    let Some(own) = measured else {
        let expected = "how far back the networks of a full series look (`eegenre study raw` measures it)";
        return Err(Error::new(Fault::NO_RECORDS, Place::file(records), expected, "no such file below it"));
    };
    let first = Store::read(records.join(own.model.name()))?.swap_remove(0).configuration;
    set.check_record(records, first.data)?;
    Ok(Figure::look_back(&all, &set.provenance(), &first))
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Subject {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|subject| subject.name() == name).ok_or_else(|| {
            Error::new(Fault::BAD_SETTING, Place::field("figure"), "1 to 8, design or look-back", name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_subject_finds_itself_by_its_name() {
        for subject in Subject::ALL {
            assert_eq!(subject.name().parse(), Ok(subject));
        }
        let error = "9".parse::<Subject>().unwrap_err();
        assert_eq!(error.problems()[0].expected, "1 to 8, design or look-back");
    }
}
