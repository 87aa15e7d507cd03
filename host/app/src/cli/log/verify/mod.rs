//! `tollgate log verify`: whether the ledger is what was recorded, and where it is not.

mod contents;
mod told;

use std::cell::RefCell;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use tollgate_ledger::{Checkpoint, Difference, Fault, Verified, View, verify_lines};
use tollgate_library::trust::KeyId;

use super::checkpoint;
use crate::cli::gate;
use crate::cli::signers::{Signer, Signers};
use crate::console;
use crate::exit::Exit;
use crate::files;
use crate::project::Purpose;
use crate::recorded::Recorded;

/// How every SQLite file begins.
const DATABASE: &[u8] = b"SQLite format 3\0";

/// Verifies the ledger: every event, every content, every checkpoint, and what follows from them.
///
/// Also verifies a copy of the ledger's file, or what `tollgate log export` wrote, in any folder.
/// Ends with 1 where something is not as it was recorded.
///
/// Examples: tollgate log verify
///           tollgate log verify --checkpoints /mnt/elsewhere/checkpoints.jsonl
///           tollgate log verify export.jsonl --key auditor.pub
#[derive(Args)]
pub(super) struct Verify {
    /// An export, or a copy of a ledger's file [default: the ledger of the project].
    file: Option<PathBuf>,
    /// Checkpoints that were kept elsewhere.
    #[arg(long, value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
    /// The contents that were exported with an export, to be verified too.
    #[arg(long, value_name = "DIR", requires = "file")]
    contents: Option<PathBuf>,
    #[command(flatten)]
    signers: Signers,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    recorded: Recorded,
}

/// What came of it.
pub(super) struct Found {
    pub verified: Verified,
    /// Every checkpoint, and the key that counts which signed it.
    pub signed: Vec<(Checkpoint, Option<KeyId>)>,
    /// What follows from the events and does not fit them.
    pub differences: Vec<Difference>,
    /// What the database says of its own pages.
    pub pages: Vec<String>,
    /// Whether contents were looked at.
    pub with_contents: bool,
}

impl Found {
    /// Whether nothing is wrong.
    pub(super) fn is_sound(&self) -> bool {
        self.verified.is_sound() && self.differences.is_empty() && self.pages.is_empty()
    }
}

impl Verify {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let signers = self.signers.all(&Purpose::Checkpoints)?;
        let kept = self.checkpoints.iter().map(|path| checkpoint::read(path));
        let kept = kept.collect::<anyhow::Result<Vec<_>>>()?.concat();
        let working = console::spinner("verifying");
        let found = self.find(&kept, &signers);
        working.finish_and_clear();
        let found = found?;
        if self.json {
            told::write(&found, &signers)
        } else {
            told::tell(&found, &signers)
        }
        Ok(if found.is_sound() { Exit::Pass } else { Exit::Fail })
    }

    fn find(&self, kept: &[Checkpoint], signers: &[Signer]) -> anyhow::Result<Found> {
        match &self.file {
            None => {
                let project = gate::project()?;
                of_ledger(&self.recorded.view(&project)?, kept, signers)
            }
            Some(path) if is_database(path)? => {
                if self.contents.is_some() {
                    bail!("`{}` has its contents in it: leave `--contents` away", path.display());
                }
                of_ledger(&View::open(path)?, kept, signers)
            }
            Some(path) => of_export(path, self.contents.as_deref(), kept, signers),
        }
    }
}

fn is_database(path: &Path) -> anyhow::Result<bool> {
    let file = File::open(path).with_context(|| files::cannot_read(path))?;
    let mut beginning = Vec::new();
    let mut first = file.take(DATABASE.len() as u64);
    first.read_to_end(&mut beginning).with_context(|| files::cannot_read(path))?;
    Ok(beginning == DATABASE)
}

fn of_ledger(view: &View, kept: &[Checkpoint], signers: &[Signer]) -> anyhow::Result<Found> {
    let signed = RefCell::new(Vec::new());
    let verified = view.verify(kept, trusts(signers, &signed))?;
    // What follows from events that were changed says nothing more than that they were.
    let differences = if verified.is_sound() { view.check()? } else { Vec::new() };
    let pages = view.examine_pages().unwrap_or_else(|error| vec![error.to_string()]);
    let signed = signed.into_inner();
    Ok(Found { verified, signed, differences, pages, with_contents: true })
}

fn of_export(
    path: &Path,
    contents: Option<&Path>,
    kept: &[Checkpoint],
    signers: &[Signer],
) -> anyhow::Result<Found> {
    let open = || File::open(path).map(BufReader::new);
    let signed = RefCell::new(Vec::new());
    let lines = open().with_context(|| files::cannot_read(path))?;
    let no_export = || {
        format!(
            "`{}` is no export of a ledger: `tollgate log export -o FILE` writes one",
            path.display()
        )
    };
    let verified = verify_lines(lines, kept, trusts(signers, &signed)).with_context(no_export)?;
    let signed = signed.into_inner();
    let (differences, pages) = (Vec::new(), Vec::new());
    let with_contents = contents.is_some();
    let mut found = Found { verified, signed, differences, pages, with_contents };
    if let Some(folder) = contents {
        let lines = open().with_context(|| files::cannot_read(path))?;
        contents::verify(lines, folder, &mut found.verified)?;
    }
    Ok(found)
}

/// Whether a checkpoint is signed by a key that counts; every answer is written down.
fn trusts<'a>(
    signers: &'a [Signer],
    signed: &'a RefCell<Vec<(Checkpoint, Option<KeyId>)>>,
) -> impl Fn(&Checkpoint, &[u8]) -> bool + 'a {
    move |checkpoint, message| {
        let ids = signers.iter().filter(|signer| signer.key.id().as_str() == checkpoint.key);
        let mut by = ids.filter(|signer| signer.key.verifies(message, &checkpoint.signature));
        let by = by.next().map(|signer| signer.key.id());
        let is_signed = by.is_some();
        signed.borrow_mut().push((checkpoint.clone(), by));
        is_signed
    }
}

/// What a fault is, in a word, and the event that it is about.
pub(super) fn word(fault: &Fault) -> (&'static str, Option<u64>) {
    match fault {
        Fault::Changed { seq, .. } => ("changed", Some(*seq)),
        Fault::Missing { from, .. } => ("missing", Some(*from)),
        Fault::Misplaced { seq, .. } => ("misplaced", Some(*seq)),
        Fault::CutOff { last, .. } => ("cut-off", Some(*last)),
        Fault::Rewritten { signed, .. } => ("rewritten", Some(*signed)),
        Fault::OtherBeginning => ("other-beginning", None),
        Fault::NotSigned { seq, .. } => ("not-signed", Some(*seq)),
        Fault::Unreadable { after, .. } => ("unreadable", Some(*after)),
        Fault::ContentMissing { seq, .. } => ("content-missing", Some(*seq)),
        Fault::ContentChanged { .. } => ("content-changed", None),
        Fault::ContentNotErased { .. } => ("content-not-erased", None),
    }
}
