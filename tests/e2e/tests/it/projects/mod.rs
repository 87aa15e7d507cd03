//! Projects: gates that ask for packages, folders that have them, and a lock.

mod approving;
mod crashing;
mod locking;
mod prompts;
mod publishing;
mod pulling;
mod sources;

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

    /// The tool, with the words of this line.
    pub fn run(&self, line: &str) -> Ran {
        self.0.run(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// A gate that asks for a prompt, if for one, and for contracts.
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

    /// Puts a contract where it is to be published from.
    pub fn built(&self, contract: &Contract) -> PathBuf {
        self.0.write("built.wasm", contract.component());
        self.0.path("built.wasm")
    }

    pub fn publish(&self, contract: &Contract) -> Ran {
        self.publish_to("ours", contract)
    }

    pub fn publish_to(&self, source: &str, contract: &Contract) -> Ran {
        self.built(contract);
        self.run(&format!("publish built.wasm --to {source}"))
    }

    /// Publishes contracts that differ in nothing but their versions.
    pub fn has(&self, ids: &[&str]) -> &Self {
        for id in ids {
            self.publish(&Contract::new(id)).exits_with_snapshot(0);
        }
        self
    }

    /// Publishes a prompt of this text.
    pub fn has_prompt(&self, id: &str, text: &str) -> &Self {
        let (name, version) = id.split_once('@').unwrap();
        let prompt = format!("---\nname: {name}\nversion: {version}\n---\n{text}\n");
        self.0.write("built.prompt", prompt);
        self.run("prompt publish built.prompt --to ours").exits_with_snapshot(0);
        self
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.path(file)).unwrap()
    }

    pub fn lock(&self) -> String {
        self.read("tollgate.lock")
    }

    /// As if this machine had never seen a package.
    pub fn forget(&self) {
        let _ = fs::remove_dir_all(self.0.path("store"));
    }
}

/// A text in which every digest is the same.
pub fn masked(text: &str) -> String {
    let mut parts = text.split("sha256:");
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.chars().take_while(char::is_ascii_hexdigit).count();
        masked.push_str("sha256:*");
        masked.push_str(&part[digits..]);
    }
    masked
}
