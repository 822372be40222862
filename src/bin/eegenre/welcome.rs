//! What `eegenre` alone answers.

use std::fmt;

use eegenre::store::Project;
use serde::Serialize;

/// Three commands to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Welcome {
    next: [Suggestion; 3],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Suggestion {
    command: &'static str,
    does: &'static str,
}

impl Welcome {
    /// What works where a project is.
    pub fn to(project: &Project) -> Self {
        const INIT: Suggestion = Suggestion {
            command: "eegenre data init DIR",
            does: "describe recordings of your own, to audit them",
        };
        let next = if project.checkout().is_ok() {
            [
                Suggestion {
                    command: "eegenre results",
                    does: "the paper's results beside ours, in a second",
                },
                Suggestion {
                    command: "eegenre reproduce",
                    does: "all tables, figures and notebooks, and the book, in about 20 minutes",
                },
                INIT,
            ]
        } else {
            [
                INIT,
                Suggestion {
                    command: "eegenre audit predictions FILE",
                    does: "audit a table of predictions, from any study",
                },
                Suggestion {
                    command: "eegenre reproduce --project DIR",
                    does: "rebuild the study in DIR, a checkout of eegenre",
                },
            ]
        };
        Self { next }
    }
}

impl fmt::Display for Welcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "eegenre rebuilds a study of music genre from EEG, and audits its numbers.\n")?;
        writeln!(f, "Begin with one of these:")?;
        let width = self.next.iter().map(|next| next.command.len()).max().unwrap_or_default();
        for Suggestion { command, does } in self.next {
            writeln!(f, "  {command:width$}   {does}")?;
        }
        write!(f, "\nNone of them needs the published recordings. `eegenre help` lists all commands.")
    }
}
