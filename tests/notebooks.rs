//! The project's notebooks: as they are committed, and run by the real kernel in the smoke profile on synthetic
//! recordings.

mod support;

use std::sync::atomic::AtomicBool;

use eegenre::notebook::{self, Environment, Run, notebooks};
use eegenre::profile::Profile;
use eegenre::recordings::Source;
use support::project;

#[test]
fn committed_outputs_belong_to_the_committed_notebooks_records_and_figures() {
    let checked = notebook::check(&project());
    assert!(checked.unwrap_or_else(|error| panic!("{error}")) > 0);
}

#[test]
fn every_notebook_runs_and_all_its_checks_hold() {
    let source = Source::Synthetic(project().synthetic_recordings());
    let run = Run::new(&project(), Profile::Smoke, source).unwrap();
    let executed = run.run(&Environment::of(&project()).unwrap(), &AtomicBool::new(false));
    let executed = executed.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(executed.notebooks.len(), notebooks(&run.notebooks).unwrap().len());
    assert!(!executed.rewritten, "the smoke profile rewrote the committed notebooks");
}
