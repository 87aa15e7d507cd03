//! Whether the model, the contracts and the task are as they were: how long judging takes, how sure the
//! model is, what contracts measure, and which figures came in.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_govern::{Facts, watch};
use tollgate_ledger::View;
use tollgate_model::{Checked, Figure, GateName, Kept, RunEvent, Share, What};

use super::latest::Latest;

/// The latest runs that are looked at: more say nothing else, and take time to read.
const RUNS_MAX: usize = 2_000;
const FIGURES_MAX: usize = 1_000;

/// What was so in some days.
pub(super) struct Health {
    /// How many runs were looked at.
    pub runs: usize,
    /// How long the contracts took: for half of the outputs no longer than this.
    pub median_us: Option<u64>,
    /// And for 99 of 100.
    pub most_us: Option<u64>,
    /// How sure the model was, on average.
    pub confidence: Option<Share>,
    /// By contract and measure, the mean.
    pub measures: BTreeMap<(String, String), f64>,
    /// The latest of each figure.
    pub figures: BTreeMap<String, Figure>,
}

/// Values, added up.
#[derive(Default)]
struct Sum {
    sum: f64,
    count: u64,
}

/// Looks at the latest of what happened from one moment to another.
pub(super) fn of(
    view: &View,
    gate: &GateName,
    from_ms: u64,
    before_ms: Option<u64>,
) -> anyhow::Result<Health> {
    let latest = |kind, count| Latest { gate, kind, from_ms, before_ms, count }.read(view);
    let (mut seen, mut times_us) = (BTreeSet::new(), Vec::new());
    let (mut confidence, mut measures) = (Sum::default(), BTreeMap::<_, Sum>::new());
    for event in latest("run", RUNS_MAX)? {
        let What::Run(run) = event.event.what else { continue };
        // What was decided again was judged once.
        if !seen.insert(run.run) {
            continue;
        }
        times_us.push(run.time_us);
        if let Some(stated) = model_confidence(&run) {
            confidence.add(stated.number());
        }
        for (name, value) in run.checks.iter().flat_map(measured) {
            measures.entry(name).or_default().add(value);
        }
    }
    let mut figures = BTreeMap::new();
    for event in latest("kpi", FIGURES_MAX)? {
        if let What::Kpi(kpi) = event.event.what {
            figures.entry(kpi.kpi.to_string()).or_insert(kpi.value);
        }
    }
    times_us.sort_unstable();
    let means = measures.into_iter().filter_map(|(name, sum)| Some((name, sum.mean()?)));
    Ok(Health {
        runs: times_us.len(),
        median_us: watch::quantile(&times_us, 0.5),
        most_us: watch::quantile(&times_us, 0.99),
        confidence: confidence.mean().and_then(|mean| Share::of(mean).ok()),
        measures: means.collect(),
        figures,
    })
}

/// What moved by more than it should: its name, what it was and what it is.
pub(super) fn drifted(before: &Health, now: &Health) -> Vec<(String, f64, f64)> {
    let both = now.measures.iter().filter_map(|(name, value)| {
        let was = before.measures.get(name)?;
        let (contract, measure) = name;
        watch::drifts(*was, *value).then(|| (format!("{contract} {measure}"), *was, *value))
    });
    both.collect()
}

/// Returns the confidence that the model stated, or `None` if none was stated or the output is not kept.
pub(super) fn model_confidence(run: &RunEvent) -> Option<Share> {
    let (Kept::Full(subject) | Kept::Masked(subject)) = &run.content else { return None };
    Facts::of(subject, run.subject, run.run).confidence
}

fn measured(check: &Checked) -> impl Iterator<Item = ((String, String), f64)> {
    let reports = check.verdicts.iter().flat_map(|verdict| &verdict.said);
    let measures = reports.flat_map(|report| &report.measures);
    measures.map(|measure| ((check.contract.clone(), measure.name.clone()), measure.value))
}

impl Sum {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    fn mean(&self) -> Option<f64> {
        watch::mean(self.sum, self.count)
    }
}

#[cfg(test)]
mod tests;
