//! Cost of a sandbox itself: judgements of a contract that does nothing.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use serde_json::Value;
use tollgate_engine::{
    Config, ConfigInputs, Contract, Engine, Grants, HostContext, Knobs, Limits, Settings,
};
use tollgate_model::{Content, JsonText, Subject};

use crate::measure;
use crate::page::{Page, format_us};

/// Reads a component that was built in this repository.
pub fn read_component(folder: &str) -> anyhow::Result<Arc<[u8]>> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder).join("dist");
    let mut files = std::fs::read_dir(&dist).with_context(|| format!("`{}`", dist.display()))?;
    let file = files.next().context("no component is built: run `cargo xtask build`")??;
    Ok(std::fs::read(file.path())?.into())
}

pub fn new_engine(knobs: Knobs) -> anyhow::Result<Engine> {
    Ok(Engine::new(Settings { knobs, ..Settings::default() })?)
}

pub async fn load(engine: &Engine, folder: &str, config: Value) -> anyhow::Result<Contract> {
    load_bytes(engine, read_component(folder)?, config).await
}

/// Loads a component from memory.
pub async fn load_bytes(
    engine: &Engine,
    component: Arc<[u8]>,
    config: Value,
) -> anyhow::Result<Contract> {
    let config = Config::resolve(config, &ConfigInputs::default())?;
    Ok(engine.load(component, config, Grants::none(), Limits::default()).await?)
}

pub fn text_subject(text: &str) -> Subject {
    Subject::new(Content::Text(text.into()))
}

pub fn json_subject(text: &str) -> anyhow::Result<Subject> {
    Ok(Subject::new(Content::Json(JsonText::parse(text)?)))
}

/// Returns the microseconds of a judgement in a fresh sandbox.
pub async fn time_fresh_sandbox(contract: &Contract, subject: &Subject) -> f64 {
    measure::time_async_call(async || {
        let judgement = contract.judge(subject, HostContext::default()).await;
        assert!(judgement.verdict.is_ok(), "{judgement:?}");
    })
    .await
}

/// Returns the microseconds of a judgement in a used sandbox.
pub async fn time_reused_sandbox(contract: &Contract, subject: &Subject) -> anyhow::Result<f64> {
    let mut best = f64::MAX;
    for _ in 0..9 {
        let time = contract.judge_without_isolation(subject, 2_000).await;
        best =
            best.min(time.context("the contract does not judge the subject")?.as_secs_f64() * 1e6);
    }
    Ok(best)
}

pub async fn run(page: &mut Page) -> anyhow::Result<()> {
    page.add_heading("A judgement that does nothing");
    let engine = new_engine(Knobs::default())?;
    let contract = load(&engine, "tests/guests/empty", serde_json::json!({})).await?;
    let subject = text_subject("");
    page.add_columns(&["an empty contract, every limit on", "time"]);
    page.add_row(&[
        "a fresh sandbox each".into(),
        format_us(time_fresh_sandbox(&contract, &subject).await),
    ]);
    page.add_row(&[
        "one sandbox for all (no isolation)".into(),
        format_us(time_reused_sandbox(&contract, &subject).await?),
    ]);
    Ok(())
}
