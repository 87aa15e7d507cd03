//! What each setting is worth.

use tollgate_engine::Knobs;

use crate::full::Full;
use crate::page::{Page, times, us};
use crate::sandbox::engine;
use crate::workload::Workload;

fn settings() -> Vec<(&'static str, Knobs)> {
    let usual = Knobs::default;
    let keep = |memory_keep_resident_bytes| Knobs { memory_keep_resident_bytes, ..usual() };
    vec![
        ("**as it is set**: fuel, snapshots, warmed up, pool, `pagemap_scan`", usual()),
        ("without fuel", Knobs { fuel: false, ..usual() }),
        ("fuel and epochs", Knobs { epochs: true, ..usual() }),
        ("epochs instead of fuel", Knobs { fuel: false, epochs: true, ..usual() }),
        ("snapshot, not warmed up", Knobs { warm_up: false, ..usual() }),
        ("configured in every judgement", Knobs { snapshot: false, ..usual() }),
        ("`keep_resident` 64 KiB", keep(64 << 10)),
        ("`keep_resident` 1 MiB", keep(1 << 20)),
        ("`keep_resident` nothing", keep(0)),
        ("without `pagemap_scan`", Knobs { pagemap_scan: false, ..usual() }),
        ("without both", Knobs { pagemap_scan: false, ..keep(0) }),
        ("no warm slots", Knobs { warm_slots_max: 0, ..usual() }),
        ("no pool", Knobs { pooling: false, ..usual() }),
    ]
}

pub async fn run(workload: &Workload, page: &mut Page) -> anyhow::Result<()> {
    page.head("What each setting is worth (FULL, good)");
    page.columns(&["setting", "time", "against the first"]);
    let mut first = None;
    for (name, knobs) in settings() {
        let engine = engine(knobs)?;
        let time = Full::load(&engine, workload, false).await?.measure().await;
        let first = *first.get_or_insert(time);
        page.row(&[name.into(), us(time), times(time, first)]);
    }
    Ok(())
}
