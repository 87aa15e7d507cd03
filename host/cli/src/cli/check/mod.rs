//! `tollgate check`: takes outputs through a gate, and prints the answers.

mod answer_message;
mod batch;
mod contract_gate;
mod fail_on;
mod file_form;
mod format;
mod input;
mod named_contracts;
mod paths;

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{ArgGroup, Args};
use tokio::runtime::Builder;
use tollgate::gate::{GateOpenError, LoadedGate, TrialGate};
use tollgate::intake::{CheckManyOptions, ColumnDelimiter, MemberMapping, SubjectReader};
use tollgate::{Actor, GateHandle, Host};
use tollgate_model::{Gate, GateName, PromptRef};
use tollgate_project::Project;

use super::clock;
use super::contract_loading::read_object_argument;
use super::gate_state;
use super::known_gate;
use super::prompt::PromptFolderArgs;
use crate::console;
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::hints;
use crate::host_access;
use crate::ledger_access::LedgerArgs;
use crate::local_user::local_user;
use batch::{Batch, BatchName, ReportOptions, Target};
use contract_gate::load_contract_gate;
use fail_on::FailOn;
use file_form::{FormOptions, InputKind};
use format::FormatName;
use input::InputFiles;
use named_contracts::{NamedContract, NamedContractArgs};

/// Takes outputs through a gate: judges each, decides whether it is allowed, held or blocked, and records
/// the decision. With `--contract` in place of a gate, it only judges: each output passes or fails.
///
/// A file is one output, or has one output per line (`.jsonl`, or standard input): an object with `text`,
/// `json` or `action`, and optionally `id`, `prompt` and `context`. With `--rows`, each line of a `.jsonl`
/// file, row of a `.csv` file or element of a `.json` file is an output as it is. Outputs are judged by the
/// active release of the gate (`tollgate release`). A decision is printed only after it is recorded.
///
/// A gate of the purpose `quality` judges by its file and needs no release: each output passes or fails, and
/// nothing is recorded.
///
/// Exits with 0 if all outputs are allowed or pass, with 1 if some are held or blocked or fail (`--fail-on`),
/// and with 2 if some could not be judged, or if a file of lines has no output.
#[derive(Args)]
#[command(group(ArgGroup::new("judge").args(["gate", named_contracts::CONTRACT]).required(true)))]
#[command(after_long_help = r#"Examples:
  tollgate check --gate welcome-email outputs.jsonl
  tollgate check --gate welcome-email letter.txt --context '{"model": "acme/large"}'
  tollgate check --gate welcome-email outputs.jsonl --format sarif > findings.sarif
  tollgate check --contract tollgate/pii@^1 outputs/ 'more/**/*.txt'
  tollgate check --contract tollgate/length --config '{"words": {"max": 80}}' --rows answers.csv"#)]
pub(super) struct CheckCommand {
    /// Name of the gate.
    #[arg(long, short, value_name = "NAME")]
    gate: Option<String>,
    #[command(flatten)]
    contracts: NamedContractArgs,
    /// Files to judge, folders, or patterns with `*`, `**`, `?`, `[…]` and `{…}`; `-` is standard input. Hidden
    /// files of a folder are left out.
    #[arg(value_name = "FILE|FOLDER", default_value = "-")]
    files: Vec<PathBuf>,
    /// Kind of the files [default: by file name extension; standard input is jsonl].
    #[arg(long, value_enum)]
    kind: Option<InputKind>,
    /// Read each line, row or element of the files as an output: a string is a text, anything else a JSON
    /// document. A row of a table is a document of its columns.
    #[arg(long)]
    rows: bool,
    /// Byte between the columns of tables, such as `;`, or `\t` for a tab [default: a comma; a tab in `.tsv` files].
    #[arg(long, value_name = "BYTE")]
    delimiter: Option<ColumnDelimiter>,
    /// Take the code fence off JSON documents that stand in one. What is judged is then the document inside.
    #[arg(long)]
    unfence: bool,
    /// Rename an input member or column: `text=body` reads the text from `body`. Also `id=uuid` or
    /// `context.channel=medium`. `json=reply` reads a string as the text of a document. May be repeated.
    #[arg(long = "map", value_name = "NAME=MEMBER")]
    mapped: Vec<MemberMapping>,
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
    /// Record nothing and change nothing: a trial of the gate file as it is now, with the packages that
    /// `tollgate.lock` pins.
    #[arg(long, conflicts_with = "batch")]
    no_record: bool,
    /// Judge by the files of the gate for its findings alone, as if its purpose was `quality`: each output passes
    /// or fails, whatever the record, the level and the budget of the gate are. Nothing is recorded.
    #[arg(long, conflicts_with = "batch")]
    quality: bool,
    /// Least result of an output with which the command exits with 1.
    #[arg(long, value_enum, default_value = "hold")]
    fail_on: FailOn,
    /// Batch name. Running again with the same name skips outputs that the active release has already
    /// decided, so an interrupted run resumes. Outputs are known by file, as written here, and line.
    #[arg(long, value_name = "NAME")]
    batch: Option<String>,
    #[command(flatten)]
    ledger_args: LedgerArgs,
}

impl CheckCommand {
    pub(super) fn run(mut self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        self.files = paths::find_files(std::mem::take(&mut self.files))?;
        let runtime = Builder::new_multi_thread().enable_all().build()?;
        let Some(gate) = self.gate.take() else {
            let contracts = std::mem::take(&mut self.contracts).resolve()?;
            return runtime.block_on(self.check_by_contracts(contracts, cache));
        };
        let quality_gate = self.read_quality_gate(&require_project()?, &gate)?;
        let host = match self.no_record || quality_gate.is_some() {
            true => host_access::open_trial_host(cache)?,
            false => host_access::open_host(&self.ledger_args, cache)?,
        };
        let exit = runtime.block_on(self.check_at_gate(&host, &gate, quality_gate));
        // Also after an error, everything handed to the ledger must be written before the tool exits.
        host.close();
        exit
    }

    /// Returns the gate if it judges for its findings alone, because that is its purpose or was asked for.
    fn read_quality_gate(&self, project: &Project, gate: &str) -> anyhow::Result<Option<Gate>> {
        if self.quality {
            let gate = project.read_gate(gate)?;
            if !gate.is_quality() {
                console::note(format!(
                    "gate `{}` judges for its findings alone: its record, level and budget do not matter",
                    gate.name
                ));
            }
            return Ok(Some(gate.into_quality()));
        }
        let Ok(name) = gate.parse::<GateName>() else { return Ok(None) };
        let gate = known_gate::find_quality_gate(project, &self.ledger_args, &name)?;
        if gate.is_some() && self.batch.is_some() {
            bail!(
                "gate `{name}` has the purpose `quality`: nothing of it is recorded, so no batch can be resumed\n  leave out \
                 `--batch`"
            );
        }
        Ok(gate)
    }

    async fn check_at_gate(
        self,
        host: &Host,
        gate: &str,
        quality_gate: Option<Gate>,
    ) -> anyhow::Result<Exit> {
        let is_single =
            |kind| matches!(kind, InputKind::Text | InputKind::Json | InputKind::Action);
        let is_many = self.rows || !self.kind.is_some_and(is_single);
        let (target, name) = match (quality_gate, self.no_record) {
            (Some(gate), _) => {
                let loaded = self.take_fences_off(host.load_gate_record(gate).await?);
                (Target::for_findings(loaded)?, BatchName::None)
            }
            (None, true) => (self.open_trial(host, gate).await?, BatchName::None),
            (None, false) if self.unfence => bail!(
                "`--unfence` cannot be given where decisions are recorded: a release has all that decides\n  write \
                 `unfence = true` into the gate file and publish it with `tollgate release`, or add `--no-record`"
            ),
            (None, false) => {
                let gate = open_gate(host, gate, &self.ledger_args).await?;
                if self.format == FormatName::Human {
                    gate_state::note_unreleased_changes(host, &gate.loaded());
                }
                let name = BatchName::new(self.batch.as_deref(), is_many)?;
                let options = name.add_to(CheckManyOptions::new(Actor::new(local_user())));
                (Target::Recorded { gate, options }, name)
            }
        };
        self.check(target, name).await
    }

    /// Judges with contracts in place of a gate. Nothing is recorded.
    async fn check_by_contracts(
        self,
        contracts: Vec<NamedContract>,
        cache: Option<PathBuf>,
    ) -> anyhow::Result<Exit> {
        let loaded = self.take_fences_off(load_contract_gate(contracts, cache).await?);
        self.check(Target::for_findings(loaded)?, BatchName::None).await
    }

    async fn check(self, target: Target, name: BatchName) -> anyhow::Result<Exit> {
        let subject_reader = self.subject_reader(target.loaded().prompt)?;
        let bytes = input::total_bytes(&self.files);
        let (bar, has_sender) = (batch::progress_bar(bytes), bytes.is_none());
        let form = FormOptions { kind: self.kind, are_rows: self.rows, delimiter: self.delimiter };
        let inputs = InputFiles::new(self.files, form, subject_reader)?;
        let options = ReportOptions { format: self.format, fail_on: self.fail_on };
        Batch::run(target, name, inputs, has_sender, options, &bar).await
    }

    async fn open_trial(&self, host: &Host, gate: &str) -> anyhow::Result<Target> {
        let loaded = self.take_fences_off(host.load_locked_gate(gate).await?);
        let reader = self.ledger_args.reader_if_present(host.project())?;
        let trial = TrialGate::new(loaded, reader, clock::now_ms()?)?;
        Ok(Target::Trial(Box::new(trial)))
    }

    fn take_fences_off(&self, loaded: LoadedGate) -> LoadedGate {
        if self.unfence { loaded.with_code_fences_off() } else { loaded }
    }

    fn subject_reader(&self, pinned: Option<PromptRef>) -> anyhow::Result<SubjectReader> {
        let context = read_object_argument("--context", &self.context)?;
        let reader = SubjectReader::default()
            .with_prompt(self.read_prompt()?)
            .with_pinned_prompt(pinned)
            .with_context(context);
        Ok(self.mapped.iter().cloned().try_fold(reader, SubjectReader::with_mapping)?)
    }

    fn read_prompt(&self) -> anyhow::Result<Option<PromptRef>> {
        let Some(reference) = &self.prompt else { return Ok(None) };
        let prompt = self.prompts.find(reference)?.to_prompt_ref();
        prompt.map(Some).with_context(|| {
            format!("prompt `{reference}` has no `version`: outputs need the exact version they come from")
        })
    }
}

async fn open_gate(host: &Host, gate: &str, ledger: &LedgerArgs) -> anyhow::Result<GateHandle> {
    let name: GateName = gate.parse()?;
    let opened = host.gate(&name).await;
    if let Err(error @ GateOpenError::NoActiveRelease { .. }) = &opened {
        // A gate that does not exist is a more likely mistake than one that is not released.
        host.project().read_gate(gate)?;
        ledger.require_present_if_named()?;
        bail!(
            "{}\n  `--quality` judges by the files of the gate for its findings alone, and needs no release",
            hints::with_hint(error)
        );
    }
    let opened = opened?;
    gate_state::warn_about_clock(host)?;
    Ok(opened)
}
