//! The rules of this room, and what to do when one is broken.

use crate::error::Fault;

impl Fault {
    /// There is no such device to compute on.
    pub const NO_DEVICE: Self = Self::rule(
        "no-device",
        "choose the device cpu, or build with CUDA on a machine that has an NVIDIA GPU",
    );
    /// Runs were computed with other vector instructions, or on another kind of device.
    pub const FOREIGN_INSTRUCTIONS: Self = Self::rule(
        "foreign-instructions",
        "use another folder, the same level (--level) or device, or accept records that differ in rounding \
                 (--any-level)",
    );
    /// Records that are to be summed up together differ in what they must share.
    pub const MIXED_RECORDS: Self = Self::rule(
        "mixed-records",
        "give records of one configuration for each network, all on the same recordings and split",
    );
    /// Two records are of the same run.
    pub const REPEATED_RUN: Self = Self::rule("repeated-run", "keep one record of each run");
}
