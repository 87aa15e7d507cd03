//! `tollgate sign` and `tollgate verify`: who vouches for a package.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use tollgate_library::package::About;
use tollgate_library::trust::KeyId;

use super::keys::Own;
use crate::console::{self, BAD, GOOD, paint};
use crate::exit::Exit;
use crate::project::{FILE, Project, Trusted};
use crate::{packages, signatures};

/// Signs a contract or a prompt: its digest, and that of its manifest. The signature lies beside it.
///
/// Example: tollgate sign claims --key acme-release
#[derive(Args)]
pub(super) struct Sign {
    /// A component, the folder that one was built in, or a prompt's file.
    package: PathBuf,
    /// Which of your keys signs.
    #[arg(long, value_name = "NAME")]
    key: String,
    #[command(flatten)]
    own: Own,
}

/// Says whether a contract or a prompt is signed by those whose signature the project wants.
///
/// Ends with 1 where it is not.
#[derive(Args)]
pub(super) struct Verify {
    /// A component, the folder that one was built in, or a prompt's file.
    package: PathBuf,
}

impl Sign {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let (package, file) = packages::of_path(&self.package)?;
        let key = self.own.key(&self.key)?;
        let path = signatures::sign(&package, &file, &key)?;
        console::say(format!("{} is signed by `{}`", package.about().package, self.key));
        console::say(format!("  digest     {}", package.about().digest));
        console::say(format!("  key        {}", key.public().id()));
        console::say(format!("  signature  {}", path.display()));
        Ok(Exit::Pass)
    }
}

impl Verify {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let (package, file) = packages::of_path(&self.package)?;
        let about = package.about();
        let Some(project) = Project::around(Path::new("."))? else {
            bail!(
                "there is no `{FILE}` in this folder or around it, and it says whose signature counts"
            );
        };
        let namespace = about.package.name.namespace();
        let Some(keys) = project.keys_for(namespace)? else {
            bail!(
                "`{FILE}` wants no signature of what is in `{namespace}`: `tollgate keys trust` changes that"
            );
        };
        let by = signers(about, &file, &keys)?;
        console::say(format!("{}  {}", about.package, about.digest));
        for trusted in &keys {
            let (style, word) =
                if by.contains(&trusted.key.id()) { (GOOD, "signed") } else { (BAD, "not signed") };
            console::say(format!("  {}  by {}", paint(style, format!("{word:10}")), trusted.name));
        }
        Ok(if by.is_empty() { Exit::Fail } else { Exit::Pass })
    }
}

/// Which of these keys have signed a package, by what lies beside it.
fn signers(about: &About, file: &Path, keys: &[Trusted]) -> anyhow::Result<Vec<KeyId>> {
    let Some(envelope) = signatures::beside(file)? else { return Ok(Vec::new()) };
    let public: Vec<_> = keys.iter().map(|trusted| trusted.key.clone()).collect();
    packages::signers(about, &envelope, &public)
}
