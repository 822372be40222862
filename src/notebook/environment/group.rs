//! What a program has started: its process group, and on Linux every process below it.

#[cfg(unix)]
pub(super) use unix::{Members, lead};

#[cfg(not(unix))]
pub(super) use elsewhere::{Members, lead};

#[cfg(unix)]
mod unix {
    use std::collections::BTreeSet;
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command};

    use nix::sys::signal::{Signal, killpg};
    use nix::unistd::Pid;

    use super::processes::{Process, below};

    /// Has a program lead a process group of its own.
    pub fn lead(command: &mut Command) {
        command.process_group(0);
        #[cfg(target_os = "linux")]
        {
            let parent = nix::unistd::getpid();
            let ask_when_alone = move || {
                nix::sys::prctl::set_pdeathsig(Signal::SIGTERM)?;
                // The parent may be gone already.
                if nix::unistd::getppid() == parent { Ok(()) } else { Err(nix::errno::Errno::ESRCH.into()) }
            };
            // SAFETY: between fork and exec it calls prctl and getppid only, which are system calls that allocate
            // nothing and take no lock.
            unsafe { command.pre_exec(ask_when_alone) };
        }
    }

    /// A program and what it had started at a moment.
    #[derive(Debug)]
    pub struct Members {
        leader: Pid,
        below: Vec<Process>,
    }

    impl Members {
        /// Those of a program that leads its group and has not been waited for, so that no other has its number.
        pub fn of(leader: &Child) -> Self {
            let leader = leader.id().cast_signed();
            Self { leader: Pid::from_raw(leader), below: below(leader) }
        }

        /// Sends TERM to all.
        pub fn ask_to_end(&self) {
            self.signal(Signal::SIGTERM);
        }

        /// Sends KILL to all that are left.
        pub fn kill(&self) {
            self.signal(Signal::SIGKILL);
        }

        /// Whether anything below the leader is still there.
        pub fn are_alive(&self) -> bool {
            self.below.iter().any(Process::is_alive)
        }

        fn signal(&self, signal: Signal) {
            let alive = self.below.iter().filter(|process| process.is_alive());
            let groups: BTreeSet<Pid> = alive.map(|process| Pid::from_raw(process.group)).collect();
            // A group whose processes are gone needs no signal.
            for group in std::iter::once(self.leader).chain(groups) {
                let _ = killpg(group, signal);
            }
        }
    }
}

/// Every process below one, as Linux lists them in `/proc`. Elsewhere none is known.
#[cfg(unix)]
mod processes {
    use std::fs;

    /// A process. Numbers are used again, but not with the same time of start.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Process {
        number: i32,
        parent: i32,
        pub group: i32,
        started: u64,
    }

    impl Process {
        /// Process `number`, if it is there and not only waited for. The format is that of `proc_pid_stat(5)`.
        fn read(number: i32) -> Option<Self> {
            let text = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
            // The name before it may hold anything.
            let (_, after_name) = text.rsplit_once(") ")?;
            let fields: Vec<&str> = after_name.split(' ').collect();
            let (state, parent, group, started) =
                (fields.first()?, fields.get(1)?, fields.get(2)?, fields.get(19)?);
            let is_waited_for = *state == "Z";
            let process = Self {
                number,
                parent: parent.parse().ok()?,
                group: group.parse().ok()?,
                started: started.parse().ok()?,
            };
            (!is_waited_for).then_some(process)
        }

        pub fn is_alive(&self) -> bool {
            Self::read(self.number).is_some_and(|now| now.started == self.started)
        }
    }

    /// Every process below one.
    pub fn below(root: i32) -> Vec<Process> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let all: Vec<Process> = numbers.filter_map(Process::read).collect();
        let mut found: Vec<Process> = Vec::new();
        let mut parents = vec![root];
        while let Some(parent) = parents.pop() {
            let children = all.iter().filter(|process| process.parent == parent);
            parents.extend(children.clone().map(|child| child.number));
            found.extend(children);
        }
        found
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use std::process::{Child, Command};

    pub fn lead(_: &mut Command) {}

    /// A program alone: what it has started is not known.
    #[derive(Debug)]
    pub struct Members;

    impl Members {
        pub fn of(_: &Child) -> Self {
            Self
        }

        pub fn ask_to_end(&self) {}

        pub fn kill(&self) {}

        pub fn are_alive(&self) -> bool {
            false
        }
    }
}
