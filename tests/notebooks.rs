//! The project's notebooks: as they are committed, and run by the real kernel in the smoke profile on synthetic
//! recordings.

use std::sync::atomic::AtomicBool;

use eegenre::notebook::{self, Environment, Run, notebooks};
use eegenre::profile::Profile;
use eegenre::project;
use eegenre::recordings::Source;

#[test]
fn committed_outputs_belong_to_the_committed_notebooks_records_and_figures() {
    let checked = notebook::check(project::root().join("notebooks"));
    assert!(checked.unwrap_or_else(|error| panic!("{error}")) > 0);
}

#[test]
fn every_notebook_runs_and_all_its_checks_hold() {
    let source = Source::Synthetic(project::synthetic_recordings());
    let run = Run::new(Profile::Smoke, source);
    let executed = run.run(&Environment::default(), &AtomicBool::new(false));
    let executed = executed.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(executed.notebooks.len(), notebooks(&run.notebooks).unwrap().len());
    assert!(!executed.rewritten, "the smoke profile rewrote the committed notebooks");
}
