//! What computes, where several runs are trained.

use std::sync::atomic::AtomicBool;

use clap::Args;

use eegenre::error::Result;
use eegenre::nn::Level;
use eegenre::runs::{Control, Processor, Schedule};

#[derive(Args)]
pub struct DeviceArgs {
    /// The device that computes
    #[arg(long, value_name = "cpu|cuda|cuda:N", default_value_t = Processor::default())]
    device: Processor,
    /// How runs share the time: each on a thread of its own, or all step by step as one [default: together on a GPU]
    #[arg(long, value_name = "side-by-side|together")]
    schedule: Option<Schedule>,
    #[command(flatten)]
    level: LevelArgs,
}

/// With which vector instructions a CPU computes.
#[derive(Args)]
pub struct LevelArgs {
    /// Vector instructions of the CPU, to repeat the results of another processor [default: the widest that it has]
    #[arg(long, value_name = "AVX-512|AVX2+FMA|NEON|portable")]
    level: Option<String>,
    /// Continue although other vector instructions, or another kind of device, computed the existing runs
    #[arg(long)]
    any_level: bool,
}

impl DeviceArgs {
    /// Watched by nobody, until it is done or `stop` becomes true.
    pub fn control<'a>(&self, stop: &'a AtomicBool) -> Result<Control<'a>> {
        let schedule = self.schedule.unwrap_or(Schedule::usual_on(self.device));
        Ok(Control { processor: self.device, schedule, ..self.level.control(stop)? })
    }
}

impl LevelArgs {
    /// On the CPU, watched by nobody, until it is done or `stop` becomes true.
    pub fn control<'a>(&self, stop: &'a AtomicBool) -> Result<Control<'a>> {
        if let Some(name) = &self.level {
            Level::choose(name)?;
        }
        Ok(Control { any_level: self.any_level, ..Control::new(stop) })
    }
}
