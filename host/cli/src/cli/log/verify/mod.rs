//! `tollgate log verify`: verifies the hash chain, contents, checkpoints and projections of a ledger or an export.

mod contents;
mod render;

use std::cell::RefCell;
use std::fs::File;
use std::io::{BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use tollgate_ledger::{
    Checkpoint, ExportError, LedgerReader, ProjectionDifference, VerificationReport, verify_export,
};
use tollgate_ledger_sqlite::SqliteReader;
use tollgate_packages::trust::KeyId;
use tollgate_project::{KeyPurpose, Project};

use super::checkpoint;
use crate::cli::signers::{TrustedSigner, TrustedSignerArgs};
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

/// Result of verifying a ledger or an export.
pub(super) struct VerificationResult {
    pub verified: VerificationReport,
    /// Every checkpoint, with the trusted key that signed it; `None` if no trusted key did.
    pub checkpoints: Vec<(Checkpoint, Option<KeyId>)>,
    /// Differences between the projections and the events; empty for an export.
    pub differences: Vec<ProjectionDifference>,
    /// Errors that SQLite reports about the pages of its file; empty for an export.
    pub page_errors: Vec<String>,
    /// Whether contents were verified.
    pub contents_checked: bool,
}

/// Source of the events that are verified.
enum VerifiedSource<'a> {
    /// The ledger of the project.
    OwnLedger(Box<Project>, &'a LedgerArgs),
    /// A copy of a ledger file.
    LedgerFile(&'a Path),
    Export(&'a Path),
}

impl VerificationResult {
    /// Returns whether no fault, difference or page error was found.
    pub(super) fn is_sound(&self) -> bool {
        self.verified.is_sound() && self.differences.is_empty() && self.page_errors.is_empty()
    }
}

impl LogVerifyCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let signers = self.signers.resolve(&KeyPurpose::Checkpoints)?;
        let copies = self.checkpoints.iter().map(|path| checkpoint::read_checkpoints(path));
        let copies = copies.collect::<anyhow::Result<Vec<_>>>()?.concat();
        let source = self.find_source()?;
        let spinner = console::spinner("verifying");
        let result = self.verify_source(&source, &copies, &signers);
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
        signers: &[TrustedSigner],
    ) -> anyhow::Result<VerificationResult> {
        match source {
            VerifiedSource::OwnLedger(project, ledger) => {
                verify_ledger(&ledger.unwarned_view(project)?, copies, signers)
            }
            VerifiedSource::LedgerFile(path) => {
                if self.contents.is_some() {
                    bail!(
                        "`{}` is a ledger and includes its contents: remove `--contents`",
                        path.display()
                    );
                }
                verify_ledger(&SqliteReader::open(path)?, copies, signers)
            }
            VerifiedSource::Export(path) => {
                verify_export_file(path, self.contents.as_deref(), copies, signers)
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

fn verify_ledger(
    view: &dyn LedgerReader,
    copies: &[Checkpoint],
    signers: &[TrustedSigner],
) -> anyhow::Result<VerificationResult> {
    let signed = RefCell::new(Vec::new());
    let verified = view.verify(copies, &signature_check(signers, &signed))?;
    // Projections of changed events differ as well, which adds nothing to the faults already found.
    let differences = if verified.is_sound() { view.check_projections()? } else { Vec::new() };
    let page_errors = view.examine_storage().unwrap_or_else(|error| vec![error.to_string()]);
    let checkpoints = signed.into_inner();
    Ok(VerificationResult {
        verified,
        checkpoints,
        differences,
        page_errors,
        contents_checked: true,
    })
}

fn verify_export_file(
    path: &Path,
    contents: Option<&Path>,
    copies: &[Checkpoint],
    signers: &[TrustedSigner],
) -> anyhow::Result<VerificationResult> {
    let open = || File::open(path).map(BufReader::new);
    let signed = RefCell::new(Vec::new());
    let lines = open().with_context(|| files::read_error_message(path))?;
    let not_an_export = || {
        format!(
            "`{}` is not an export of a ledger: `tollgate log export -o FILE` writes one",
            path.display()
        )
    };
    let verified = match verify_export(lines, copies, signature_check(signers, &signed)) {
        Err(error @ ExportError::OtherFormat { .. }) => {
            return Err(error).with_context(|| format!("cannot verify `{}`", path.display()));
        }
        verified => verified.with_context(not_an_export)?,
    };
    let mut result = VerificationResult {
        verified,
        checkpoints: signed.into_inner(),
        differences: Vec::new(),
        page_errors: Vec::new(),
        contents_checked: contents.is_some(),
    };
    if let Some(folder) = contents {
        let lines = open().with_context(|| files::read_error_message(path))?;
        contents::verify_contents(lines, folder, &mut result.verified)?;
    }
    Ok(result)
}

/// Returns a function that checks the signature of a checkpoint. It adds each checkpoint, with the trusted key that
/// signed it, to `signed`.
fn signature_check<'a>(
    signers: &'a [TrustedSigner],
    signed: &'a RefCell<Vec<(Checkpoint, Option<KeyId>)>>,
) -> impl Fn(&Checkpoint, &[u8]) -> bool + 'a {
    move |checkpoint, message| {
        let same_key = signers.iter().filter(|signer| signer.key.id().as_str() == checkpoint.key);
        let mut valid =
            same_key.filter(|signer| signer.key.verifies(message, &checkpoint.signature));
        let by = valid.next().map(|signer| signer.key.id());
        let is_signed = by.is_some();
        signed.borrow_mut().push((checkpoint.clone(), by));
        is_signed
    }
}
