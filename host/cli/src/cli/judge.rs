//! `tollgate judge`: judges one subject with one contract. No gate is involved and nothing is recorded
//! in the ledger.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;
use clap::Args;
use tollgate_api::{JudgementDocument, JudgementRecord};
use tollgate_engine::HostContext;
use tollgate_model::{Digest, FormatVersion, HostAnswer, Judgement};

use super::clock;
use super::contract_loading::{self, ContractLoadArgs};
use super::streaming;
use super::subject::SubjectArgs;
use crate::current_project::local_packages;
use crate::exit::Exit;
use crate::{files, json_output, judgement_output};

/// Judges a text, a JSON document or an action with one contract.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  tollgate judge tollgate/pii letter.txt
  tollgate judge tollgate/json-schema --config '{"schema": {"$file": "order.json"}}' order-17.json
  curl -s … | tollgate judge ./dist/claims-1.0.0.wasm --table claims=claims.csv --json -
  llm … | tollgate judge ./dist/draft-1.0.0.wasm --stream -"#)]
pub(super) struct JudgeCommand {
    /// Path of a component, or name of a standard contract.
    reference: String,
    /// Subject: a file, or `-` for standard input.
    subject: PathBuf,
    #[command(flatten)]
    contract_load: ContractLoadArgs,
    #[command(flatten)]
    subject_args: SubjectArgs,
    /// Text of the prompt, for contracts that are granted `prompt-text`.
    #[arg(long, value_name = "FILE")]
    prompt_text: Option<PathBuf>,
    /// Save the host's answers to a file, so that the judgement can be replayed.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Replay a judgement with the answers saved by `--record`.
    #[arg(long, value_name = "FILE", conflicts_with = "record")]
    replay: Option<PathBuf>,
    /// Judge a text while it arrives and print findings at once. With `--json`, prints one line per
    /// step and the verdict last.
    #[arg(long, conflicts_with_all = ["record", "replay", "kind"])]
    stream: bool,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl JudgeCommand {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        if self.stream {
            return self.run_stream(cache).await;
        }
        let subject = self.subject_args.read(&self.subject)?;
        let engine = contract_loading::new_engine(cache)?;
        let contract =
            self.contract_load.load(&engine, &local_packages()?, &self.reference).await?;
        let mut record = JudgementRecord {
            format: FormatVersion,
            contract: contract.digest(),
            config: contract.config_digest(),
            subject: Digest::of(serde_json::to_vec(&subject)?),
            answers: Vec::new(),
        };
        let judgement = match &self.replay {
            Some(path) => contract.replay(&subject, read_answers(path, &record)?).await,
            None => contract.judge(&subject, self.host_context()?).await,
        };
        if self.json {
            json_output::print_document(&JudgementDocument::new(&contract, judgement.clone()))?;
        } else {
            judgement_output::print_judgement(&contract, &subject, &judgement);
        }
        if let Some(path) = &self.record {
            record.answers = judgement.answers.clone();
            let text = serde_json::to_string_pretty(&record)?;
            // Answers can quote the subject.
            files::write_private(path, format!("{text}\n").as_bytes())?;
        }
        Ok(exit_code(judgement))
    }

    async fn run_stream(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let engine = contract_loading::new_engine(cache)?;
        let contract =
            self.contract_load.load(&engine, &local_packages()?, &self.reference).await?;
        let (subject, host_context) = (self.subject_args.empty_text()?, self.host_context()?);
        let judgement =
            streaming::judge_stream(&contract, &self.subject, subject, host_context, self.json)
                .await?;
        Ok(exit_code(judgement))
    }

    fn host_context(&self) -> anyhow::Result<HostContext> {
        let text = self.prompt_text.as_deref().map(files::read_text).transpose()?;
        Ok(HostContext { now_ms: clock::now_ms()?, prompt_text: text.map(Arc::from) })
    }
}

fn exit_code(judgement: Judgement) -> Exit {
    judgement.verdict.map_or(Exit::NoOutcome, |report| report.outcome.into())
}

/// Reads the recorded answers, and checks that they belong to this contract, configuration and subject.
fn read_answers(path: &Path, current: &JudgementRecord) -> anyhow::Result<Vec<HostAnswer>> {
    let recorded: JudgementRecord = files::read_json(path)?;
    // Answers that belong to other inputs would make the replayed report meaningless.
    for (input, recorded, current) in [
        ("contract", recorded.contract, current.contract),
        ("configuration", recorded.config, current.config),
        ("subject", recorded.subject, current.subject),
    ] {
        if recorded != current {
            bail!(
                "`{}` records a different judgement: its {input} is {recorded}, but this {input} is {current}",
                path.display()
            );
        }
    }
    Ok(recorded.answers)
}
