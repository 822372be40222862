//! The project's notebooks: as they are committed, and run by the real kernel without recordings in sight.

mod support;

use std::sync::atomic::AtomicBool;

use eegenre::notebook::{self, Environment, Run, notebooks};
use support::project;

#[test]
fn committed_outputs_belong_to_the_committed_notebooks_records_and_figures() {
    let checked = notebook::check(&project());
    assert!(checked.unwrap_or_else(|error| panic!("{error}")) > 0);
}

#[test]
fn every_notebook_gives_what_is_committed_without_recordings_and_all_its_checks_hold() {
    let run = Run::new(&project(), None).unwrap();
    let executed = run.run(&Environment::of(&project()).unwrap(), &AtomicBool::new(false));
    let executed = executed.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(executed.notebooks.len(), notebooks(&run.notebooks).unwrap().len());
    assert_eq!(executed.changed, Vec::<String>::new());
    assert!(!executed.rewritten, "a run without --update rewrote the committed notebooks");
}
