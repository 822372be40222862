//! What computes, where several runs are trained.

use std::sync::atomic::AtomicBool;

use clap::Args;

use eegenre::protocol::{Control, Processor, Schedule};

#[derive(Args)]
pub struct DeviceArgs {
    /// What computes
    #[arg(long, value_name = "cpu|cuda|cuda:N", default_value_t = Processor::default())]
    device: Processor,
    /// How runs share the time: each on a thread of its own, or all step by step as one [default: together on a GPU]
    #[arg(long, value_name = "side-by-side|together")]
    schedule: Option<Schedule>,
}

impl DeviceArgs {
    /// Watched by nobody, until it is done or `stop` becomes true.
    pub fn control<'a>(&self, stop: &'a AtomicBool) -> Control<'a> {
        let schedule = self.schedule.unwrap_or(Schedule::usual_on(self.device));
        Control { processor: self.device, schedule, ..Control::new(stop) }
    }
}
