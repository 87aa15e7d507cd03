//! What contracts say of the recorded outputs of two versions of a prompt.

use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;
use tollgate_engine::{Config, Contract, Engine, Limits, Materials, world};
use tollgate_library::behaviour::{self, Difference};
use tollgate_library::prompt::PromptFile;
use tollgate_model::{Content, Given, Subject};

use crate::cli::loading;
use crate::{console, files, reference};

/// One output of each version, for the same variables.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Outputs {
    id: String,
    old: Output,
    new: Output,
}

/// A text, or a whole subject.
#[derive(Deserialize)]
#[serde(untagged)]
enum Output {
    Text(String),
    Subject(Box<Subject>),
}

/// The lines of a file.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Outputs>> {
    let text = files::read_text(path)?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let outputs = lines.map(|(number, line)| {
        serde_json::from_str(line).with_context(|| {
            format!(
                "{}:{number}: this is no pair of outputs: {{\"id\": \"…\", \"old\": \"…\", \"new\": \"…\"}}",
                path.display()
            )
        })
    });
    let outputs: Vec<_> = outputs.collect::<anyhow::Result<_>>()?;
    if outputs.is_empty() {
        bail!("`{}` holds no outputs, and without any nothing can be said", path.display());
    }
    Ok(outputs)
}

/// What they show: contracts that say something else of the output of the later version.
pub(super) async fn compare(
    engine: &Engine,
    references: &[String],
    outputs: &[Outputs],
    (old, new): (&PromptFile, &PromptFile),
) -> anyhow::Result<Vec<Difference>> {
    if references.is_empty() {
        bail!("nothing judges the outputs: name a contract with `--contract`");
    }
    let mut differences = Vec::new();
    let bar = console::progress("outputs", (references.len() * outputs.len()) as u64);
    for named in references {
        let (reference, contract) = load(engine, named).await?;
        for pair in outputs {
            let judge = async |output: &Output, prompt| {
                let (_, live) = world(&Given::default());
                contract.judge(&output.subject(prompt), live).await.verdict
            };
            let (before, after) = (judge(&pair.old, old).await, judge(&pair.new, new).await);
            let shown_by = format!("{}, {reference}", pair.id);
            let difference = behaviour::verdict(&before, &after);
            differences.extend(difference.map(|difference| difference.shown_by(shown_by)));
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    Ok(differences)
}

async fn load<'n>(engine: &Engine, named: &'n str) -> anyhow::Result<(&'n str, Contract)> {
    let (reference, config) = match named.rsplit_once("=@") {
        Some((reference, file)) => (reference, format!("@{file}")),
        None => (named, "{}".into()),
    };
    let (config, folder) = loading::given("--contract", &config)?;
    let config = Config::complete(config, &Materials { folder, ..Materials::default() })?;
    let (component, (grants, _)) = (reference::read(reference)?, world(&Given::default()));
    let loaded =
        loading::load(engine, reference, component, config, grants, Limits::default()).await?;
    Ok((reference, loaded))
}

impl Output {
    /// As it came from a prompt, where it does not say from which itself.
    fn subject(&self, prompt: &PromptFile) -> Subject {
        let mut subject = match self {
            Self::Text(text) => Subject::new(Content::Text(text.clone())),
            Self::Subject(subject) => (**subject).clone(),
        };
        subject.prompt = subject.prompt.or_else(|| prompt.as_prompt());
        subject
    }
}
