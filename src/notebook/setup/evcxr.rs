//! The kernel, evcxr: compiled in the way that costs least until a notebook has run.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use crate::error::Result;
use crate::notebook::environment::program::run;
use crate::notebook::environment::{EVCXR_VERSION, Environment};
use crate::store::Digest;
use crate::store::{claim, discard};

/// What the stamp of the folder in which the kernel is compiled says.
const BUILD: &str = "the kernel's build";

/// How the kernel is compiled: nothing is optimised but [`FAST_PACKAGES`].
const KERNEL_OPTIONS: [(&str, &str); 2] =
    [("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"), ("CARGO_PROFILE_RELEASE_DEBUG", "0")];

/// What is optimised a little: the part of rust-analyzer with which the kernel finds the types of a cell's variables,
/// and the collections and the allocator below it. Measured with other work on the machine, in seconds of a core, to
/// compile all and for a notebook's start and first two cells: nothing optimised 205 and 266; these 475 and 32;
/// everything 744 and 26.
const FAST_PACKAGES: &str = "\
    ra_ap_base_db ra_ap_cfg ra_ap_edition ra_ap_hir ra_ap_hir_def ra_ap_hir_expand ra_ap_hir_ty ra_ap_intern \
    ra_ap_mbe ra_ap_parser ra_ap_paths ra_ap_rustc_abi ra_ap_rustc_index ra_ap_rustc_lexer \
    ra_ap_rustc_next_trait_solver ra_ap_rustc_type_ir ra_ap_span ra_ap_stdx ra_ap_syntax ra_ap_syntax-bridge \
    ra_ap_tt ra_ap_vfs arrayvec boxcar crossbeam-queue dashmap ena hashbrown@0.14.5 hashbrown@0.15.5 \
    hashbrown@0.17.1 indexmap intrusive-collections la-arena libmimalloc-sys lock_api memchr mimalloc parking_lot \
    parking_lot_core petgraph rowan rustc-hash@1.1.0 rustc-hash@2.1.2 salsa smallvec smol_str text-size thin-vec \
    thread_local triomphe";

/// What the kernel is made of.
pub(super) fn state() -> String {
    let options = format!("{KERNEL_OPTIONS:?}");
    Digest::of([EVCXR_VERSION, FAST_PACKAGES, &options]).to_string()
}

fn build(environment: &Environment) -> PathBuf {
    environment.folder().join("kernel-build")
}

/// Makes the folder that this needs.
///
/// # Errors
/// Those of [`claim`].
pub(super) fn check(environment: &Environment) -> Result<()> {
    claim(build(environment), BUILD)
}

/// Compiles the kernel and describes it to Jupyter.
pub(super) fn make(environment: &Environment, stop: &AtomicBool) -> Result<()> {
    // What it is compiled to takes a gigabyte and is of no use afterwards; a half-done one is.
    let target = build(environment);
    claim(&target, BUILD)?;
    let mut command = environment.command("cargo");
    command.args(["install", "evcxr_jupyter", "--version", EVCXR_VERSION, "--locked", "--force", "--root"]);
    command.arg(environment.folder()).arg("--target-dir").arg(&target).envs(KERNEL_OPTIONS);
    for package in FAST_PACKAGES.split_whitespace() {
        command.arg("--config").arg(format!("profile.release.package.\"{package}\".opt-level=1"));
    }
    run(&mut command, &environment.log(), stop)?;
    discard(&target, BUILD)?;
    let mut command = environment.command(environment.kernel());
    run(command.arg("--install").env("JUPYTER_PATH", environment.share()), &environment.log(), stop)
}
