//! `tollgate receipt`: writes and verifies signed receipts, which prove to a recipient how an output was decided.

use std::path::{Path, PathBuf};
use tollgate::lookup;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use tollgate_api::{ProvenanceDocument, ReceiptVerificationDocument, indented_json_text};
use tollgate_govern::provenance::HEADER_NAME;
use tollgate_packages::trust::{Envelope, PublicKey, Receipt, SignedStatement};
use tollgate_project::KeyPurpose;

use super::keys::SigningKeyArgs;
use super::signers::{TrustedSigner, TrustedSignerArgs, signer_name};
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::{files, json_output};
use tollgate::receipts::{self, AllowedRun};

/// Writes receipts of outputs that went out, and verifies them offline.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate receipt show 3fe52a7f50bd --key acme-release -o letter.receipt
  tollgate receipt verify letter.receipt --key acme-release.pub --output letter.txt")]
pub(super) struct ReceiptCommand {
    #[command(subcommand)]
    command: ReceiptSubcommand,
}

#[derive(Subcommand)]
enum ReceiptSubcommand {
    Show(ReceiptShowCommand),
    Verify(ReceiptVerifyCommand),
}

/// Writes the receipt of a run, signed with one of your keys. Only outputs that went out have a receipt.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate receipt show 3fe52a7f50bd --key acme-release -o letter.receipt
  tollgate receipt show 3fe52a7f50bd --header")]
struct ReceiptShowCommand {
    /// Run digest, or an unambiguous prefix of it.
    run: String,
    /// Name of your signing key.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["header", "unsigned"])]
    key: Option<String>,
    #[command(flatten)]
    signing_key: SigningKeyArgs,
    /// Write only the message header line that marks the output as AI-assisted.
    #[arg(long, conflicts_with = "unsigned")]
    header: bool,
    /// Write the provenance of the output as unsigned JSON.
    #[arg(long)]
    unsigned: bool,
    /// Output file [default: standard output].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    ledger: LedgerArgs,
}

/// Verifies the signature of a receipt, and that it belongs to the given output.
///
/// Needs no project, no ledger and no network. Exit code 1 if the receipt is not valid.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate receipt verify letter.receipt --key acme-release.pub --output letter.txt")]
struct ReceiptVerifyCommand {
    /// Receipt file.
    receipt: PathBuf,
    #[command(flatten)]
    signers: TrustedSignerArgs,
    /// Output to compare: the text or JSON that went out, or the subject as it was judged.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl ReceiptCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        match self.command {
            ReceiptSubcommand::Show(show) => show.run(),
            ReceiptSubcommand::Verify(verify) => verify.run(),
        }
    }
}

impl ReceiptShowCommand {
    fn run(self) -> anyhow::Result<Exit> {
        let view = self.ledger.unwarned_view(&require_project()?)?;
        let allowed = AllowedRun::load(&view, &self.run)?;
        let provenance = allowed.provenance();
        let written = if self.header {
            format!("{HEADER_NAME}: {provenance}")
        } else if self.unsigned {
            indented_json_text(&ProvenanceDocument::from(provenance.clone()))?
        } else {
            let key = self.signing_key.read_key(self.key.as_deref().with_context(|| {
                "a receipt has to be signed: name a key with `--key` (`tollgate keys new NAME` creates one), or pass \
                 `--unsigned` for the unsigned provenance"
            })?)?;
            String::from_utf8(allowed.receipt(&view)?.sign(&key)?.to_json()?)?
        };
        match &self.output {
            Some(path) => {
                files::write(path, format!("{written}\n").as_bytes())?;
                let run = lookup::short_digest(&provenance.run);
                console::print(format!("receipt of run {run}: {}", path.display()));
            }
            None => console::print(written),
        }
        Ok(Exit::Pass)
    }
}

impl ReceiptVerifyCommand {
    fn run(self) -> anyhow::Result<Exit> {
        let signers = self.signers.resolve(&KeyPurpose::Receipts)?;
        if signers.is_empty() {
            bail!(
                "no key is given, and no project here trusts a key for receipts: name the expected \
                 signer's public key with `--key FILE.pub`, or trust it with \
                 `tollgate keys trust FILE.pub --for-receipts`"
            );
        }
        let path = &self.receipt;
        let not_a_receipt = || format!("`{}` is not a receipt", path.display());
        let envelope = Envelope::parse(&files::read_given(path)?).with_context(not_a_receipt)?;
        let keys: Vec<PublicKey> = signers.iter().map(|signer| signer.key.clone()).collect();
        let signed = SignedStatement::open_receipt(&envelope, &keys).with_context(not_a_receipt)?;
        let is_output =
            self.output.as_deref().map(|path| is_receipt_output(&signed.statement, path));
        let is_output = is_output.transpose()?;
        if self.json {
            let by = signed.signers.iter().map(|key| signer_name(&signers, key)).collect();
            let document = ReceiptVerificationDocument::new(&signed, by, is_output);
            json_output::print_document(&document)?;
        } else {
            self.print_result(&signed, &signers, is_output);
        }
        let holds = !signed.signers.is_empty() && is_output != Some(false);
        Ok(if holds { Exit::Pass } else { Exit::Fail })
    }

    fn print_result(
        &self,
        signed: &SignedStatement<Receipt>,
        signers: &[TrustedSigner],
        is_output: Option<bool>,
    ) {
        let path = self.receipt.display();
        if signed.signers.is_empty() {
            let names: Vec<_> = signers.iter().map(|one| format!("`{}`", one.name)).collect();
            console::print(format!(
                "{}  `{path}` was changed, or was not signed by {}: its contents prove nothing",
                paint(BAD, "not signed"),
                names.join(" or ")
            ));
            return;
        }
        let by: Vec<_> = signed.signers.iter().map(|key| signer_name(signers, key)).collect();
        console::print(format!("{}  `{path}`, by {}", paint(GOOD, "signed"), by.join(", ")));
        match (&self.output, is_output) {
            (Some(output), Some(true)) => {
                console::print(format!(
                    "{}  `{}`",
                    paint(GOOD, "output matches"),
                    output.display()
                ));
            }
            (Some(output), _) => console::print(format!(
                "{}  `{}` is not the output of this receipt{}",
                paint(BAD, "another output"),
                output.display(),
                whole_subject_hint(&signed.statement)
            )),
            (None, _) => {
                console::print(paint(
                    DOUBT,
                    "no output was compared: name one with `--output FILE`",
                ));
            }
        }
        print_decided(&signed.statement);
    }
}

fn is_receipt_output(receipt: &Receipt, path: &Path) -> anyhow::Result<bool> {
    Ok(receipts::is_receipt_output(receipt, &files::read_given(path)?)?)
}

/// Explains why a bare file cannot match a receipt that has only the digest of the whole subject.
fn whole_subject_hint(receipt: &Receipt) -> &'static str {
    match receipt.output {
        Some(_) => "",
        None => {
            ": the receipt has only a digest of the whole subject, so compare the subject as JSON"
        }
    }
}

fn print_decided(receipt: &Receipt) {
    let decided = &receipt.decision;
    let mut rows = vec![
        ("gate", decided.gate.to_string()),
        ("decided", format!("{}, {}", decided.ruling, decided.decided_at)),
        ("release", decided.release.to_string()),
    ];
    if let Some(prompt) = &decided.prompt {
        rows.push(("prompt", format!("{} {} {}", prompt.name, prompt.version, prompt.digest)));
    }
    rows.extend(decided.model.as_ref().map(|model| ("model", model.clone())));
    for asked in &decided.contracts {
        let outcomes = asked.outcomes.as_ref().map(|outcomes| outcomes.join(", "));
        let outcomes = outcomes.unwrap_or("report erased".into());
        rows.push(("contract", format!("{} {}: {outcomes}", asked.id, asked.version)));
    }
    for reviewer in &decided.reviewers {
        rows.push(("reviewer", format!("{}: {}, {}", reviewer.name, reviewer.action, reviewer.at)));
    }
    rows.push(("run", decided.run.to_string()));
    let event = &decided.event;
    rows.push(("event", format!("{} of ledger {}, {}", event.seq, event.ledger, event.hash)));
    console::print(paint(STRONG, "AI-assisted"));
    for (key, value) in rows {
        console::print(format!("  {} {value}", paint(QUIET, format!("{key:8}"))));
    }
}
