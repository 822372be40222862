//! What an environment was made of: `setup.json`.

use std::fs;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::notebook::environment::Environment;
use crate::store::{to_json, write_atomically};

/// What an environment was made of. A part that has changed is made again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Stamp {
    pub packages: Option<String>,
    pub lab: Option<String>,
    pub kernel: Option<String>,
    pub dependencies: Option<String>,
}

impl Stamp {
    /// An unreadable stamp is none: everything is made again.
    pub fn read(environment: &Environment) -> Self {
        let bytes = fs::read(environment.stamp()).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    pub fn write(&self, environment: &Environment) -> Result<()> {
        let text = to_json("setup.json", self)?;
        write_atomically(environment.stamp(), format!("{text}\n").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Project;

    #[test]
    fn a_damaged_stamp_makes_everything_again() {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment::at(folder.path(), &Project::of_tests()).unwrap();
        let stamp = Stamp { kernel: Some("0.22.0".into()), ..Stamp::default() };
        stamp.write(&environment).unwrap();
        assert_eq!(Stamp::read(&environment), stamp);
        fs::write(environment.stamp(), "{\"kernel\": ").unwrap();
        assert_eq!(Stamp::read(&environment), Stamp::default());
    }
}
