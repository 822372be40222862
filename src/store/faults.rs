//! The rules of this room, and what to do when one is broken.

use crate::error::Fault;

impl Fault {
    /// A folder that is to be made holds something else.
    pub const OCCUPIED_FOLDER: Self = Self::rule(
        "occupied-folder",
        "name a folder that does not exist yet, or delete this one if nothing in it is yours: earlier versions of \
                 eegenre did not mark what they made",
    );
    /// Something that needs a checkout of eegenre was asked for elsewhere.
    pub const NO_CHECKOUT: Self = Self::rule(
        "no-checkout",
        "run it in a checkout of eegenre (git clone), or name one with --project or EEGENRE_PROJECT",
    );
    /// A record or a figure is not as data/SHA256SUMS lists it.
    pub const CHANGED_FILE: Self = Self::check(
        "changed-file",
        "get the committed file back (git checkout), or run `eegenre records update` if it was meant to change",
    );
    /// There are no records to sum up.
    pub const NO_RECORDS: Self = Self::rule("no-records", "train at least one run");
    /// A record or checkpoint cannot be read.
    pub const BAD_RECORD: Self = Self::rule("bad-record", "delete the file; its run is then trained again");
    /// A record holds what JSON cannot.
    pub const UNREADABLE_RECORD: Self =
        Self::rule("unreadable-record", "report this together with the command that you ran");
    /// A folder holds records of another configuration.
    pub const FOREIGN_RECORDS: Self = Self::rule(
        "foreign-records",
        "use another folder, or the settings, recordings and split of the records there",
    );
    /// A record contradicts itself, or the other records of its series.
    pub const INCONSISTENT_RECORD: Self =
        Self::rule("inconsistent-record", "delete the record and train its run again");
}
