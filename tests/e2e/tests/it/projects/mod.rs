//! Projects: gates that request packages, sources that provide them, and the lock file.

mod approving;
mod crashing;
mod locking;
mod prompts;
mod publishing;
mod pulling;
mod sources;
mod standard;

use std::fs;
use std::path::PathBuf;

use crate::tool::{Place, Ran};
use crate::versions::Contract;

/// A project with the source `ours`, which is the folder `packages`.
pub struct Project(pub Place);

impl Project {
    pub fn new() -> Self {
        let place = Place::new();
        place.write("tollgate.toml", "[[source]]\nname = \"ours\"\nfolder = \"packages\"\n");
        place.write("packages/.keep", "").write("letter.txt", "All is well.");
        Self(place)
    }

    /// Runs the tool with the arguments of this line.
    pub fn run(&self, line: &str) -> Ran {
        self.0.run(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// Writes a gate that requests contracts, and a prompt unless it is empty.
    pub fn gate(&self, name: &str, prompt: &str, contracts: &[&str]) -> &Self {
        let prompt = match prompt {
            "" => String::new(),
            prompt => format!("prompt = \"{prompt}\"\n"),
        };
        let entry = |wanted: &&str| format!("\n[[contracts]]\ncontract = \"{wanted}\"\n");
        let contracts: String = contracts.iter().map(entry).collect();
        self.0.write(&format!("gates/{name}.toml"), prompt + &contracts);
        self
    }

    /// Writes the component `built.wasm`, ready to be published.
    pub fn write_component(&self, contract: &Contract) -> PathBuf {
        self.0.write("built.wasm", contract.component());
        self.0.path("built.wasm")
    }

    pub fn publish(&self, contract: &Contract) -> Ran {
        self.publish_to("ours", contract)
    }

    pub fn publish_to(&self, source: &str, contract: &Contract) -> Ran {
        self.write_component(contract);
        self.run(&format!("publish built.wasm --to {source}"))
    }

    /// Publishes contracts that differ only in name and version.
    pub fn publish_all(&self, ids: &[&str]) -> &Self {
        for id in ids {
            self.publish(&Contract::new(id)).exits_with(0);
        }
        self
    }

    pub fn publish_prompt(&self, id: &str, text: &str) -> &Self {
        let (name, version) = id.split_once('@').unwrap();
        let prompt = format!("---\nname: {name}\nversion: {version}\n---\n{text}\n");
        self.0.write("built.prompt", prompt);
        self.run("prompt publish built.prompt --to ours").exits_with(0);
        self
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.path(file)).unwrap()
    }

    pub fn lock(&self) -> String {
        self.read("tollgate.lock")
    }

    /// Empties the store, as on a new machine.
    pub fn empty_store(&self) {
        let _ = fs::remove_dir_all(self.0.path("store"));
    }
}

/// Replaces every digest by `sha256:*`.
pub fn mask_digests(text: &str) -> String {
    let mut parts = text.split("sha256:");
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.chars().take_while(char::is_ascii_hexdigit).count();
        masked.push_str("sha256:*");
        masked.push_str(&part[digits..]);
    }
    masked
}
