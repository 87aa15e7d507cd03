//! `tollgate judge`: one contract, one subject.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;
use clap::Args;
use serde::{Deserialize, Serialize};
use tollgate_engine::Live;
use tollgate_model::{Digest, HostAnswer, Judgement};

use super::clock;
use super::loading::{self, Loading};
use super::streaming;
use super::subject::About;
use crate::exit::Exit;
use crate::verdict::{self, Verdict};
use crate::{console, files};

/// Judges a text, a JSON document or an action with one contract.
///
/// Examples: tollgate judge tollgate/pii letter.txt
///           tollgate judge tollgate/json-schema --config '{"schema": {"$file": "order.json"}}' order-17.json
///           curl -s … | tollgate judge ./dist/claims-1.0.0.wasm --table claims=claims.csv --json -
///           llm … | tollgate judge ./dist/draft-1.0.0.wasm --stream -
#[derive(Args)]
pub(super) struct Judge {
    /// The path of a component, or the name of a standard contract.
    reference: String,
    /// The subject: a file, or `-` for standard input.
    subject: PathBuf,
    #[command(flatten)]
    loading: Loading,
    #[command(flatten)]
    about: About,
    /// The text of the prompt, for contracts that are granted `prompt-text`.
    #[arg(long, value_name = "FILE")]
    prompt_text: Option<PathBuf>,
    /// Write down what the host answered, so that the judgement can be repeated.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Repeat a judgement with the answers that were written down.
    #[arg(long, value_name = "FILE", conflicts_with = "record")]
    replay: Option<PathBuf>,
    /// Judge a text while it arrives, and tell what is found as soon as it is. With
    /// `--json`, a line for each step, and the verdict as the last.
    #[arg(long, conflicts_with_all = ["record", "replay", "kind"])]
    stream: bool,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

/// What a judgement can be repeated from, given the same contract and subject.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    contract: Digest,
    config: Digest,
    subject: Digest,
    answers: Vec<HostAnswer>,
}

impl Judge {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        if self.stream {
            return self.run_stream(cache).await;
        }
        let subject = self.about.read(&self.subject)?;
        let engine = loading::engine(cache)?;
        let contract = self.loading.load(&engine, &self.reference).await?;
        let mut record = Record {
            contract: contract.digest(),
            config: contract.config_digest(),
            subject: Digest::of(serde_json::to_vec(&subject)?),
            answers: Vec::new(),
        };
        let judgement = match &self.replay {
            Some(path) => contract.replay(&subject, read_answers(path, &record)?).await,
            None => contract.judge(&subject, self.live()?).await,
        };
        if self.json {
            console::say(serde_json::to_string_pretty(&Verdict::of(&contract, &judgement))?);
        } else {
            verdict::tell(&contract, &subject, &judgement);
        }
        if let Some(path) = &self.record {
            record.answers = judgement.answers.clone();
            files::write(path, format!("{:#}\n", serde_json::to_value(&record)?).as_bytes())?;
        }
        Ok(exit(judgement))
    }

    async fn run_stream(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let engine = loading::engine(cache)?;
        let contract = self.loading.load(&engine, &self.reference).await?;
        let (nothing, live) = (self.about.nothing_yet()?, self.live()?);
        let judgement =
            streaming::judge(&contract, &self.subject, nothing, live, self.json).await?;
        Ok(exit(judgement))
    }

    fn live(&self) -> anyhow::Result<Live> {
        let text = self.prompt_text.as_deref().map(files::read_text).transpose()?;
        Ok(Live { now_ms: clock::now_ms()?, prompt_text: text.map(Arc::from) })
    }
}

fn exit(judgement: Judgement) -> Exit {
    judgement.verdict.map_or(Exit::CouldNotTell, |report| report.outcome.into())
}

/// The answers of a record, if it is one of this very judgement.
fn read_answers(path: &Path, now: &Record) -> anyhow::Result<Vec<HostAnswer>> {
    let then: Record = files::read_json(path)?;
    for (what, then, now) in [
        ("contract", then.contract, now.contract),
        ("configuration", then.config, now.config),
        ("subject", then.subject, now.subject),
    ] {
        if then != now {
            bail!(
                "`{}` is the record of another judgement: its {what} was {then}, and this one is {now}",
                path.display()
            );
        }
    }
    Ok(then.answers)
}
