//! eegenre and all that it depends on, compiled for cells.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::error::{Error, Fault, Place, Result};
use crate::notebook::environment::program::run;
use crate::notebook::environment::{EVCXR_VERSION, Environment};
use crate::notebook::kernel::{Cells, End, Kernel, failure};
use crate::store::{Digest, files_below};
use crate::store::{claim, create_folder, renew, to_json, write_atomically};

/// What the stamp of the folder of sources says.
const VENDOR: &str = "sources of crates";

/// Time that the first cell has, which compiles eegenre and what it depends on.
const FIRST_CELL: Duration = Duration::from_secs(3600);

/// What is compiled without optimisation, because it takes long and no cell waits for it: the command line, progress bars,
/// the writing of workbooks, and products of matrices of other numbers than those of networks.
const COLD_PACKAGES: [&str; 9] = [
    "clap_builder",
    "console",
    "gemm-c32",
    "gemm-c64",
    "gemm-f16",
    "gemm-f64",
    "indicatif",
    "rust_xlsxwriter",
    "typed-path",
];

/// Makes the folders that this needs.
///
/// # Errors
/// Those of [`claim`].
pub(super) fn check(environment: &Environment) -> Result<()> {
    claim(environment.vendor(), VENDOR)
}

/// Brings the sources of all that eegenre depends on into the environment and compiles them for cells.
pub(super) fn make(environment: &Environment, state: &str, stop: &AtomicBool) -> Result<()> {
    vendor(environment, stop)?;
    compile(environment, state, stop)
}

/// Brings the sources of eegenre's dependencies into the environment, in the versions of its `Cargo.lock`. Cells depend
/// on eegenre as on any crate, so cargo would choose the newest versions, and ask the network for them every time.
fn vendor(environment: &Environment, stop: &AtomicBool) -> Result<()> {
    let vendor = environment.vendor();
    renew(&vendor, VENDOR)?;
    let mut command = environment.command("cargo");
    command.args(["vendor", "--quiet", "--locked", "--versioned-dirs"]).arg(&vendor);
    run(command.current_dir(environment.checkout()), &environment.log(), stop)?;
    let configuration = environment.cargo_configuration();
    create_folder(configuration.parent().unwrap_or(environment.folder()))?;
    write_atomically(configuration, cargo_configuration(environment)?.as_bytes())
}

/// How cargo compiles cells. eegenre trains networks in them, so it is compiled as in a release; the cells' own few
/// lines only call it.
fn cargo_configuration(environment: &Environment) -> Result<String> {
    let vendor = to_json("the folder of dependencies", &environment.vendor())?;
    let cold = ["ctx"].iter().chain(&COLD_PACKAGES);
    let cold: String = cold.map(|name| format!("\n[profile.dev.package.{name}]\nopt-level = 0\n")).collect();
    Ok(format!(
        "[source.crates-io]\nreplace-with = \"vendored\"\n\n[source.vendored]\ndirectory = {vendor}\n\n\
         [profile.dev]\nopt-level = 3\ndebug-assertions = false\noverflow-checks = false\n{cold}"
    ))
}

/// What they are made of.
pub(super) fn state(environment: &Environment, rust: &str) -> Result<String> {
    let root = environment.checkout();
    let mut files = files_below(&root.join("src"))?;
    files.extend(["Cargo.toml", "Cargo.lock"].map(|name| root.join(name)));
    let sources = Digest::of_files(root, &files)?.to_string();
    Ok(Digest::of([rust, &cargo_configuration(environment)?, EVCXR_VERSION, &sources]).to_string())
}

/// Runs a cell that depends on eegenre, which compiles it.
fn compile(environment: &Environment, state: &str, stop: &AtomicBool) -> Result<()> {
    let root = environment.checkout();
    let cells = Cells::first(environment, stop)?;
    let mut kernel = Kernel::start(environment, cells, root, &[], stop)?;
    let path = to_json("the folder of the checkout", root)?;
    let cell = format!(":dep eegenre = {{ path = {path} }}\nuse eegenre::reproduction::paper;\npaper::RUNS");
    let (outputs, end) = kernel.execute(&cell, FIRST_CELL, stop);
    let found = match end {
        End::Idle => match failure::of(&outputs, !outputs.is_empty()) {
            None => {
                drop(kernel);
                return Cells::first(environment, stop)?.compiled(state);
            }
            Some(found) => found,
        },
        End::TimedOut => format!("it still running after {} s", FIRST_CELL.as_secs()),
        End::Dead => "that the kernel had died".into(),
        End::Interrupted => {
            return Err(Error::interrupted(Place::field("first cell"), "its end"));
        }
    };
    Err(Error::new(Fault::PROGRAM_FAILED, Place::file(kernel_log(environment)), "a first cell to run", found))
}

fn kernel_log(environment: &Environment) -> impl AsRef<Path> {
    environment.cells(0).join("kernel.log")
}
