//! The CUDA kernels on a CPU, thread for thread: their very text, compiled by a C compiler.
//!
//! So tests cover their results on machines without a GPU. Tests do not cover their speed or their launches.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::tempdir;

/// Numbers one behind the other, as C reads them.
#[derive(Default)]
pub(in crate::nn) struct Input(Vec<u8>);

impl Input {
    pub(in crate::nn) fn ints(mut self, values: &[usize]) -> Self {
        self.0.extend(values.iter().flat_map(|&value| i32::try_from(value).unwrap().to_ne_bytes()));
        self
    }

    pub(in crate::nn) fn signed_ints(mut self, values: &[i32]) -> Self {
        self.0.extend(values.iter().flat_map(|value| value.to_ne_bytes()));
        self
    }

    pub(in crate::nn) fn longs(mut self, values: &[u64]) -> Self {
        self.0.extend(values.iter().flat_map(|value| value.to_ne_bytes()));
        self
    }

    pub(in crate::nn) fn floats(mut self, values: &[f32]) -> Self {
        self.0.extend(values.iter().flat_map(|value| value.to_ne_bytes()));
        self
    }
}

/// What a program of this folder answers.
pub(in crate::nn) fn answer(program: &str, units: usize, input: &Input) -> Vec<f32> {
    let folder = tempdir().unwrap();
    let binary = folder.path().join(program);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/nn/emulation/{program}.c"));
    let compiled = Command::new("cc")
        .args(["-std=gnu11", "-O2", "-Wno-unknown-pragmas"])
        .arg(format!("-DUNITS={units}"))
        .arg(source)
        .args(["-lm", "-lpthread", "-o"])
        .arg(&binary)
        .output()
        .expect("cc, which also links Rust's programs");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let mut running =
        Command::new(binary).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("what cc has made");
    running.stdin.take().unwrap().write_all(&input.0).unwrap();
    let done = running.wait_with_output().unwrap();
    assert!(done.status.success(), "{program}");
    done.stdout.chunks_exact(4).map(|bytes| f32::from_ne_bytes(bytes.try_into().unwrap())).collect()
}
