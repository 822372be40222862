//! What is wrong with a workbook, as far as it is listed.

use crate::error::{Error, Fault, Place, Problem, Result};

/// The most problems that are listed for one workbook.
pub const MAX_PROBLEMS: usize = 20;

/// Problems in the order in which they were found, and how many more there were.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    listed: Vec<Problem>,
    unlisted: usize,
}

impl Problems {
    pub(crate) fn report(&mut self, problem: Problem) {
        if self.listed.len() < MAX_PROBLEMS {
            self.listed.push(problem);
        } else {
            self.unlisted += 1;
        }
    }

    /// `Ok` if there were none; `place` is that of the sheet.
    pub(crate) fn into_result(mut self, place: Place) -> Result<()> {
        if self.unlisted > 0 {
            let expected = format!("at most {MAX_PROBLEMS} problems to list");
            let found = format!("{} more", self.unlisted);
            self.listed.push(Problem::new(Fault::MoreProblems, place, expected, found));
        }
        Error::unless_none(self.listed)
    }
}
