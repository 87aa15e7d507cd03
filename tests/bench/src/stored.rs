//! Contracts from the store, whose digest is looked at again, and from a path.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use tollgate_engine::{Contract, Engine, Settings};
use tollgate_library::store::Store;

use crate::measure;
use crate::page::{Page, times, us};
use crate::sandbox::{component, fresh, load_bytes, text};

const ROUNDS: usize = 9;
/// In turn, so that what disturbs the machine disturbs both.
const TURNS: usize = 3;
const LETTER: &str = "Hi Dana,\n\nyour order is on its way. It arrives on Tuesday.\n\nWarm wishes";

pub async fn run(page: &mut Page) -> anyhow::Result<()> {
    page.head("From the store, and from a path");
    page.say("Loading is from the cache of what was compiled; what is judged is a short letter.");
    page.say("");
    page.columns(&[
        "contract",
        "taken out, its digest looked at",
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
        let bytes = component(&format!("plugins/{name}"))?;
        let digest = store.put(&bytes)?;
        let taken = measure::natively(|| {
            let _ = store.get(digest);
        });
        let here = load_bytes(&engine, bytes, config.clone()).await?;
        let stored: Arc<[u8]> = store.get(digest)?.unwrap_or_default().into();
        let loaded = loading(&engine, &stored, &config).await?;
        let kept = load_bytes(&engine, stored, config).await?;
        let [kept, here] = judging([&kept, &here]).await;
        let cells = [us(taken), us(loaded), us(kept), us(here), times(kept, here)];
        page.row(&[vec![format!("`{name}`")], cells.to_vec()].concat());
    }
    Ok(())
}

async fn loading(engine: &Engine, bytes: &Arc<[u8]>, config: &Value) -> anyhow::Result<f64> {
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        load_bytes(engine, bytes.clone(), config.clone()).await?;
        best = best.min(started.elapsed().as_secs_f64() * 1e6);
    }
    Ok(best)
}

async fn judging(contracts: [&Contract; 2]) -> [f64; 2] {
    let (mut best, letter) = ([f64::MAX; 2], text(LETTER));
    for _ in 0..TURNS {
        for (best, contract) in best.iter_mut().zip(contracts) {
            *best = best.min(fresh(contract, &letter).await);
        }
    }
    best
}
