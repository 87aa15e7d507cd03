//! `tollgate yank`: a version that nobody should take any more.

use anyhow::bail;
use clap::Args;
use tollgate_library::package::PackageId;

use crate::console;
use crate::exit::Exit;
use crate::packages::Having;

/// A reason is a sentence or two.
const REASON_BYTES_MAX: usize = 1024;

/// Says that nobody should take a version any more. It stays where it is: whoever has locked it
/// keeps it, and is warned.
///
/// Examples: tollgate yank acme/claims@1.2.0 --from ours --reason "it passes claims in capitals"
///           tollgate yank acme/claims@1.2.0 --from ours --undo
#[derive(Args)]
pub(super) struct Yank {
    /// Which version.
    #[arg(value_name = "NAME@VERSION")]
    package: PackageId,
    /// Where: the name of a source, a folder (`./packages`) or a registry (`HOST/PREFIX`).
    #[arg(long, value_name = "SOURCE")]
    from: String,
    /// Why, for those who run it.
    #[arg(long, required_unless_present = "undo")]
    reason: Option<String>,
    /// Let it be taken again.
    #[arg(long, conflicts_with = "reason")]
    undo: bool,
    #[command(flatten)]
    having: Having,
}

impl Yank {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let reason = self.reason.as_deref().map(str::trim);
        if reason.is_some_and(|reason| reason.is_empty() || reason.len() > REASON_BYTES_MAX) {
            bail!("`--reason` should say why, in at most {REASON_BYTES_MAX} bytes");
        }
        let packages = self.having.open()?;
        let listing = packages.source(&self.having, &self.from)?;
        listing.source.yank(&self.package, reason).await?;
        let words = if self.undo { "can be taken again from" } else { "is yanked from" };
        console::say(format!("{} {words} {}", self.package, listing.source.label()));
        Ok(Exit::Pass)
    }
}
