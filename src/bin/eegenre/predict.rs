//! `eegenre predict`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use eegenre::error::Result;
use eegenre::models::Model;
use eegenre::prediction::predict;
use eegenre::store::Project;

use crate::data::DataArgs;
use crate::print;
use crate::train::NetworkArgs;

#[derive(Args)]
pub struct PredictArgs {
    /// Which network the weights belong to
    #[arg(long, value_name = "baseline|multilayer|cnn")]
    model: Model,
    /// Weights: a safetensors file of `eegenre train`, or of a PyTorch module with the same names
    ///
    /// A file of `eegenre train` knows how its network's signals were prepared, and the options for that are ignored.
    #[arg(long, value_name = "FILE")]
    weights: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    network: NetworkArgs,
}

impl PredictArgs {
    pub fn run(self, project: &Project, json: bool) -> Result<()> {
        let settings = self.network.settings(self.model)?;
        let predictions = predict(&self.data.load(project)?, settings, &self.weights)?;
        if json {
            print(&json!({ "predictions": predictions }), json)?;
        } else {
            let lines: Vec<String> = predictions.iter().map(ToString::to_string).collect();
            print(&lines.join("\n"), json)?;
        }
        Ok(())
    }
}
