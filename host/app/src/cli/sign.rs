//! `tollgate sign` and `tollgate verify`: who vouches for a contract.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;

use super::keys::Own;
use crate::console::{self, BAD, GOOD, paint};
use crate::exit::Exit;
use crate::project::{FILE, Project};
use crate::signatures::{self, Package};
use crate::{files, reference};

/// Signs a contract: its digest, and that of its manifest. The signature lies beside it.
///
/// Example: tollgate sign claims --key acme-release
#[derive(Args)]
pub(super) struct Sign {
    /// The path of a component, or the folder that one was built in.
    component: PathBuf,
    /// Which of your keys signs.
    #[arg(long, value_name = "NAME")]
    key: String,
    #[command(flatten)]
    own: Own,
}

/// Says whether a contract is signed by those whose signature the project wants.
///
/// Ends with 1 where it is not.
#[derive(Args)]
pub(super) struct Verify {
    /// The path of a component, or the folder that one was built in.
    component: PathBuf,
}

impl Sign {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let component = component(&self.component)?;
        let key = self.own.key(&self.key)?;
        let (package, path) = signatures::sign(&component, &key)?;
        console::say(format!("{} is signed by `{}`", package.statement.package, self.key));
        console::say(format!("  digest     {}", package.statement.digest));
        console::say(format!("  key        {}", key.public().id()));
        console::say(format!("  signature  {}", path.display()));
        Ok(Exit::Pass)
    }
}

impl Verify {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let component = component(&self.component)?;
        let package = Package::of(&files::read(&component)?)?;
        let Some(project) = Project::around(Path::new("."))? else {
            bail!(
                "there is no `{FILE}` in this folder or around it, and it says whose signature counts"
            );
        };
        let namespace = package.name.namespace();
        let Some(keys) = project.keys_for(namespace)? else {
            bail!(
                "`{FILE}` wants no signature of what is in `{namespace}`: `tollgate keys trust` changes that"
            );
        };
        let public: Vec<_> = keys.iter().map(|trusted| trusted.key.clone()).collect();
        let by = signatures::signers(&component, &package, &public)?;
        console::say(format!("{}  {}", package.statement.package, package.statement.digest));
        for trusted in &keys {
            let (style, word) =
                if by.contains(&trusted.key.id()) { (GOOD, "signed") } else { (BAD, "not signed") };
            console::say(format!("  {}  by {}", paint(style, format!("{word:10}")), trusted.name));
        }
        Ok(if by.is_empty() { Exit::Fail } else { Exit::Pass })
    }
}

fn component(path: &Path) -> anyhow::Result<PathBuf> {
    if path.is_dir() { reference::built(path) } else { Ok(path.to_owned()) }
}
