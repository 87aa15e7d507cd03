//! `tollgate log verify`: verifies the hash chain, contents, checkpoints and projections of a ledger or an export.

mod contents;
mod render;

use std::fs::File;
use std::io::{BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use tollgate::verification::{CheckpointSignatures, LedgerVerification, verify_ledger};
use tollgate_ledger::{Checkpoint, ExportError, verify_export};
use tollgate_ledger_sqlite::SqliteReader;
use tollgate_packages::trust::PublicKey;
use tollgate_project::{KeyPurpose, Project};

use super::checkpoint;
use crate::cli::signers::TrustedSignerArgs;
use crate::console;
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::files;
use crate::ledger_access::LedgerArgs;
use crate::shell_words::quote_word;

/// First bytes of every SQLite file, which tell a copied ledger from an export.
const SQLITE_HEADER: &[u8] = b"SQLite format 3\0";

/// Verifies the ledger: every event, content, checkpoint and derived table.
///
/// Also verifies a copy of a ledger file, or an export by `tollgate log export`, without a project.
/// Exit code 1 if something is not as it was recorded.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate log verify
  tollgate log verify --checkpoints /mnt/elsewhere/checkpoints.jsonl
  tollgate log verify export.jsonl --key auditor.pub")]
pub(super) struct LogVerifyCommand {
    /// Export, or copy of a ledger file [default: the ledger of the project].
    file: Option<PathBuf>,
    /// File of checkpoints that were kept in another place; may be repeated.
    #[arg(long, value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
    /// Folder of contents exported with the export, to verify them too.
    #[arg(long, value_name = "DIR", requires = "file")]
    contents: Option<PathBuf>,
    #[command(flatten)]
    signers: TrustedSignerArgs,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArgs,
}

/// Source of the events that are verified.
enum VerifiedSource<'a> {
    /// The ledger of the project.
    OwnLedger(Box<Project>, &'a LedgerArgs),
    /// A copy of a ledger file.
    LedgerFile(&'a Path),
    Export(&'a Path),
}

impl LogVerifyCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let signers = self.signers.resolve(&KeyPurpose::Checkpoints)?;
        let copies = self.checkpoints.iter().map(|path| checkpoint::read_checkpoints(path));
        let copies = copies.collect::<anyhow::Result<Vec<_>>>()?.concat();
        let source = self.find_source()?;
        let spinner = console::spinner("verifying");
        let keys: Vec<_> = signers.iter().map(|signer| signer.key.clone()).collect();
        let result = self.verify_source(&source, &copies, &keys);
        spinner.finish_and_clear();
        let result = result?;
        if self.json {
            render::print_json(&result, &signers)?;
        } else {
            render::print_result(&result, &signers);
        }
        source.tell_if_others_can_read()?;
        Ok(if result.is_sound() { Exit::Pass } else { Exit::Fail })
    }

    fn find_source(&self) -> anyhow::Result<VerifiedSource<'_>> {
        Ok(match &self.file {
            None => VerifiedSource::OwnLedger(require_project()?.into(), &self.ledger),
            Some(path) if is_database(path)? => VerifiedSource::LedgerFile(path),
            Some(path) => VerifiedSource::Export(path),
        })
    }

    fn verify_source(
        &self,
        source: &VerifiedSource<'_>,
        copies: &[Checkpoint],
        keys: &[PublicKey],
    ) -> anyhow::Result<LedgerVerification> {
        match source {
            VerifiedSource::OwnLedger(project, ledger) => {
                Ok(verify_ledger(&ledger.unwarned_view(project)?, copies, keys)?)
            }
            VerifiedSource::LedgerFile(path) => {
                if self.contents.is_some() {
                    bail!(
                        "`{}` is a ledger and includes its contents: remove `--contents`",
                        path.display()
                    );
                }
                Ok(verify_ledger(&SqliteReader::open(path)?, copies, keys)?)
            }
            VerifiedSource::Export(path) => {
                verify_export_file(path, self.contents.as_deref(), copies, keys)
            }
        }
    }
}

impl VerifiedSource<'_> {
    /// Tells if other users of this machine can read the outputs in the ledger. New ledgers are private.
    fn tell_if_others_can_read(&self) -> anyhow::Result<()> {
        const READ_BY_OTHERS: u32 = 0o004;
        let path = match self {
            Self::OwnLedger(project, ledger) => ledger.path(project),
            Self::LedgerFile(path) => path.to_path_buf(),
            Self::Export(_) => return Ok(()),
        };
        let metadata =
            std::fs::metadata(&path).with_context(|| files::read_error_message(&path))?;
        if metadata.permissions().mode() & READ_BY_OTHERS != 0 {
            let path = path.display().to_string();
            console::note(format!(
                "other users of this machine can read `{path}`: `chmod go= {}` makes it private",
                quote_word(&path)
            ));
        }
        Ok(())
    }
}

fn is_database(path: &Path) -> anyhow::Result<bool> {
    let file = File::open(path).with_context(|| files::read_error_message(path))?;
    let mut header = Vec::new();
    let mut reader = file.take(SQLITE_HEADER.len() as u64);
    reader.read_to_end(&mut header).with_context(|| files::read_error_message(path))?;
    Ok(header == SQLITE_HEADER)
}

fn verify_export_file(
    path: &Path,
    contents: Option<&Path>,
    copies: &[Checkpoint],
    keys: &[PublicKey],
) -> anyhow::Result<LedgerVerification> {
    let open = || File::open(path).map(BufReader::new);
    let signatures = CheckpointSignatures::new(keys);
    let is_signed =
        |checkpoint: &Checkpoint, message: &[u8]| signatures.is_signed(checkpoint, message);
    let lines = open().with_context(|| files::read_error_message(path))?;
    let not_an_export = || {
        format!(
            "`{}` is not an export of a ledger: `tollgate log export -o FILE` writes one",
            path.display()
        )
    };
    let report = match verify_export(lines, copies, is_signed) {
        Err(error @ ExportError::OtherFormat { .. }) => {
            return Err(error).with_context(|| format!("cannot verify `{}`", path.display()));
        }
        report => report.with_context(not_an_export)?,
    };
    let mut result = LedgerVerification {
        report,
        checkpoints: signatures.into_checkpoints(),
        differences: Vec::new(),
        page_errors: Vec::new(),
        contents_checked: contents.is_some(),
    };
    if let Some(folder) = contents {
        let lines = open().with_context(|| files::read_error_message(path))?;
        contents::verify_contents(lines, folder, &mut result.report)?;
    }
    Ok(result)
}
