//! Contracts from the store, which checks their digest, compared with contracts from a path.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use tollgate_engine::{Contract, Engine, Settings};
use tollgate_packages::store::Store;

use crate::measure;
use crate::page::{Page, format_ratio, format_us};
use crate::sandbox::{load_bytes, read_component, text_subject, time_fresh_sandbox};

const ROUNDS: usize = 9;
/// The two take turns, so that a disturbance of the machine affects both.
const TURNS: usize = 3;
const LETTER: &str = "Hi Dana,\n\nyour order is on its way. It arrives on Tuesday.\n\nWarm wishes";

pub async fn run(page: &mut Page) -> anyhow::Result<()> {
    page.add_heading("From the store, and from a path");
    page.add_line(
        "Contracts are loaded from the cache of compiled ones. The subject is a short letter.",
    );
    page.add_line("");
    page.add_columns(&[
        "contract",
        "read from the store, digest checked",
        "loaded",
        "judged, from the store",
        "judged, from a path",
        "against each other",
    ]);
    for (name, config) in [
        ("length", json!({"words": {"max": 200}})),
        ("pii", json!({})),
        ("banned-terms", json!({"terms": ["act now", "risk-free"]})),
    ] {
        let folder = tempfile::tempdir()?;
        let cache = Some(folder.path().join("cache"));
        let engine = Engine::new(Settings { cache, ..Settings::default() })?;
        let store = Store::new(folder.path().join("store"));
        let bytes = read_component(&format!("plugins/{name}"))?;
        let digest = store.put(&bytes)?;
        let read = measure::time_call(|| {
            let _ = store.get(digest);
        });
        let from_path = load_bytes(&engine, bytes, config.clone()).await?;
        let stored: Arc<[u8]> = store.get(digest)?.unwrap_or_default().into();
        let loaded = time_loading(&engine, &stored, &config).await?;
        let from_store = load_bytes(&engine, stored, config).await?;
        let [from_store, from_path] = time_judging([&from_store, &from_path]).await;
        let cells = [
            format_us(read),
            format_us(loaded),
            format_us(from_store),
            format_us(from_path),
            format_ratio(from_store, from_path),
        ];
        page.add_row(&[vec![format!("`{name}`")], cells.to_vec()].concat());
    }
    Ok(())
}

async fn time_loading(engine: &Engine, bytes: &Arc<[u8]>, config: &Value) -> anyhow::Result<f64> {
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        load_bytes(engine, bytes.clone(), config.clone()).await?;
        best = best.min(started.elapsed().as_secs_f64() * 1e6);
    }
    Ok(best)
}

async fn time_judging(contracts: [&Contract; 2]) -> [f64; 2] {
    let (mut best, letter) = ([f64::MAX; 2], text_subject(LETTER));
    for _ in 0..TURNS {
        for (best, contract) in best.iter_mut().zip(contracts) {
            *best = best.min(time_fresh_sandbox(contract, &letter).await);
        }
    }
    best
}
