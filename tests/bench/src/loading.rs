//! Many contracts at once: what loading them takes, and what they hold.

use std::time::Instant;

use serde_json::json;
use tollgate_engine::{Engine, Settings};

use crate::machine::resident_mib;
use crate::page::Page;
use crate::sandbox::load;

pub async fn run(page: &mut Page) -> anyhow::Result<()> {
    page.head("Many contracts loaded at once");
    page.say("`tollgate/banned-terms`, each with another configuration.");
    page.say("");
    page.columns(&[
        "contracts",
        "compiled and snapshotted",
        "from the cache",
        "memory for all, from the cache",
    ]);
    for count in [1, 20, 200] {
        let folder = tempfile::tempdir()?;
        let cold = time(count, folder.path()).await?.0;
        let (cached, memory) = time(count, folder.path()).await?;
        page.row(&[
            count.to_string(),
            format!("{cold:.0} ms"),
            format!("{cached:.1} ms"),
            format!("{memory:.1} MiB"),
        ]);
    }
    Ok(())
}

async fn time(count: u32, cache: &std::path::Path) -> anyhow::Result<(f64, f64)> {
    let engine = Engine::new(Settings { cache: Some(cache.into()), ..Settings::default() })?;
    let before = resident_mib();
    let started = Instant::now();
    let mut contracts = Vec::new();
    for number in 0..count {
        let config = json!({"terms": [format!("term {number}"), "act now", "risk-free"]});
        contracts.push(load(&engine, "plugins/banned-terms", config).await?);
    }
    Ok((started.elapsed().as_secs_f64() * 1e3, resident_mib() - before))
}
