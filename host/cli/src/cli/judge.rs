//! `tollgate judge`: judges one subject with one contract. No gate is involved and nothing is recorded
//! in the ledger.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;
use clap::Args;
use tollgate_api::{JudgementDocument, JudgementRecord};
use tollgate_engine::{Contract, HostContext};
use tollgate_model::{
    Content, Digest, FormatVersion, HostAnswer, Judgement, PartProblem, PointerPattern,
    SelectedPart, Subject, select_parts,
};

use super::clock;
use super::contract_loading::{self, ContractLoadArgs};
use super::judged_document::{READ_AS_TEXT, judge_invalid_json, judge_missing_part, kind_hint};
use super::missing_tables::note_missing_tables;
use super::streaming;
use super::subject::SubjectArgs;
use crate::current_project::local_packages;
use crate::exit::Exit;
use crate::{console, files, json_output, judgement_output};

/// Judges a text, a JSON document or an action with one contract.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  tollgate judge tollgate/pii letter.txt
  tollgate judge tollgate/json-schema --config '{"schema": {"$file": "order.json"}}' order-17.json
  tollgate judge tollgate/length --config '{"words": {"max": 80}}' --at /description product.json
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
    /// Judge a part of a JSON document: a JSON Pointer in which `*` stands for every element or member, such as
    /// `/description` or `/items/*/text`. A string is judged as a text, anything else as JSON. With `--json`, prints one
    /// line per part.
    #[arg(long, value_name = "POINTER", conflicts_with_all = ["record", "replay", "stream"])]
    at: Option<PointerPattern>,
    /// Take the code fence off a JSON document that stands in one.
    #[arg(long, conflicts_with = "stream")]
    unfence: bool,
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
        let subject = self.read_subject()?;
        let engine = contract_loading::new_engine(cache)?;
        let contract =
            self.contract_load.load(&engine, &local_packages()?, &self.reference).await?;
        if let (Some(pattern), Content::Text(_) | Content::Json(_) | Content::Action { .. }) =
            (&self.at, &subject.content)
        {
            return self.judge_parts(&contract, &subject, pattern).await;
        }
        let mut record = JudgementRecord {
            format: FormatVersion,
            contract: contract.digest(),
            config: contract.config_digest(),
            subject: Digest::of(serde_json::to_vec(&subject)?),
            answers: Vec::new(),
        };
        let judgement = match (&subject.content, &self.replay) {
            (Content::InvalidJson(invalid), _) => judge_invalid_json(invalid),
            (_, Some(path)) => contract.replay(&subject, read_answers(path, &record)?).await,
            (_, None) => contract.judge(&subject, self.host_context()?).await,
        };
        if self.json {
            json_output::print_document(&JudgementDocument::new(&contract, judgement.clone()))?;
        } else {
            judgement_output::print_judgement(&contract, &subject, &judgement);
        }
        if let Some(hint) = kind_hint(&subject, &judgement) {
            console::note(hint);
        }
        note_missing_tables(&judgement);
        if let Some(path) = &self.record {
            record.answers = judgement.answers.clone();
            let text = serde_json::to_string_pretty(&record)?;
            // Answers can quote the subject.
            files::write_private(path, format!("{text}\n").as_bytes())?;
        }
        Ok(exit_code(judgement))
    }

    fn read_subject(&self) -> anyhow::Result<Subject> {
        let mut subject = self.subject_args.read(&self.subject)?;
        if self.unfence
            && let Some(content) = subject.content.without_code_fence()
        {
            subject.content = content;
            console::note("the code fence was taken off: only the document inside is judged");
        }
        Ok(subject)
    }

    /// Judges every part of a document that the pattern matches, each in a sandbox of its own. The strictest outcome
    /// counts.
    async fn judge_parts(
        &self,
        contract: &Contract,
        output: &Subject,
        pattern: &PointerPattern,
    ) -> anyhow::Result<Exit> {
        let (live, mut exit) = (self.host_context()?, Exit::Pass);
        let mut part = Subject { content: Content::Text(String::new()), ..output.clone() };
        for selected in select_parts(&output.content, pattern) {
            let (at, judgement) = match selected {
                SelectedPart::Found { at, content } => {
                    part.content = content;
                    (at, contract.judge(&part, live.clone()).await)
                }
                SelectedPart::Missing { at, problem } => {
                    if problem == PartProblem::NotADocument {
                        console::note(READ_AS_TEXT);
                    }
                    let judgement = judge_missing_part(&at, problem);
                    (at, judgement)
                }
            };
            if self.json {
                let document = JudgementDocument::new(contract, judgement.clone());
                json_output::print_line(&document.of_part(&at))?;
            } else {
                judgement_output::print_part_judgement(contract, &at, &part, &judgement);
            }
            if let Some(hint) = kind_hint(&part, &judgement) {
                console::note(hint);
            }
            note_missing_tables(&judgement);
            exit = stricter(exit, exit_code(judgement));
        }
        Ok(exit)
    }

    async fn run_stream(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let engine = contract_loading::new_engine(cache)?;
        let contract =
            self.contract_load.load(&engine, &local_packages()?, &self.reference).await?;
        let (subject, host_context) = (self.subject_args.empty_text()?, self.host_context()?);
        let judgement =
            streaming::judge_stream(&contract, &self.subject, subject, host_context, self.json)
                .await?;
        note_missing_tables(&judgement);
        Ok(exit_code(judgement))
    }

    fn host_context(&self) -> anyhow::Result<HostContext> {
        let text = self.prompt_text.as_deref().map(files::read_text).transpose()?;
        Ok(HostContext { now_ms: clock::now_ms()?, prompt_text: text.map(Arc::from) })
    }
}

/// Returns the exit code that says less good of a subject.
fn stricter(one: Exit, other: Exit) -> Exit {
    let order = [Exit::NoOutcome, Exit::Fail, Exit::Unsure];
    order.into_iter().find(|exit| [one, other].contains(exit)).unwrap_or(Exit::Pass)
}

fn exit_code(judgement: Judgement) -> Exit {
    judgement.verdict.map_or(Exit::NoOutcome, |report| report.outcome.into())
}

/// Reads the recorded answers, and checks that they belong to this contract, configuration and subject.
fn read_answers(path: &Path, current: &JudgementRecord) -> anyhow::Result<Vec<HostAnswer>> {
    let recorded: JudgementRecord = files::read_given_json(path)?;
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
