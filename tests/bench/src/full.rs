//! FULL: the four contracts over the letter and the document.

use std::hint::black_box;

use tollgate_engine::{Contract, Engine, Knobs};
use tollgate_model::Subject;

use crate::floor::Floor;
use crate::page::{Page, times, us};
use crate::sandbox::{engine, fresh, json, load, reused, text};
use crate::workload::Workload;
use crate::{measure, natively};

/// The four contracts, each with what it judges.
pub struct Full(pub Vec<(&'static str, Contract, Subject)>);

impl Full {
    pub async fn load(engine: &Engine, workload: &Workload, bad: bool) -> anyhow::Result<Self> {
        let (letter, document) = match bad {
            true => (&workload.text_bad, &workload.document_bad),
            false => (&workload.text_good, &workload.document_good),
        };
        let mut contracts = Vec::new();
        for (name, config) in workload.configs() {
            let subject = if name == "json-schema" { json(document)? } else { text(letter) };
            let contract = load(engine, &format!("plugins/{name}"), config).await?;
            contracts.push((name, contract, subject));
        }
        Ok(Self(contracts))
    }

    /// All four, each in a sandbox of its own.
    pub async fn judge(&self) -> usize {
        let mut findings = 0;
        for (_, contract, subject) in &self.0 {
            let judgement = contract.judge(subject, Default::default()).await;
            findings += judgement.verdict.map_or(usize::MAX / 8, |report| report.findings.len());
        }
        findings
    }

    pub async fn measure(&self) -> f64 {
        measure::awaited(async || {
            black_box(self.judge().await);
        })
        .await
    }
}

pub async fn run(workload: &Workload, page: &mut Page) -> anyhow::Result<()> {
    page.head("FULL: four contracts, each judgement in a fresh sandbox, every limit on");
    let engine = engine(Knobs::default())?;
    let floor = Floor::new(workload)?;
    let natively = natively::contracts(workload)?;
    page.columns(&["", "good", "against the floor", "bad", "against the floor"]);
    let mut rows = vec![Vec::new(); 4];
    let mut each = Vec::new();
    for bad in [false, true] {
        let (letter, document) = match bad {
            true => (&workload.text_bad, &workload.document_bad),
            false => (&workload.text_good, &workload.document_good),
        };
        let full = Full::load(&engine, workload, bad).await?;
        let found = (floor.check(letter, document), full.judge().await);
        let subjects = natively_subjects(letter, document);
        let bottom = measure::natively(|| {
            black_box(floor.check(black_box(letter), black_box(document)));
        });
        let same = measure::natively(|| {
            for (judge, subject) in natively.iter().zip(&subjects) {
                let _ = black_box(judge(black_box(subject)));
            }
        });
        let sandboxed = full.measure().await;
        let mut without = 0.0;
        for (name, contract, subject) in &full.0 {
            let (one, other) = (fresh(contract, subject).await, reused(contract, subject).await?);
            without += other;
            if !bad {
                each.push((*name, one, other));
            }
        }
        for (row, time) in rows.iter_mut().zip([bottom, same, sandboxed, without]) {
            row.extend([us(time), times(time, bottom)]);
        }
        page_findings(&mut each, found, bad);
    }
    let names = [
        "native, the floor (aho-corasick, regex, jsonschema)",
        "native, the contracts' own code",
        "**four contracts, fresh sandboxes**",
        "four contracts, one sandbox each for all (no isolation)",
    ];
    for (name, row) in names.into_iter().zip(rows) {
        page.row(&[vec![name.to_owned()], row].concat());
    }
    page.say("");
    page.columns(&["contract, good subject", "fresh sandbox", "no isolation"]);
    for (name, one, other) in each {
        page.row(&[format!("`{name}`"), us(one), us(other)]);
    }
    Ok(())
}

/// Who measures speed also looks at the results.
fn page_findings(_: &mut [(&str, f64, f64)], (floor, full): (usize, usize), bad: bool) {
    let which = if bad { "bad" } else { "good" };
    eprintln!("findings in the {which} subjects: the floor {floor}, the contracts {full}");
    assert_eq!(floor == 0, full == 0, "they do not agree");
}

fn natively_subjects(letter: &str, document: &str) -> Vec<tollgate_sdk::Subject> {
    let text = || tollgate_sdk::Subject::of_text(letter);
    vec![text(), text(), text(), tollgate_sdk::Subject::of_json(document)]
}
