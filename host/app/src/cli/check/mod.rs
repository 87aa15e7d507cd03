//! `tollgate check`: outputs go through a gate.

mod batch;
pub(super) mod fields;
pub(super) mod format;
mod lines;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::{Map, Value};
use tokio::runtime::{Builder, Runtime};

use super::gate::project;
use super::loading::{engine, given};
use super::prompt::Prompts;
use crate::exit::Exit;
use crate::project::Project;
use crate::recorded::Recorded;
use crate::run::Ready;
use batch::Batch;
use fields::Fields;
use format::FormatName;
use lines::{Kind, Line, Reader};

/// Puts outputs through a gate: judges each, decides what happens to it, and records that.
///
/// A file is one output, or has one on each line (`.jsonl`, or standard input): an object with `text`,
/// `json` or `action`, and `id`, `prompt` and `context` where they are known. Every output is judged by the
/// contracts that `tollgate.lock` pins. Nothing is told of an output before it is recorded.
///
/// Ends with 0 where all outputs are allowed, with 1 where some are held or blocked, and with 2 where
/// some could not be judged.
///
/// Examples: tollgate check --gate welcome-email outputs.jsonl
///           tollgate check --gate welcome-email letter.txt --context '{"model": "acme/large"}'
///           tollgate check --gate welcome-email outputs.jsonl --format sarif > findings.sarif
#[derive(Args)]
pub(super) struct Check {
    /// Which gate.
    #[arg(long, short, value_name = "NAME")]
    gate: String,
    /// What is to be judged; `-` is standard input.
    #[arg(value_name = "FILE", default_value = "-")]
    files: Vec<PathBuf>,
    /// What the files are [default: by the endings of their names; standard input has lines].
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Where something stands in a line, if not in the member of its name: `text=body`, `id=uuid`,
    /// `context.channel=medium`.
    #[arg(long = "map", value_name = "NAME=MEMBER", value_parser = fields::mapping)]
    mapped: Vec<(String, String)>,
    /// What else is known of outputs that do not say it themselves: a JSON object, or `@` and the path of
    /// one.
    #[arg(long, value_name = "JSON|@FILE", default_value = "{}")]
    context: String,
    /// The prompt that outputs come from which name none: a `.prompt` file, or a name and the versions that
    /// would do.
    #[arg(long, value_name = "FILE|NAME@REQ")]
    prompt: Option<String>,
    #[command(flatten)]
    prompts: Prompts,
    /// How the decisions are written.
    #[arg(long, value_enum, default_value = "human")]
    format: FormatName,
    /// Record nothing, and change nothing: a trial.
    #[arg(long, conflicts_with = "batch")]
    no_record: bool,
    /// What these outputs are called together. What was recorded under this name is not judged again, so
    /// that one goes on where one was stopped.
    #[arg(long, value_name = "NAME")]
    batch: Option<String>,
    #[command(flatten)]
    recorded: Recorded,
}

impl Check {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        lines::check(&self.files)?;
        let project = project()?;
        let runtime = Builder::new_multi_thread().enable_all().build()?;
        let engine = engine(cache)?;
        let ready = runtime.block_on(Ready::load(&engine, &project, &self.gate))?;
        let fields = self.fields(&ready)?;
        let mut batch = self.batch(&project, ready)?;
        let bytes = lines::bytes_of(&self.files);
        let groups = self.read(fields);
        let exit = batch.run(&runtime, &groups, bytes);
        // Whatever happened, what was handed in is recorded before the tool ends.
        batch.close();
        exit
    }

    /// Reading has a thread of its own, and is never far ahead.
    fn read(self, fields: Fields) -> Receiver<Vec<Line>> {
        let (to, groups) = sync_channel(1);
        let reader = Reader::new(self.kind, fields, to);
        thread::spawn(move || reader.run(&self.files));
        groups
    }

    fn fields(&self, ready: &Ready) -> anyhow::Result<Fields> {
        let (context, _) = given("--context", &self.context)?;
        let Value::Object(context) = context else { bail!("`--context` is not a JSON object") };
        Ok(Fields {
            mapped: self.mapped.iter().cloned().collect(),
            prompt: self.read_prompt()?,
            pinned: ready.prompt.clone(),
            context: Map::from_iter(context),
        })
    }

    fn read_prompt(&self) -> anyhow::Result<Option<tollgate_model::Prompt>> {
        let Some(reference) = &self.prompt else { return Ok(None) };
        let prompt = self.prompts.find(reference)?.as_prompt();
        prompt.map(Some).with_context(|| {
            format!("`{reference}` has no `version`, and outputs come from a version of a prompt")
        })
    }

    fn batch(&self, project: &Project, ready: Ready) -> anyhow::Result<Batch> {
        let is_many = self.kind.is_none_or(|kind| kind == Kind::Jsonl);
        let name = self.batch.clone();
        let format = format::of(self.format)?;
        let (ready, ledger) = match self.no_record {
            true => (ready.without_record(), None),
            false => (ready, Some(self.recorded.open(project)?)),
        };
        let path = Some(self.recorded.path(project)).filter(|path: &PathBuf| Path::exists(path));
        Batch::new(project, ready, ledger, path, name, is_many, format)
    }
}

/// A runtime that is not dropped from inside of it.
pub(super) type Workers = Runtime;
