//! `eegenre completions`.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};
use serde_json::json;

use eegenre::error::Result;

use crate::{Command, print};

pub const EXAMPLES: &str = "\
Examples:
  eegenre completions bash > ~/.local/share/bash-completion/completions/eegenre
  eegenre completions fish > ~/.config/fish/completions/eegenre.fish
  eegenre completions zsh > ~/.zfunc/_eegenre    with ~/.zfunc in fpath, before compinit";

#[derive(Args)]
pub struct CompletionsArgs {
    /// The shell that reads them
    shell: Shell,
}

impl CompletionsArgs {
    pub fn run(self, json: bool) -> Result<()> {
        let mut script = Vec::new();
        generate(self.shell, &mut Command::command(), "eegenre", &mut script);
        let script = String::from_utf8_lossy(&script);
        let script = script.trim_end();
        if json {
            return print(&json!({ "shell": self.shell.to_string(), "script": script }), json);
        }
        print(&script, json)
    }
}
