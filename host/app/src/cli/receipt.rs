//! `tollgate receipt`: what was decided of one output, signed, for whoever has the output.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::json;
use tollgate_govern::provenance::HEADER;
use tollgate_library::trust::{Envelope, PublicKey, Receipt as Statement, Signed};

use super::gate;
use super::keys::Own;
use super::signers::{Signer, Signers, called};
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, harmless, paint};
use crate::exit::Exit;
use crate::files;
use crate::project::Purpose;
use crate::receipts::{self, Allowed};
use crate::recorded::{self, Recorded};

/// Makes receipts of outputs that went out, and verifies them, offline.
///
/// Examples: tollgate receipt show 3fe52a7f50bd --key acme-release -o letter.receipt
///           tollgate receipt verify letter.receipt --key acme-release.pub --output letter.txt
#[derive(Args)]
pub(super) struct Receipt {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Show(Show),
    Verify(Verify),
}

/// Writes the receipt of a run, signed by one of your keys. Only outputs that went out have one.
///
/// Examples: tollgate receipt show 3fe52a7f50bd --key acme-release -o letter.receipt
///           tollgate receipt show 3fe52a7f50bd --header
#[derive(Args)]
struct Show {
    /// The run, or as much of its name as tells it from the others.
    run: String,
    /// Which of your keys signs.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["header", "unsigned"])]
    key: Option<String>,
    #[command(flatten)]
    own: Own,
    /// Only the line that says in a message's headers that it is AI-assisted.
    #[arg(long, conflicts_with = "unsigned")]
    header: bool,
    /// What stands behind the output, as JSON that nobody has signed.
    #[arg(long)]
    unsigned: bool,
    /// Where to [default: standard output].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    recorded: Recorded,
}

/// Verifies a receipt with a public key, and that it is one of this output.
///
/// Needs no project, no ledger and no network. Ends with 1 where the receipt does not hold.
///
/// Example: tollgate receipt verify letter.receipt --key acme-release.pub --output letter.txt
#[derive(Args)]
struct Verify {
    /// The receipt.
    receipt: PathBuf,
    #[command(flatten)]
    signers: Signers,
    /// The output: the text or JSON that went out, or the subject as it was judged.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl Receipt {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        match self.command {
            Command::Show(show) => show.run(),
            Command::Verify(verify) => verify.run(),
        }
    }
}

impl Show {
    fn run(self) -> anyhow::Result<Exit> {
        let view = self.recorded.view(&gate::project()?)?;
        let allowed = Allowed::of(&view, &self.run)?;
        let provenance = allowed.provenance();
        let written = if self.header {
            format!("{HEADER}: {provenance}")
        } else if self.unsigned {
            serde_json::to_string_pretty(&provenance)?
        } else {
            let key = self.own.key(self.key.as_deref().with_context(|| {
                "nobody signs the receipt: name a key with `--key`; `tollgate keys new NAME` makes one, and \
                 `--unsigned` writes what stands behind the output without a signature"
            })?)?;
            String::from_utf8(allowed.receipt(&view)?.sign(&key)?.to_json()?)?
        };
        match &self.output {
            Some(path) => {
                files::write(path, format!("{written}\n").as_bytes())?;
                let run = recorded::short(&provenance.run);
                console::say(format!("of run {run}: {}", path.display()));
            }
            None => console::say(written),
        }
        Ok(Exit::Pass)
    }
}

impl Verify {
    fn run(self) -> anyhow::Result<Exit> {
        let signers = self.signers.all(&Purpose::Receipts)?;
        if signers.is_empty() {
            bail!(
                "no key is named, and this folder has no project that trusts one for receipts: name the \
                 public key of whoever should have signed with `--key FILE.pub`, or trust it with \
                 `tollgate keys trust FILE.pub --for-receipts`"
            );
        }
        let path = &self.receipt;
        let no_receipt = || format!("`{}` is no receipt", path.display());
        let envelope = Envelope::parse(&files::read(path)?).with_context(no_receipt)?;
        let keys: Vec<PublicKey> = signers.iter().map(|signer| signer.key.clone()).collect();
        let signed = Signed::open_receipt(&envelope, &keys).with_context(no_receipt)?;
        let is_output = self.output.as_deref().map(|path| compare(&signed.statement, path));
        let is_output = is_output.transpose()?;
        if self.json {
            self.write(&signed, &signers, is_output)?;
        } else {
            self.tell(&signed, &signers, is_output);
        }
        let holds = !signed.by.is_empty() && is_output != Some(false);
        Ok(if holds { Exit::Pass } else { Exit::Fail })
    }

    fn tell(&self, signed: &Signed<Statement>, signers: &[Signer], is_output: Option<bool>) {
        let path = self.receipt.display();
        if signed.by.is_empty() {
            let names: Vec<_> = signers.iter().map(|one| format!("`{}`", one.name)).collect();
            console::say(format!(
                "{}  `{path}` was changed, or was not signed by {}: nothing in it counts",
                paint(BAD, "not signed"),
                names.join(" or ")
            ));
            return;
        }
        let by: Vec<_> = signed.by.iter().map(|key| called(signers, key)).collect();
        console::say(format!("{}  `{path}`, by {}", paint(GOOD, "signed"), by.join(", ")));
        match (&self.output, is_output) {
            (Some(output), Some(true)) => {
                console::say(format!("{}  `{}`", paint(GOOD, "its output"), output.display()));
            }
            (Some(output), _) => console::say(format!(
                "{}  `{}` is not what the receipt is of{}",
                paint(BAD, "another output"),
                output.display(),
                only_whole(&signed.statement)
            )),
            (None, _) => {
                console::say(paint(DOUBT, "no output was compared: `--output FILE` names it"));
            }
        }
        tell_decided(&signed.statement);
    }

    fn write(
        &self,
        signed: &Signed<Statement>,
        signers: &[Signer],
        is_output: Option<bool>,
    ) -> anyhow::Result<()> {
        let by: Vec<_> = signed.by.iter().map(|key| called(signers, key)).collect();
        let statement = &signed.statement;
        // What nobody signed is not repeated as if somebody had.
        let said = (!by.is_empty()).then(|| {
            json!({
                "subject": statement.subject, "output": statement.output,
                "decided": statement.decided,
            })
        });
        let all = json!({"signed": !by.is_empty(), "by": by, "is-output": is_output, "says": said});
        console::say(format!("{all:#}"));
        Ok(())
    }
}

fn compare(receipt: &Statement, path: &Path) -> anyhow::Result<bool> {
    receipts::is_output(receipt, &files::read(path)?)
}

/// Why a bare file may not be found in it.
fn only_whole(receipt: &Statement) -> &'static str {
    match receipt.output {
        Some(_) => "",
        None => {
            ": it has no digest of bare bytes (actions have none), so compare the whole subject as JSON"
        }
    }
}

fn tell_decided(receipt: &Statement) {
    let decided = &receipt.decided;
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
        let outcomes = outcomes.unwrap_or("what it said was erased".into());
        rows.push(("contract", format!("{} {}: {outcomes}", asked.called, asked.version)));
    }
    for reviewer in &decided.reviewers {
        rows.push(("reviewer", format!("{}: {}, {}", reviewer.name, reviewer.act, reviewer.at)));
    }
    rows.push(("run", decided.run.to_string()));
    let event = &decided.event;
    rows.push(("event", format!("{} of ledger {}, {}", event.seq, event.ledger, event.hash)));
    console::say(paint(STRONG, "AI-assisted"));
    for (key, value) in rows {
        console::say(format!("  {} {}", paint(QUIET, format!("{key:8}")), harmless(&value)));
    }
}
