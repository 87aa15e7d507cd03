//! Compares two versions of a prompt by the verdicts of contracts on their recorded outputs.

use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;
use tollgate_engine::{Config, ConfigInputs, Contract, Engine, Limits, test_fixture};
use tollgate_model::{Content, HostFixture, Subject};
use tollgate_packages::prompt::PromptFile;
use tollgate_packages::semver_check::{self, ContractChange};

use crate::cli::contract_loading;
use crate::current_project::local_packages;
use crate::{console, files};

/// An output of each version for the same variables, as one line of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutputPair {
    id: String,
    old: RecordedOutput,
    new: RecordedOutput,
}

/// An output, as text or as a complete subject.
#[derive(Deserialize)]
#[serde(untagged)]
enum RecordedOutput {
    Text(String),
    Subject(Box<Subject>),
}

/// Reads the pairs of outputs in a file. Fails if there are none.
pub(super) fn read_output_pairs(path: &Path) -> anyhow::Result<Vec<OutputPair>> {
    let text = files::read_given_text(path)?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let outputs = lines.map(|(number, line)| {
        serde_json::from_str(line).with_context(|| {
            format!(
                "{}:{number}: not a pair of outputs of the form {{\"id\": \"…\", \"old\": \"…\", \"new\": \"…\"}}",
                path.display()
            )
        })
    });
    let outputs: Vec<_> = outputs.collect::<anyhow::Result<_>>()?;
    if outputs.is_empty() {
        bail!("`{}` contains no outputs to compare on", path.display());
    }
    Ok(outputs)
}

/// Returns a difference for each pair of outputs on which a contract's verdicts differ.
pub(super) async fn compare_outputs(
    engine: &Engine,
    references: &[String],
    outputs: &[OutputPair],
    (old, new): (&PromptFile, &PromptFile),
) -> anyhow::Result<Vec<ContractChange>> {
    if references.is_empty() {
        bail!("no contract judges the outputs: name one with `--contract`");
    }
    let mut differences = Vec::new();
    let bar = console::progress_bar("outputs", (references.len() * outputs.len()) as u64);
    for named in references {
        let (reference, contract) = load_contract(engine, named).await?;
        for pair in outputs {
            let judge = async |output: &RecordedOutput, prompt| {
                let (_, live) = test_fixture(&HostFixture::default());
                contract.judge(&output.subject(prompt), live).await.verdict
            };
            let (before, after) = (judge(&pair.old, old).await, judge(&pair.new, new).await);
            let shown_by = format!("{}, {reference}", pair.id);
            let difference = semver_check::compare_results(&before, &after);
            differences.extend(difference.map(|difference| difference.shown_by(shown_by)));
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    Ok(differences)
}

async fn load_contract<'n>(engine: &Engine, named: &'n str) -> anyhow::Result<(&'n str, Contract)> {
    let (reference, config) = match named.rsplit_once("=@") {
        Some((reference, file)) => (reference, format!("@{file}")),
        None => (named, "{}".into()),
    };
    let (config, folder) = contract_loading::read_json_argument("--contract", &config)?;
    let config = Config::resolve(config, &ConfigInputs { folder, ..ConfigInputs::default() })?;
    let (component, (grants, _)) =
        (local_packages()?.read_contract(reference)?, test_fixture(&HostFixture::default()));
    let loaded = contract_loading::load_contract(
        engine,
        reference,
        component,
        config,
        grants,
        Limits::default(),
    )
    .await?;
    Ok((reference, loaded))
}

impl RecordedOutput {
    /// Returns the output as a subject. Its prompt is `prompt` unless the output names one.
    fn subject(&self, prompt: &PromptFile) -> Subject {
        let mut subject = match self {
            Self::Text(text) => Subject::new(Content::Text(text.clone())),
            Self::Subject(subject) => (**subject).clone(),
        };
        subject.prompt = subject.prompt.or_else(|| prompt.to_prompt_ref());
        subject
    }
}
