//! `tollgate yank`: marks a published version as not to be used any more.

use anyhow::bail;
use clap::Args;
use tollgate_packages::package::PackageId;

use crate::console;
use crate::exit::Exit;
use crate::registry_access::RegistryAccessArgs;

/// Maximum length of a reason: a sentence or two.
const REASON_BYTES_MAX: usize = 1024;

/// Marks a published version as not to be used any more. The version stays available: projects that have locked it
/// keep it and get a warning.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  tollgate yank acme/claims@1.2.0 --from ours --reason "it passes claims in capitals"
  tollgate yank acme/claims@1.2.0 --from ours --undo"#)]
pub(super) struct YankCommand {
    /// Version to yank.
    #[arg(value_name = "NAME@VERSION")]
    package: PackageId,
    /// Source of the version: the name of a source, a folder (`./packages`) or a registry (`HOST/PREFIX`).
    #[arg(long, value_name = "SOURCE")]
    from: String,
    /// Reason, shown to users of the version.
    #[arg(long, required_unless_present = "undo")]
    reason: Option<String>,
    /// Remove the mark.
    #[arg(long, conflicts_with = "reason")]
    undo: bool,
    #[command(flatten)]
    registry_access: RegistryAccessArgs,
}

impl YankCommand {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let reason = self.reason.as_deref().map(str::trim);
        if reason.is_some_and(|reason| reason.is_empty() || reason.len() > REASON_BYTES_MAX) {
            bail!("`--reason` has to be a text of 1 to {REASON_BYTES_MAX} bytes");
        }
        let packages = self.registry_access.open()?;
        let listing = packages.find_source(&self.from)?;
        listing.source.yank(&self.package, reason).await?;
        let words = if self.undo { "is no longer yanked from" } else { "is yanked from" };
        console::print(format!("{} {words} {}", self.package, listing.source.label()));
        Ok(Exit::Pass)
    }
}
