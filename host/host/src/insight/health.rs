//! Health of a gate over a period: duration of judgements, model confidence, measures of contracts, and reported
//! figures. Comparing two periods shows drift.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_govern::{OutputFacts, metrics};
use tollgate_ledger::{LedgerError, LedgerReader};
use tollgate_model::{
    ContractCheck, EventKind, Figure, GateName, RetainedContent, RunEvent, Share,
};

use super::latest::LatestEvents;

/// Maximum number of latest runs that are read. More hardly change the result and take time to read.
const RUNS_MAX: usize = 2_000;
const FIGURES_MAX: usize = 1_000;

/// Health figures of one period.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HealthStats {
    /// Number of runs evaluated.
    pub runs: usize,
    /// Median time of judging an output with all contracts; `None` without runs.
    pub median_us: Option<u64>,
    /// 99th percentile of the same.
    pub p99_us: Option<u64>,
    /// Mean confidence that the model stated; `None` if it stated none.
    pub confidence: Option<Share>,
    /// Mean of each measure, by contract and measure name.
    pub measures: BTreeMap<(String, String), f64>,
    /// Latest value of each reported figure.
    pub figures: BTreeMap<String, Figure>,
}

/// A measure of a contract whose mean drifted.
#[derive(Clone, Debug, PartialEq)]
pub struct DriftedMeasure {
    pub contract: String,
    pub measure: String,
    /// Mean in the earlier period.
    pub before: f64,
    /// Mean in the later period.
    pub now: f64,
}

/// Running mean of values.
#[derive(Default)]
struct MeanSum {
    sum: f64,
    count: u64,
}

/// Computes the health figures from `from_ms` (included) to `before_ms` (excluded; `None` for no end).
pub(crate) fn health_stats(
    view: &dyn LedgerReader,
    gate: &GateName,
    from_ms: u64,
    before_ms: Option<u64>,
) -> Result<HealthStats, LedgerError> {
    let latest = |kind, count| LatestEvents { gate, kind, from_ms, before_ms, count }.read(view);
    let (mut seen, mut times_us) = (BTreeSet::new(), Vec::new());
    let (mut confidence, mut measures) = (MeanSum::default(), BTreeMap::<_, MeanSum>::new());
    for event in latest("run", RUNS_MAX)? {
        let EventKind::Run(run) = event.event.kind else { continue };
        // A run that was decided again was judged only once.
        if !seen.insert(run.run) {
            continue;
        }
        times_us.push(run.time_us);
        if let Some(stated) = model_confidence(&run) {
            confidence.add(stated.as_f64());
        }
        for (name, value) in run.checks.iter().flat_map(measures_of_check) {
            measures.entry(name).or_default().add(value);
        }
    }
    let mut figures = BTreeMap::new();
    for event in latest("kpi", FIGURES_MAX)? {
        if let EventKind::Kpi(kpi) = event.event.kind {
            figures.entry(kpi.kpi.to_string()).or_insert(kpi.value);
        }
    }
    times_us.sort_unstable();
    let means = measures.into_iter().filter_map(|(name, sum)| Some((name, sum.mean()?)));
    Ok(HealthStats {
        runs: times_us.len(),
        median_us: metrics::quantile(&times_us, 0.5),
        p99_us: metrics::quantile(&times_us, 0.99),
        confidence: confidence.mean().and_then(|mean| Share::new(mean).ok()),
        measures: means.collect(),
        figures,
    })
}

impl HealthStats {
    /// Returns the measures that drifted since an earlier period.
    pub fn drifted_since(&self, before: &Self) -> Vec<DriftedMeasure> {
        let both = self.measures.iter().filter_map(|(name, now)| {
            let (before, now) = (*before.measures.get(name)?, *now);
            let (contract, measure) = name.clone();
            let drifted = DriftedMeasure { contract, measure, before, now };
            metrics::has_drifted(before, now).then_some(drifted)
        });
        both.collect()
    }
}

/// Returns the confidence that the model stated, or `None` if none was stated or the output is not kept.
pub(crate) fn model_confidence(run: &RunEvent) -> Option<Share> {
    let (RetainedContent::Full(subject) | RetainedContent::Masked(subject)) = &run.content else {
        return None;
    };
    OutputFacts::from_subject(subject, run.subject, run.run).confidence
}

fn measures_of_check(check: &ContractCheck) -> impl Iterator<Item = ((String, String), f64)> {
    let reports = check.verdicts.iter().filter_map(|verdict| verdict.result.report());
    let measures = reports.flat_map(|report| &report.measures);
    measures.map(|measure| ((check.contract.clone(), measure.name.clone()), measure.value))
}

impl MeanSum {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    fn mean(&self) -> Option<f64> {
        metrics::mean(self.sum, self.count)
    }
}

#[cfg(test)]
mod tests;
