//! `tollgate sign` and `tollgate verify`: create and verify signatures of packages.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use tollgate_packages::package::PackageMetadata;
use tollgate_packages::trust::KeyId;
use tollgate_project::{
    PROJECT_FILE, TrustedKey, open_package, read_signature, sign, verified_signers,
};

use super::keys::SigningKeyArgs;
use crate::console::{self, BAD, GOOD, paint};
use crate::current_project::find_project;
use crate::exit::Exit;

/// Signs a contract or a prompt by its digest and the digest of its manifest. The signature is written beside it.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate sign claims --key acme-release")]
pub(super) struct SignCommand {
    /// A component, the folder that one was built in, or a prompt's file.
    package: PathBuf,
    /// Name of your signing key.
    #[arg(long, value_name = "NAME")]
    key: String,
    #[command(flatten)]
    signing_key: SigningKeyArgs,
}

/// Verifies that a contract or a prompt has a signature that the project requires.
///
/// Exit code 1 if it has none.
#[derive(Args)]
pub(super) struct VerifyCommand {
    /// A component, the folder that one was built in, or a prompt's file.
    package: PathBuf,
}

impl SignCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let (package, file) = open_package(&self.package)?;
        let key = self.signing_key.read_key(&self.key)?;
        let path = sign(&package, &file, &key)?;
        console::print(format!("{} is signed by `{}`", package.metadata().package, self.key));
        console::print(format!("  digest     {}", package.metadata().digest));
        console::print(format!("  key        {}", key.public().id()));
        console::print(format!("  signature  {}", path.display()));
        Ok(Exit::Pass)
    }
}

impl VerifyCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let (package, file) = open_package(&self.package)?;
        let about = package.metadata();
        let Some(project) = find_project()? else {
            bail!(
                "there is no `{PROJECT_FILE}` in this folder or its parent folders, and it lists the trusted keys"
            );
        };
        let namespace = about.package.name.namespace();
        let Some(keys) = project.required_keys(namespace)? else {
            bail!(
                "`{PROJECT_FILE}` requires no signature for namespace `{namespace}`: add a key with `tollgate keys trust`"
            );
        };
        let by = valid_signers(about, &file, &keys)?;
        console::print(format!("{}  {}", about.package, about.digest));
        for trusted in &keys {
            let (style, word) =
                if by.contains(&trusted.key.id()) { (GOOD, "signed") } else { (BAD, "not signed") };
            console::print(format!(
                "  {}  by {}",
                paint(style, format!("{word:10}")),
                trusted.name
            ));
        }
        Ok(if by.is_empty() { Exit::Fail } else { Exit::Pass })
    }
}

/// Returns the keys that have validly signed a package, according to the signature file beside it.
fn valid_signers(
    about: &PackageMetadata,
    file: &Path,
    keys: &[TrustedKey],
) -> anyhow::Result<Vec<KeyId>> {
    let Some(envelope) = read_signature(file)? else { return Ok(Vec::new()) };
    let public: Vec<_> = keys.iter().map(|trusted| trusted.key.clone()).collect();
    Ok(verified_signers(about, &envelope, &public)?)
}
