//! What programs are told of the caller's settings: where things come from, and nothing of how they are made.

use std::env;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use super::program::ask;
use crate::error::Result;

/// Starts of the names of variables that change what Python, pip, Jupyter, cargo and the compiler do.
const SETTINGS: [&str; 11] = [
    "CARGO",
    "EVCXR_",
    "IPYTHON",
    "JUPYTER",
    "PIP_",
    "PYTHON",
    "RUSTC",
    "RUSTDOC",
    "RUST_",
    "VIRTUAL_ENV",
    "__PYVENV_LAUNCHER__",
];

/// Those among them that say where cargo keeps and gets things and how many compilers run, not what is made.
const WHERE_CRATES_COME_FROM: [&str; 5] =
    ["CARGO_BUILD_JOBS", "CARGO_HOME", "CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTR"];

/// Options of pip that say where packages come from and how they are fetched.
const WHERE_PACKAGES_COME_FROM: [&str; 14] = [
    "cache-dir",
    "cert",
    "client-cert",
    "default-timeout",
    "extra-index-url",
    "find-links",
    "index-url",
    "keyring-provider",
    "no-index",
    "proxy",
    "pypi-url",
    "retries",
    "timeout",
    "trusted-host",
];

/// Options of `pip config` that have it list one file only. A caller who always installs for the user has set the
/// first.
const FILES_OF_PIP: [&str; 3] = ["PIP_USER", "PIP_GLOBAL", "PIP_SITE"];

/// A folder that is empty everywhere: pip reads no file of settings if this is named.
const NO_FILE: &str = if cfg!(windows) { "nul" } else { "/dev/null" };

/// Takes the caller's settings from a program.
pub(super) fn forget(command: &mut Command) {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_setting) {
            command.env_remove(name);
        }
    }
    command.env("PIP_CONFIG_FILE", NO_FILE).env("PYTHONNOUSERSITE", "1");
    // A panic's message is what a reader needs; its trace through evcxr is not.
    command.env("RUST_BACKTRACE", "0");
}

/// Whether a variable changes what a program makes. `FLAGS` are those of compilers and of make.
fn is_setting(name: &str) -> bool {
    let starts = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    // A machine without cc has to name a linker.
    let names_linker = name.starts_with("CARGO_TARGET_") && name.ends_with("_LINKER");
    name.contains("FLAGS") || (starts(&SETTINGS) && !starts(&WHERE_CRATES_COME_FROM) && !names_linker)
}

/// Where the caller has pip find packages, by variables or in a file, as variables for pip.
///
/// `python` starts a Python that has pip, without any settings.
///
/// # Errors
/// Those of [`ask`]: a file that pip cannot read.
pub(in crate::notebook) fn package_sources(
    mut python: Command,
    stop: &AtomicBool,
) -> Result<Vec<(String, String)>> {
    python.args(["-m", "pip", "config", "list"]).env_remove("PIP_CONFIG_FILE");
    let option = |name: &str| Some(name.strip_prefix("PIP_")?.to_lowercase().replace('_', "-"));
    for (name, value) in env::vars_os() {
        let is_kept = name.to_str().and_then(option).is_some_and(|option| {
            option == "config-file" || WHERE_PACKAGES_COME_FROM.contains(&option.as_str())
        });
        if is_kept {
            python.env(name, value);
        }
    }
    python.envs(FILES_OF_PIP.map(|option| (option, "0")));
    Ok(variables(&ask(&mut python, "settings that pip can read", stop)?))
}

/// What `pip config list` lists, as variables. Each line is `section.option='value'`, in Python's writing. What is said
/// for `install` counts more than what is said for every command (`global`), and variables (`:env:`) count most.
fn variables(list: &str) -> Vec<(String, String)> {
    let mut variables = Vec::new();
    for section in ["global.", "install.", ":env:."] {
        let lines = list.lines().filter_map(|line| line.strip_prefix(section)?.split_once('='));
        for (option, value) in lines.filter(|(option, _)| WHERE_PACKAGES_COME_FROM.contains(option)) {
            let name = format!("PIP_{}", option.to_uppercase().replace('-', "_"));
            variables.retain(|(earlier, _)| earlier != &name);
            variables.push((name, text(value)));
        }
    }
    variables
}

/// The text that Python writes so.
fn text(written: &str) -> String {
    let quoted = written.strip_prefix(['\'', '"']).and_then(|rest| rest.strip_suffix(['\'', '"']));
    let mut text = String::new();
    let mut letters = quoted.unwrap_or(written).chars();
    while let Some(letter) = letters.next() {
        text.push(match letter {
            '\\' => match letters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_what_is_made_is_forgotten_and_where_things_come_from_is_kept() {
        for forgotten in [
            "PIP_USER",
            "PIP_TARGET",
            "PIP_PREFIX",
            "PIP_INDEX_URL",
            "PYTHONHOME",
            "PYTHONPATH",
            "PYTHONSTARTUP",
            "VIRTUAL_ENV",
            "JUPYTER_CONFIG_DIR",
            "IPYTHONDIR",
            "EVCXR_TMPDIR",
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
            "CARGO_BUILD_TARGET",
            "CARGO_BUILD_RUSTC_WRAPPER",
            "CARGO_TARGET_DIR",
            "CARGO_PROFILE_RELEASE_LTO",
            "CARGO_INSTALL_ROOT",
            "RUSTC",
            "RUSTC_WRAPPER",
            "RUST_LOG",
            "CFLAGS",
            "CXXFLAGS_x86_64-unknown-linux-gnu",
            "MAKEFLAGS",
        ] {
            assert!(is_setting(forgotten), "{forgotten}");
        }
        for kept in [
            "PATH",
            "HOME",
            "TMPDIR",
            "HTTPS_PROXY",
            "no_proxy",
            "SSL_CERT_FILE",
            "REQUESTS_CA_BUNDLE",
            "CARGO_HOME",
            "CARGO_HTTP_PROXY",
            "CARGO_NET_OFFLINE",
            "CARGO_REGISTRIES_MINE_TOKEN",
            "CARGO_REGISTRY_DEFAULT",
            "CARGO_BUILD_JOBS",
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER",
            "RUSTUP_TOOLCHAIN",
            "CC",
            "EEGENRE_PROFILE",
        ] {
            assert!(!is_setting(kept), "{kept}");
        }
    }

    #[test]
    fn pips_list_is_read_with_its_order_and_its_writing() {
        let list = "\
            :env:.index-url='https://third.example/simple'\n\
            global.extra-index-url='\\nhttps://a.example\\nhttps://b.example'\n\
            global.index-url='https://first.example/simple'\n\
            global.proxy=\"http://it's:8080\"\n\
            global.user='true'\n\
            install.index-url='https://second.example/simple'\n\
            install.target='/nowhere'\n\
            list.format='columns'\n";
        let expected = [
            ("PIP_EXTRA_INDEX_URL", "\nhttps://a.example\nhttps://b.example"),
            ("PIP_PROXY", "http://it's:8080"),
            ("PIP_INDEX_URL", "https://third.example/simple"),
        ];
        assert_eq!(variables(list), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
