//! The rules of this room, and what to do when one is broken.

use crate::error::Fault;

impl Fault {
    /// A path has letters that a program which the notebooks need cannot take.
    pub const UNUSABLE_PATH: Self = Self::rule(
        "unusable-path",
        "move it, or name another: the checkout with --project, the environment with --environment, the cache with \
                 XDG_CACHE_HOME",
    );
    /// A program that the notebooks need is not installed, or is too old.
    pub const MISSING_PROGRAM: Self =
        Self::rule("missing-program", "install it and run the same command again");
    /// A program that needs the network could not reach it.
    pub const NO_NETWORK: Self = Self::rule(
        "no-network",
        "connect to the internet, or name the proxy in HTTPS_PROXY, and run the same command again; \
                 it goes on where it stopped",
    );
    /// A program that sets up the notebooks' environment or makes the book has failed.
    pub const PROGRAM_FAILED: Self =
        Self::rule("program-failed", "read the file; the same command goes on where it stopped");
    /// A folder has no notebooks, or a file is none.
    pub const UNREADABLE_NOTEBOOK: Self =
        Self::rule("unreadable-notebook", "give a folder of notebooks that Jupyter can open");
    /// A cell of a notebook put out an error, panicked or returned early.
    pub const CELL_FAILED: Self =
        Self::check("cell-failed", "correct the cell, or what it calls, and run the notebook again");
    /// A cell of a notebook, or the whole notebook, took longer than it may.
    pub const CELL_TIMED_OUT: Self =
        Self::check("cell-timed-out", "run a shorter profile, or find out what the cell waits for");
    /// The kernel that runs a notebook did not start, or died.
    pub const KERNEL_DIED: Self =
        Self::check("kernel-died", "look whether memory or the disk is full, and run the notebook again");
    /// A notebook left no checks, or those of another.
    pub const NO_CHECKS: Self = Self::check("no-checks", "let the last cell write the notebook's checks");
    /// Something that a notebook checks does not hold.
    pub const CHECK_FAILED: Self =
        Self::check("check-failed", "find out which is wrong: the code, the data or what is expected");
    /// A cell that was changed as an exercise says does not print what its answer says.
    pub const WRONG_ANSWER: Self =
        Self::check("wrong-answer", "correct the answer below \"Try it\", or the cell that it changes");
    /// A notebook breaks a rule of how notebooks are written.
    pub const NOTEBOOK_STYLE: Self = Self::check("notebook-style", "change the cell");
    /// The outputs of a committed notebook do not belong to what is committed.
    pub const STALE_NOTEBOOK: Self =
        Self::check("stale-notebook", "run `eegenre notebooks run --update` and commit the result");
    /// The outputs of a committed notebook name a place of the machine that made them.
    pub const MACHINE_PATH: Self =
        Self::check("machine-path", "let the cell show a path below the project, or none");
    /// A link of the book leads nowhere, or a page would load something from elsewhere.
    pub const DEAD_LINK: Self = Self::check("dead-link", "correct the link in the notebook");
}
