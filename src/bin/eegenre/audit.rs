//! `eegenre audit`.

use clap::Args;

use eegenre::audit::{self, Audit, instrument};
use eegenre::error::Result;
use eegenre::profile::Profile;
use eegenre::protocol::Control;

use crate::data::DataArgs;
use crate::print;
use crate::train::stop_on_interrupt;

/// Asks for the check on synthetic recordings.
const INSTRUMENT: &str = "instrument";

#[derive(Args)]
pub struct AuditArgs {
    #[command(flatten)]
    data: DataArgs,
    /// How much is trained
    ///
    /// paper: all three networks under every condition, as recorded for the published recordings. quick and smoke: the
    /// baseline under a few of them.
    #[arg(long, value_name = "smoke|quick|paper", default_value_t = Profile::Paper)]
    profile: Profile,
    /// Train only these, as `--only cut,baseline`: a condition, a scheme, a network, or some of the three; or only the
    /// `instrument`, which is held against synthetic recordings
    #[arg(long, value_name = "WORD,...", value_delimiter = ',')]
    only: Vec<String>,
    /// Train nothing: show what is recorded
    #[arg(long, conflicts_with = "only")]
    recorded: bool,
}

impl AuditArgs {
    pub fn run(self, json: bool) -> Result<()> {
        let set = self.data.load()?;
        if !self.recorded {
            let stop = stop_on_interrupt()?;
            let control = Control::new(&stop);
            if self.only.iter().all(|word| word != INSTRUMENT) {
                audit::train(&set, self.profile, &self.only, &control)?;
            }
            if self.only.is_empty() || self.only == [INSTRUMENT] {
                instrument::train(self.profile, &control)?;
            }
        }
        print(&Audit::read(&set, self.profile)?, json);
        Ok(())
    }
}
