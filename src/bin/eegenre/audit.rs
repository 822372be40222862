//! `eegenre audit`.

use clap::Args;

use eegenre::audit::{self, Audit};
use eegenre::error::{Error, Fault, Place, Result};
use eegenre::runs::profile::Profile;
use eegenre::store::Project;

use crate::data::DataArgs;
use crate::device::LevelArgs;
use crate::{print, signals};

#[derive(Args)]
pub struct AuditArgs {
    #[command(flatten)]
    data: DataArgs,
    /// How much is trained [default: paper for the published recordings, else quick]
    ///
    /// paper: all three networks under every condition, hours of training where it is not recorded. quick and smoke: the
    /// baseline under a few of them.
    #[arg(long, value_name = "smoke|quick|paper")]
    profile: Option<Profile>,
    /// Train only these, as `--only cut,baseline`: a condition, a scheme, a network, or some of the three; or only the
    /// `instrument`, which is held against synthetic recordings
    #[arg(long, value_name = "WORD,...", value_delimiter = ',')]
    only: Vec<String>,
    /// Train nothing: show what is recorded. So it is without recordings
    #[arg(long, conflicts_with = "only")]
    recorded: bool,
    #[command(flatten)]
    level: LevelArgs,
}

impl AuditArgs {
    pub fn run(self, project: &Project, json: bool) -> Result<()> {
        let of = self.data.material(project)?;
        let profile = self.profile.unwrap_or_else(|| Profile::of_audit(&of));
        if of.recordings().is_none() && !self.only.is_empty() {
            let (place, found) = (Place::field("--only"), "records alone");
            return Err(Error::new(Fault::NO_RECORDINGS, place, "recordings to train on", found));
        }
        if let Some(set) = of.recordings().filter(|_| !self.recorded) {
            let stop = signals::working();
            audit::train(project, set, profile, &self.only, &self.level.control(&stop)?)?;
        }
        print(&Audit::read(project, &of, profile)?, json)
    }
}
