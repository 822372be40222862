//! `eegenre predict`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use eegenre::error::{Error, Fault, Place, Result};
use eegenre::models::Model;
use eegenre::report::note;
use eegenre::runs::Settings;
use eegenre::runs::prediction::WeightsFile;
use eegenre::store::Project;

use crate::data::DataArgs;
use crate::print;
use crate::train::NetworkArgs;

#[derive(Args)]
pub struct PredictArgs {
    /// Weights: a safetensors file of `eegenre train`, or of a PyTorch module with the same names
    ///
    /// A file of `eegenre train` knows its network and how signals were prepared. Options that say otherwise are refused,
    /// as are recordings of another sampling rate.
    #[arg(long, value_name = "FILE")]
    weights: PathBuf,
    /// Which network the weights belong to [default: as the file says; a PyTorch module's does not]
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
        let settings = self.settings(&weights)?;
        if weights.purpose().is_none() {
            note(format_args!(
                "note: {} does not say what its weights are for: network, sampling rate, labels and preparation are taken \
                 as the options say, and may be others than in training",
                self.weights.display()
            ));
        }
        let predictions = weights.predict(&self.data.load(project)?, settings)?;
        if json {
            print(&json!({ "purpose": weights.purpose(), "predictions": predictions }), json)?;
        } else {
            let lines: Vec<String> = predictions.iter().map(ToString::to_string).collect();
            print(&lines.join("\n"), json)?;
        }
        Ok(())
    }

    /// What the file says, with what was asked for in its place.
    fn settings(&self, weights: &WeightsFile) -> Result<Settings> {
        match (weights.purpose(), self.model) {
            (Some(purpose), model) => {
                let model = model.unwrap_or(purpose.settings.model);
                self.network.over(Settings { model, ..purpose.settings })
            }
            (None, Some(model)) => self.network.settings(model),
            (None, None) => {
                let expected = "the network of these weights, because their file does not say";
                Err(Error::new(Fault::BAD_SETTING, Place::field("--model"), expected, "none"))
            }
        }
    }
}
