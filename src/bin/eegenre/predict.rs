//! `eegenre predict`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use eegenre::error::{Error, Fault, Place, Result};
use eegenre::models::Model;
use eegenre::recordings::Design;
use eegenre::report::note;
use eegenre::runs::prediction::WeightsFile;
use eegenre::runs::{Preset, Settings};
use eegenre::store::Project;

use crate::data::DataArgs;
use crate::print;
use crate::train::NetworkArgs;

#[derive(Args)]
pub struct PredictArgs {
    /// Weights: a safetensors file of `eegenre train`, or of a PyTorch module with the same names
    ///
    /// A file of `eegenre train` holds its network and the preparation of signals. Options that contradict it are refused,
    /// and so are recordings of another sampling rate or with other channels.
    #[arg(long, value_name = "FILE")]
    weights: PathBuf,
    /// Which network the weights belong to [default: as the file says; the file of a PyTorch module says nothing]
    #[arg(long, value_name = "baseline|multilayer|cnn")]
    model: Option<Model>,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    network: NetworkArgs,
}

impl PredictArgs {
    pub fn run(self, project: &Project, json: bool) -> Result<()> {
        let weights = WeightsFile::read(&self.weights)?;
        self.check(&weights)?;
        if weights.purpose().is_none() {
            note(format_args!(
                "note: {} does not say what its weights are for: network, sampling rate, labels and preparation are taken \
                 as the options say, and may be others than in training",
                self.weights.display()
            ));
        }
        let set = self.data.clone().load(project)?;
        let predictions = weights.predict(&set, self.settings(&weights, &set)?)?;
        if json {
            print(&json!({ "purpose": weights.purpose(), "predictions": predictions }), json)?;
        } else {
            let lines: Vec<String> = predictions.iter().map(ToString::to_string).collect();
            print(&lines.join("\n"), json)?;
        }
        Ok(())
    }

    /// Refuses weights of which nobody says which network they belong to.
    fn check(&self, weights: &WeightsFile) -> Result<()> {
        if weights.purpose().is_some() || self.model.is_some() {
            return Ok(());
        }
        let expected = "the network of these weights, because their file does not say";
        Err(Error::new(Fault::BAD_SETTING, Place::field("--model"), expected, "none"))
    }

    /// What the file says, with what was asked for in its place. A file that says nothing has the paper's sizes, and the framing
    /// of the recordings.
    fn settings(&self, weights: &WeightsFile, set: &Design) -> Result<Settings> {
        let Some(purpose) = weights.purpose() else {
            return self.network.settings(self.model.unwrap_or(Model::Baseline), Preset::Paper, set);
        };
        let model = self.model.unwrap_or(purpose.settings.model);
        self.network.over(Settings { model, ..purpose.settings })
    }
}
