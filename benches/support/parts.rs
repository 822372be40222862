//! What the benchmarks of training train on: synthetic recordings of the published ones' lengths, split as the paper does.

use std::fs;
use std::path::Path;

use eegenre::preparation::{Example, Normalisation, Preparation, Signal, Split};
use eegenre::recordings::{DataSet, synthetic};

/// The two parts of a split that an epoch sees.
pub struct Parts<X> {
    pub training: Vec<X>,
    pub validation: Vec<X>,
}

impl<X: Example> Parts<X> {
    /// What `read` makes of the signals of both.
    pub fn of(read: impl Fn(&[Signal]) -> Vec<X>) -> Self {
        let set: DataSet = synthetic::generate(&synthetic::Settings::default()).expect("default settings");
        let split = Split::random(&set, 0).expect("192 recordings");
        let preparation = Preparation { normalisation: Normalisation::Log, ..Preparation::default() };
        let part = |names: &[_]| read(&preparation.signals(&set, names).expect("positive samples"));
        Self { training: part(split.training()), validation: part(split.validation()) }
    }

    /// Writes `name.json`, the shapes and labels, and `name.f32`, the values, for a peer to train on the same.
    pub fn export(&self, folder: &Path, name: &str) {
        let list = |examples: &[X]| -> Vec<(usize, usize)> {
            examples.iter().map(|example| (example.values().nrows(), example.class())).collect()
        };
        let json = serde_json::json!({
            "training": list(&self.training),
            "validation": list(&self.validation),
        });
        let values: Vec<u8> = (self.training.iter().chain(&self.validation))
            .flat_map(|example| example.values().iter().flat_map(|value| value.to_le_bytes()))
            .collect();
        fs::create_dir_all(folder).expect("a folder to write to");
        fs::write(folder.join(format!("{name}.json")), json.to_string()).expect("room on the disk");
        fs::write(folder.join(format!("{name}.f32")), values).expect("room on the disk");
    }
}
