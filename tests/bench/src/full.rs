//! The FULL workload: four contracts judge the letter and the document.

use std::hint::black_box;

use tollgate_engine::{Contract, Engine, Knobs};
use tollgate_model::Subject;

use crate::floor::Floor;
use crate::page::{Page, format_ratio, format_us};
use crate::sandbox::{
    json_subject, load, new_engine, text_subject, time_fresh_sandbox, time_reused_sandbox,
};
use crate::workload::Workload;
use crate::{measure, native};

/// The four contracts, each with its subject.
pub struct FullWorkload(pub Vec<(&'static str, Contract, Subject)>);

impl FullWorkload {
    pub async fn load(engine: &Engine, workload: &Workload, bad: bool) -> anyhow::Result<Self> {
        let (letter, document) = match bad {
            true => (&workload.text_bad, &workload.document_bad),
            false => (&workload.text_good, &workload.document_good),
        };
        let mut contracts = Vec::new();
        for (name, config) in workload.configs() {
            let subject =
                if name == "json-schema" { json_subject(document)? } else { text_subject(letter) };
            let contract = load(engine, &format!("plugins/{name}"), config).await?;
            contracts.push((name, contract, subject));
        }
        Ok(Self(contracts))
    }

    /// Judges with all four, each in its own sandbox. Returns the number of findings.
    pub async fn judge(&self) -> usize {
        let mut findings = 0;
        for (_, contract, subject) in &self.0 {
            let judgement = contract.judge(subject, Default::default()).await;
            findings += judgement.verdict.map_or(usize::MAX / 8, |report| report.findings.len());
        }
        findings
    }

    pub async fn measure(&self) -> f64 {
        measure::time_async_call(async || {
            black_box(self.judge().await);
        })
        .await
    }
}

pub async fn run(workload: &Workload, page: &mut Page) -> anyhow::Result<()> {
    page.add_heading("FULL: four contracts, each judgement in a fresh sandbox, every limit on");
    let engine = new_engine(Knobs::default())?;
    let floor = Floor::new(workload)?;
    let native_contracts = native::configure_contracts(workload)?;
    page.add_columns(&["", "good", "against the floor", "bad", "against the floor"]);
    let mut rows = vec![Vec::new(); 4];
    let mut each = Vec::new();
    for bad in [false, true] {
        let (letter, document) = match bad {
            true => (&workload.text_bad, &workload.document_bad),
            false => (&workload.text_good, &workload.document_good),
        };
        let full = FullWorkload::load(&engine, workload, bad).await?;
        let found = (floor.check(letter, document), full.judge().await);
        let subjects = native_subjects(letter, document);
        let floor_time = measure::time_call(|| {
            black_box(floor.check(black_box(letter), black_box(document)));
        });
        let native_time = measure::time_call(|| {
            for (judge, subject) in native_contracts.iter().zip(&subjects) {
                let _ = black_box(judge(black_box(subject)));
            }
        });
        let sandboxed = full.measure().await;
        let mut unisolated = 0.0;
        for (name, contract, subject) in &full.0 {
            let (isolated, shared) = (
                time_fresh_sandbox(contract, subject).await,
                time_reused_sandbox(contract, subject).await?,
            );
            unisolated += shared;
            if !bad {
                each.push((*name, isolated, shared));
            }
        }
        for (row, time) in rows.iter_mut().zip([floor_time, native_time, sandboxed, unisolated]) {
            row.extend([format_us(time), format_ratio(time, floor_time)]);
        }
        compare_findings(&mut each, found, bad);
    }
    let names = [
        "native, the floor (aho-corasick, regex, jsonschema)",
        "native, the contracts' own code",
        "**four contracts, fresh sandboxes**",
        "four contracts, one sandbox each for all (no isolation)",
    ];
    for (name, row) in names.into_iter().zip(rows) {
        page.add_row(&[vec![name.to_owned()], row].concat());
    }
    page.add_line("");
    page.add_columns(&["contract, good subject", "fresh sandbox", "no isolation"]);
    for (name, isolated, shared) in each {
        page.add_row(&[format!("`{name}`"), format_us(isolated), format_us(shared)]);
    }
    Ok(())
}

/// Checks that floor and contracts agree on whether there are findings.
fn compare_findings(_: &mut [(&str, f64, f64)], (floor, full): (usize, usize), bad: bool) {
    let which = if bad { "bad" } else { "good" };
    eprintln!("findings in the {which} subjects: the floor {floor}, the contracts {full}");
    assert_eq!(floor == 0, full == 0, "floor and contracts disagree");
}

fn native_subjects(letter: &str, document: &str) -> Vec<tollgate_sdk::Subject> {
    let text = || tollgate_sdk::Subject::of_text(letter);
    vec![text(), text(), text(), tollgate_sdk::Subject::of_json(document)]
}
