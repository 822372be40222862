//! The project's notebooks: as they are committed, and run by the real kernel in the main job, without recordings in sight.

mod support;

use std::process::Command;

use eegenre::notebook::{self, notebooks};
use serde_json::Value;
use support::project;

#[test]
fn committed_outputs_belong_to_the_committed_notebooks_records_and_figures() {
    let checked = notebook::check(&project());
    assert!(checked.unwrap_or_else(|error| panic!("{error}")) > 0);
}

#[test]
fn the_main_job_without_recordings_gives_what_is_committed() {
    let output = Command::new(env!("CARGO_BIN_EXE_eegenre"))
        .args(["--json", "reproduce", "--profile", "smoke", "--project"])
        .arg(project().root())
        .env_remove("EEGENRE_DATA")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    // Every output of the notebooks but those of live cells, byte for byte.
    assert_eq!(found["notebooks"]["changed"], Value::Array(vec![]), "{said}");
    assert_eq!(found["notebooks"]["rewritten"], false);
    let executed = found["notebooks"]["notebooks"].as_array().unwrap().len();
    assert_eq!(executed, notebooks(project().notebooks().unwrap()).unwrap().len());
    assert_eq!(found["results"]["verdicts"].as_array().unwrap().len(), 4);
    let committed = std::fs::read_dir(project().committed_figures()).unwrap().count();
    assert_eq!(found["figures"].as_array().unwrap().len(), committed);
    let live = |study: &str| found["live"][study]["accuracy"].as_f64().unwrap();
    assert!(live("planted") > 0.6 && live("null") < 0.5, "{}", found["live"]);
    // The README shows the same studies; processors differ by a few recordings.
    let readme = std::fs::read_to_string(project().root().join("README.md")).unwrap();
    for (study, row, place) in [("planted", "local texture", 5), ("null", "nothing ", 4)] {
        let shown = readme.lines().find(|line| line.starts_with(row)).unwrap();
        let shown: f64 = shown.split_whitespace().nth(place).unwrap().parse().unwrap();
        assert!((shown - 100.0 * live(study)).abs() < 10.0, "README: {shown}, found {}", found["live"]);
    }
    assert!(std::fs::exists(found["book"].as_str().unwrap()).unwrap());
}
