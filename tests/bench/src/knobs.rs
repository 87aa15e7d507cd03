//! Effect of each tuning knob.

use tollgate_engine::Knobs;

use crate::full::FullWorkload;
use crate::page::{Page, format_ratio, format_us};
use crate::sandbox::new_engine;
use crate::workload::Workload;

fn knob_variants() -> Vec<(&'static str, Knobs)> {
    let default = Knobs::default;
    let keep = |memory_keep_resident_bytes| Knobs { memory_keep_resident_bytes, ..default() };
    vec![
        ("**the defaults**: fuel, snapshots, warmed up, pool, `pagemap_scan`", default()),
        ("without fuel", Knobs { fuel: false, ..default() }),
        ("fuel and epochs", Knobs { epochs: true, ..default() }),
        ("epochs instead of fuel", Knobs { fuel: false, epochs: true, ..default() }),
        ("snapshot, not warmed up", Knobs { warm_up: false, ..default() }),
        ("configured in every judgement", Knobs { snapshot: false, ..default() }),
        ("`keep_resident` 64 KiB", keep(64 << 10)),
        ("`keep_resident` 1 MiB", keep(1 << 20)),
        ("`keep_resident` nothing", keep(0)),
        ("without `pagemap_scan`", Knobs { pagemap_scan: false, ..default() }),
        ("without both", Knobs { pagemap_scan: false, ..keep(0) }),
        ("no warm slots", Knobs { warm_slots_max: 0, ..default() }),
        ("no pool", Knobs { pooling: false, ..default() }),
    ]
}

pub async fn run(workload: &Workload, page: &mut Page) -> anyhow::Result<()> {
    page.add_heading("Effect of each setting (FULL, good)");
    page.add_columns(&["setting", "time", "against the first"]);
    let mut first = None;
    for (name, knobs) in knob_variants() {
        let engine = new_engine(knobs)?;
        let time = FullWorkload::load(&engine, workload, false).await?.measure().await;
        let first = *first.get_or_insert(time);
        page.add_row(&[name.into(), format_us(time), format_ratio(time, first)]);
    }
    Ok(())
}
