//! What a sandbox costs before a contract does anything in it.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use serde_json::Value;
use tollgate_engine::{Config, Contract, Engine, Grants, Knobs, Limits, Live, Materials, Settings};
use tollgate_model::{Content, JsonText, Subject};

use crate::measure;
use crate::page::{Page, us};

/// A component that was built in this repository.
pub fn component(folder: &str) -> anyhow::Result<Arc<[u8]>> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder).join("dist");
    let mut files = std::fs::read_dir(&dist).with_context(|| format!("`{}`", dist.display()))?;
    let file = files.next().context("nothing is built: run `cargo xtask build`")??;
    Ok(std::fs::read(file.path())?.into())
}

pub fn engine(knobs: Knobs) -> anyhow::Result<Engine> {
    Engine::new(Settings { knobs, ..Settings::default() })
}

pub async fn load(engine: &Engine, folder: &str, config: Value) -> anyhow::Result<Contract> {
    load_bytes(engine, component(folder)?, config).await
}

/// A component that is in memory.
pub async fn load_bytes(
    engine: &Engine,
    component: Arc<[u8]>,
    config: Value,
) -> anyhow::Result<Contract> {
    let config = Config::complete(config, &Materials::default())?;
    Ok(engine.load(component, config, Grants::none(), Limits::default()).await?)
}

pub fn text(text: &str) -> Subject {
    Subject::new(Content::Text(text.into()))
}

pub fn json(text: &str) -> anyhow::Result<Subject> {
    Ok(Subject::new(Content::Json(JsonText::parse(text)?)))
}

/// One judgement in a sandbox of its own.
pub async fn fresh(contract: &Contract, subject: &Subject) -> f64 {
    measure::awaited(async || {
        let judgement = contract.judge(subject, Live::default()).await;
        assert!(judgement.verdict.is_ok(), "{judgement:?}");
    })
    .await
}

/// One judgement in a sandbox that was used before.
pub async fn reused(contract: &Contract, subject: &Subject) -> anyhow::Result<f64> {
    let mut best = f64::MAX;
    for _ in 0..9 {
        let time = contract.judge_without_isolation(subject, 2_000).await;
        best = best.min(time.context("it does not judge")?.as_secs_f64() * 1e6);
    }
    Ok(best)
}

pub async fn run(page: &mut Page) -> anyhow::Result<()> {
    page.head("A judgement that does nothing");
    let engine = engine(Knobs::default())?;
    let contract = load(&engine, "tests/guests/empty", serde_json::json!({})).await?;
    let subject = text("");
    page.columns(&["an empty contract, every limit on", "time"]);
    page.row(&["a fresh sandbox each".into(), us(fresh(&contract, &subject).await)]);
    page.row(&[
        "one sandbox for all (no isolation)".into(),
        us(reused(&contract, &subject).await?),
    ]);
    Ok(())
}
