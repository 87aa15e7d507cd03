//! `tollgate check`: takes outputs through a gate. Reading, judging and recording run at the same time.

mod batch;
pub(super) mod format;
mod input;
pub(super) mod subject_reader;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::{Map, Value};
use tokio::runtime::{Builder, Runtime};
use tollgate::gate::TrialGate;
use tollgate::{Actor, CheckError, Host};
use tollgate_model::{GateName, PromptRef};

use super::clock;
use super::contract_loading::read_json_argument;
use super::prompt::PromptFolderArgs;
use crate::exit::Exit;
use crate::host_access;
use crate::ledger_access::LedgerArgs;
use crate::local_user::local_user;
use batch::{Batch, BatchName, Target};
use format::FormatName;
use input::{InputItem, InputKind, InputReader};
use subject_reader::SubjectReader;

/// Takes outputs through a gate: judges each, decides whether it is allowed, held or blocked, and records
/// the decision.
///
/// A file is one output, or has one output per line (`.jsonl`, or standard input): an object with `text`,
/// `json` or `action`, and optionally `id`, `prompt` and `context`. Outputs are judged by the active
/// release of the gate (`tollgate release`). A decision is printed only after it is recorded.
///
/// Exits with 0 if all outputs are allowed, with 1 if some are held or blocked, and with 2 if some could
/// not be judged.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  tollgate check --gate welcome-email outputs.jsonl
  tollgate check --gate welcome-email letter.txt --context '{"model": "acme/large"}'
  tollgate check --gate welcome-email outputs.jsonl --format sarif > findings.sarif"#)]
pub(super) struct CheckCommand {
    /// Name of the gate.
    #[arg(long, short, value_name = "NAME")]
    gate: String,
    /// Files to judge; `-` is standard input.
    #[arg(value_name = "FILE", default_value = "-")]
    files: Vec<PathBuf>,
    /// Kind of the files [default: by file name extension; standard input is jsonl].
    #[arg(long, value_enum)]
    kind: Option<InputKind>,
    /// Rename an input member: `text=body` reads the text from `body`. Also `id=uuid` or
    /// `context.channel=medium`. May be repeated.
    #[arg(long = "map", value_name = "NAME=MEMBER", value_parser = subject_reader::parse_mapping)]
    mapped: Vec<(String, String)>,
    /// Context of all outputs: a JSON object, or `@` and the path of a JSON file. An output's own context
    /// takes precedence.
    #[arg(long, value_name = "JSON|@FILE", default_value = "{}")]
    context: String,
    /// Prompt of outputs that name none: a `.prompt` file, or a name and accepted versions.
    #[arg(long, value_name = "FILE|NAME@REQ")]
    prompt: Option<String>,
    #[command(flatten)]
    prompts: PromptFolderArgs,
    /// Format of the results.
    #[arg(long, value_enum, default_value = "human")]
    format: FormatName,
    /// Record nothing and change nothing: a trial of what `tollgate.lock` pins, released or not.
    #[arg(long, conflicts_with = "batch")]
    no_record: bool,
    /// Batch name. Running again with the same name skips outputs that are already recorded, so an
    /// interrupted run resumes.
    #[arg(long, value_name = "NAME")]
    batch: Option<String>,
    #[command(flatten)]
    ledger_args: LedgerArgs,
}

impl CheckCommand {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        input::check_paths(&self.files)?;
        let runtime = Builder::new_multi_thread().enable_all().build()?;
        let host = match self.no_record {
            true => host_access::open_trial_host(cache)?,
            false => host_access::open_host(&self.ledger_args, cache)?,
        };
        let target = runtime.block_on(self.open_target(&host))?;
        let pinned = match &target {
            Target::Recorded { gate, .. } => gate.prompt(),
            Target::Trial(trial) => trial.loaded().prompt.clone(),
        };
        let subject_reader = self.subject_reader(pinned)?;
        let mut batch = Batch::new(target, format::create_format(self.format)?);
        let bytes = input::total_bytes(&self.files);
        let groups = self.spawn_reader(subject_reader);
        let exit = batch.run(&runtime, &groups, bytes);
        // Also after an error, everything handed to the ledger must be written before the tool exits.
        host.close();
        exit
    }

    async fn open_target(&self, host: &Host) -> anyhow::Result<Target> {
        if self.no_record {
            let loaded = host.load_locked_gate(&self.gate).await?;
            let reader = self.ledger_args.reader_if_present(host.project())?;
            let trial = TrialGate::new(loaded, host.project(), reader, clock::now_ms()?)?;
            return Ok(Target::Trial(Box::new(trial)));
        }
        let name: GateName = self.gate.parse()?;
        let opened = host.gate(&name).await;
        if let Err(CheckError::NoActiveRelease { .. }) = &opened {
            // A gate that does not exist is a more likely mistake than one that is not released.
            host.project().read_gate(&self.gate)?;
        }
        let handle = opened?;
        let is_many = self.kind.is_none_or(|kind| kind == InputKind::Jsonl);
        let batch = BatchName::new(self.batch.clone(), is_many)?;
        Ok(Target::Recorded { gate: handle, actor: Actor::new(local_user()), batch })
    }

    /// Reads the files on a thread of their own, at most one group ahead of judging.
    fn spawn_reader(self, subject_reader: SubjectReader) -> Receiver<Vec<InputItem>> {
        let (sender, groups) = sync_channel(1);
        let reader = InputReader::new(self.kind, subject_reader, sender);
        thread::spawn(move || reader.read_all(&self.files));
        groups
    }

    fn subject_reader(&self, pinned: Option<PromptRef>) -> anyhow::Result<SubjectReader> {
        let (context, _) = read_json_argument("--context", &self.context)?;
        let Value::Object(context) = context else { bail!("`--context` is not a JSON object") };
        Ok(SubjectReader {
            mapped: self.mapped.iter().cloned().collect(),
            prompt: self.read_prompt()?,
            pinned,
            context: Map::from_iter(context),
        })
    }

    fn read_prompt(&self) -> anyhow::Result<Option<tollgate_model::PromptRef>> {
        let Some(reference) = &self.prompt else { return Ok(None) };
        let prompt = self.prompts.find(reference)?.to_prompt_ref();
        prompt.map(Some).with_context(|| {
            format!("prompt `{reference}` has no `version`: outputs need the exact version they come from")
        })
    }
}

/// Runtime that judges outputs. It is owned outside of async code, where dropping a runtime panics.
pub(super) type Workers = Runtime;
