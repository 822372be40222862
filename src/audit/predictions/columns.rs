//! The heading of a table of predictions: what separates its cells, and which column holds what.

use csv::StringRecord;

use crate::error::Fault;
use crate::recordings::workbook::Problems;

/// What begins the name of a column of probabilities; a label follows.
const PROBABILITY: &str = "probability_";

/// A column that has a name of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Recording,
    Participant,
    Stimulus,
    Label,
    Predicted,
    Fold,
    Part,
    Length,
    Seed,
    Model,
}

impl Column {
    const ALL: [Self; 10] = [
        Self::Recording,
        Self::Participant,
        Self::Stimulus,
        Self::Label,
        Self::Predicted,
        Self::Fold,
        Self::Part,
        Self::Length,
        Self::Seed,
        Self::Model,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Recording => "recording",
            Self::Participant => "participant_id",
            Self::Stimulus => "stimulus",
            Self::Label => "label",
            Self::Predicted => "predicted",
            Self::Fold => "fold",
            Self::Part => "part",
            Self::Length => "length",
            Self::Seed => "seed",
            Self::Model => "model",
        }
    }
}

/// Where each column stands.
#[derive(Debug, Default)]
pub(super) struct Heading {
    places: [Option<usize>; Column::ALL.len()],
    /// Places of probabilities, each with its label.
    pub(super) probabilities: Vec<(usize, String)>,
    /// Names of columns that say nothing here.
    pub(super) not_read: Vec<String>,
    /// How many columns there are.
    pub(super) columns: usize,
}

impl Heading {
    /// Reads a heading; what is wrong with it is reported in its line, counted from 0.
    pub(super) fn read(heading: &StringRecord, line: u32, problems: &mut Problems) -> Self {
        let mut read = Self { columns: heading.len(), ..Self::default() };
        for (place, name) in heading.iter().map(str::trim).enumerate() {
            let again = heading.iter().take(place).any(|other| other.trim() == name);
            if name.is_empty() || again {
                let found = if again { format!("{name:?} again") } else { "none".to_owned() };
                problems.report_cell(Fault::UNREADABLE_HEADING, (line, place as u32), "another name", found);
            } else if let Some(column) = Column::ALL.into_iter().find(|own| own.name() == name) {
                read.places[column as usize] = Some(place);
            } else if let Some(label) = name.strip_prefix(PROBABILITY) {
                read.probabilities.push((place, label.to_owned()));
            } else {
                read.not_read.push(name.to_owned());
            }
        }
        let mut demand = |is_there: bool, expected: &str| {
            if !is_there {
                let found = heading.iter().map(str::trim).collect::<Vec<_>>().join(", ");
                problems.report_cell(Fault::MISSING_COLUMN, (line, 0), expected, found);
            }
        };
        for column in [Column::Recording, Column::Participant, Column::Label] {
            demand(read.has(column), &format!("a column {}", column.name()));
        }
        let answers = read.has(Column::Predicted) || !read.probabilities.is_empty();
        demand(answers, "a column predicted, or one probability_LABEL for each label");
        demand(read.has(Column::Fold) || read.has(Column::Part), "a column fold or a column part");
        read
    }

    /// Where a column stands.
    pub(super) const fn place(&self, column: Column) -> Option<usize> {
        self.places[column as usize]
    }

    /// Whether there is a column.
    pub(super) const fn has(&self, column: Column) -> bool {
        self.place(column).is_some()
    }
}
