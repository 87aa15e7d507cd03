//! Loading many contracts: time and memory.

use std::time::Instant;

use serde_json::json;
use tollgate_engine::{Engine, Settings};

use crate::machine::resident_mib;
use crate::page::Page;
use crate::sandbox::load;

pub async fn run(page: &mut Page) -> anyhow::Result<()> {
    page.add_heading("Many contracts loaded at once");
    page.add_line("`tollgate/banned-terms`, each with another configuration.");
    page.add_line("");
    page.add_columns(&[
        "contracts",
        "compiled and snapshotted",
        "from the cache",
        "memory for all, from the cache",
    ]);
    for count in [1, 20, 200] {
        let folder = tempfile::tempdir()?;
        let cold = time_loading(count, folder.path()).await?.0;
        let (cached, memory) = time_loading(count, folder.path()).await?;
        page.add_row(&[
            count.to_string(),
            format!("{cold:.0} ms"),
            format!("{cached:.1} ms"),
            format!("{memory:.1} MiB"),
        ]);
    }
    Ok(())
}

/// Loads `count` contracts. Returns the milliseconds, and the MiB by which the process grew.
async fn time_loading(count: u32, cache: &std::path::Path) -> anyhow::Result<(f64, f64)> {
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
