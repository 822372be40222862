//! The Python of data/README.md writes tables that `eegenre audit predictions` reads.
//!
//! scikit-learn is installed into `target/predictions/python`, once. braindecode and MOABB bring PyTorch with CUDA, 6.0 GB in all,
//! so their snippets run where these packages are: in `target/predictions/networks`, or in the Python that
//! `EEGENRE_NETWORKS_PYTHON` names. To install them:
//!
//! ```sh
//! python3 -m venv target/predictions/networks
//! target/predictions/networks/bin/pip install --require-hashes -r tests/predictions/requirements-networks.txt
//! ```

#[path = "support/snippets.rs"]
mod snippets;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use eegenre::report::note;
use serde_json::Value;
use snippets::{root, snippet};
use tempfile::tempdir;

#[track_caller]
fn assert_success(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A Python that has scikit-learn and pandas.
fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let folder = root().join("target/predictions/python");
        let python = folder.join("bin/python");
        let requirements = root().join("tests/predictions/requirements.txt");
        let stamp = folder.join("requirements.txt");
        if fs::read(&stamp).ok() != Some(fs::read(&requirements).unwrap()) {
            assert_success(&Command::new("python3").args(["-m", "venv"]).arg(&folder).output().unwrap());
            let install = ["-m", "pip", "install", "--quiet", "--require-hashes", "-r"];
            assert_success(&Command::new(&python).args(install).arg(&requirements).output().unwrap());
            fs::copy(&requirements, &stamp).unwrap();
        }
        python
    })
}

/// A Python that has braindecode and MOABB, if there is one.
fn networks() -> Option<PathBuf> {
    let named = std::env::var_os("EEGENRE_NETWORKS_PYTHON").map(PathBuf::from);
    let python = named.unwrap_or_else(|| root().join("target/predictions/networks/bin/python"));
    python.exists().then_some(python)
}

/// Runs a snippet, and audits what it wrote.
fn audited(python: &Path, name: &str) -> Value {
    audited_in(tempdir().unwrap().path(), python, name)
}

fn audited_in(folder: &Path, python: &Path, name: &str) -> Value {
    fs::write(folder.join("snippet.py"), snippet(name)).unwrap();
    assert_success(&Command::new(python).arg("snippet.py").current_dir(folder).output().unwrap());
    let output = eegenre(folder, &["audit", "predictions", "predictions.csv", "--json"]);
    serde_json::from_slice(&output.stdout).unwrap()
}

fn eegenre(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eegenre"));
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    assert_success(&output);
    output
}

#[test]
fn folds_of_every_scheme_are_taken_by_scikit_learn_as_they_are() {
    for (scheme, folds) in [("random", 1), ("participant", 24), ("stimulus", 4)] {
        let folder = tempdir().unwrap();
        let root = root().to_str().unwrap();
        let split = ["split", "--scheme", scheme, "--out", "folds.json", "--project", root];
        eegenre(folder.path(), &split);
        if scheme == "random" {
            // One split is a manifest: names, no places.
            let manifest = fs::read_to_string(folder.path().join("folds.json")).unwrap();
            assert!(manifest.contains("eegenre split 1"), "{manifest}");
            continue;
        }
        let audit = audited_in(folder.path(), python(), "folds");
        let design = &audit["designs"][0];
        assert_eq!(design["folds"].as_array().unwrap().len(), folds, "{scheme}");
        assert_eq!((&audit["recordings"], audit["labels"].as_array().unwrap().len()), (&192.into(), 3));
        let shared = ["participants", "stimuli"].map(|what| design["all_folds"][what].as_f64().unwrap());
        assert_eq!(shared, if scheme == "participant" { [0.0, 1.0] } else { [1.0, 0.0] }, "{scheme}");
    }
}

#[test]
fn the_snippet_of_scikit_learn_is_audited() {
    let audit = audited(python(), "scikit-learn");
    assert_eq!(
        (&audit["recordings"], &audit["participants"], &audit["stimuli"]),
        (&240.into(), &20.into(), &12.into())
    );
    let design = &audit["designs"][0];
    assert_eq!(
        (&design["all_folds"]["participants"], &design["all_folds"]["stimuli"]),
        (&0.0.into(), &1.0.into())
    );
    assert_eq!(design["exchanges"]["level"], "stimuli");
    // 12! / 6!² = 924 distinct exchanges; the planted effect is found.
    assert!((design["exchanges"]["least_p"].as_f64().unwrap() * 924.0 - 1.0).abs() < 1e-9);
    assert!(audit["models"][0]["permutation"]["p"].as_f64().unwrap() < 0.01, "{}", audit["models"][0]);
    assert_eq!(audit["not_read"], Value::Array(vec![]));
}

#[test]
fn balanced_accuracy_is_that_of_scikit_learn() {
    let folder = tempdir().unwrap();
    let script = "\
import numpy as np, pandas as pd
from sklearn.metrics import accuracy_score, balanced_accuracy_score
rng = np.random.default_rng(1)
y, p = rng.choice(list('abc'), 300, p=[.6, .3, .1]), rng.choice(list('abcd'), 300)
table = pd.DataFrame({'recording': range(300), 'participant_id': np.arange(300) // 10, 'label': y, 'predicted': p})
table.assign(fold=np.arange(300) // 50).to_csv('predictions.csv', index=False)
import warnings; warnings.simplefilter('ignore')
print(accuracy_score(y, p), balanced_accuracy_score(y, p))
";
    fs::write(folder.path().join("oracle.py"), script).unwrap();
    let told = Command::new(python()).arg("oracle.py").current_dir(&folder).output().unwrap();
    assert_success(&told);
    let told: Vec<f64> = String::from_utf8(told.stdout)
        .unwrap()
        .split_whitespace()
        .map(|value| value.parse().unwrap())
        .collect();
    let audit =
        eegenre::audit::predictions::PredictionAudit::read(folder.path().join("predictions.csv")).unwrap();
    let found = &audit.models[0].accuracy;
    for (found, expected) in [found.accuracy, found.balanced].iter().zip(told) {
        assert!((found.value - expected).abs() < 1e-12, "{found:?} {expected}");
    }
}

#[test]
fn every_snippet_is_python_and_writes_the_columns_that_are_read() {
    for name in ["scikit-learn", "braindecode", "moabb"] {
        let text = snippet(name);
        let mut command = Command::new(python());
        let compiled = command
            .args(["-c", "import sys; compile(sys.argv[1], 'snippet', 'exec')", &text])
            .output()
            .unwrap();
        assert_success(&compiled);
        for column in ["\"recording\"", "\"participant_id\"", "\"label\"", "\"predicted\"", "fold"] {
            assert!(text.contains(column), "{name}: {column}");
        }
    }
}

#[test]
fn the_snippets_of_braindecode_and_moabb_are_audited_where_these_are_installed() {
    let Some(python) = networks() else {
        // On standard error itself: a test that passes is not heard otherwise.
        note(
            "NOT RUN: the snippets of braindecode and MOABB, which need 6.0 GB of packages; tests/prediction_snippets.rs says how.",
        );
        return;
    };
    let audit = audited(&python, "braindecode");
    assert_eq!((&audit["recordings"], &audit["participants"]), (&120.into(), &6.into()));
    let model = &audit["models"][0];
    assert_eq!((&model["name"], &model["accuracy"]["answers"]), (&"ShallowFBCSPNet".into(), &240.into()));
    assert_eq!(model["accuracy"]["seeds"].as_array().unwrap().len(), 2);
    let audit = audited(&python, "moabb");
    assert_eq!(audit["participants"], 4);
    assert_eq!(audit["designs"][0]["all_folds"]["participants"], 0.0);
    assert_eq!(audit["labels"], serde_json::json!(["left_hand", "right_hand"]));
}
