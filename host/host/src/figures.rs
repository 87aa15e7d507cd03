//! Figures that gates are measured by. They are measured elsewhere and reported. One that breaks a threshold of its gate
//! costs the gate a level.

use std::collections::BTreeMap;

use tollgate_govern::{KpiReading, performance};
use tollgate_ledger::{LedgerEntry, LedgerError};
use tollgate_model::{
    Event, EventKind, Figure, Gate, GateName, KpiEvent, KpiThreshold, NonBlankString,
};

use crate::autonomy::GateStatus;
use crate::gate::GoverningRecordError;
use crate::host::Host;

/// Maximum number of figures in one call: a year of daily values for a few gates.
pub const FIGURES_MAX: usize = 2_000;

/// A figure with its gate and the time of measurement.
#[derive(Clone, Debug)]
pub struct ReportedFigure {
    pub gate: GateName,
    /// Time of measurement, in milliseconds since 1970.
    pub at_ms: u64,
    pub figure: KpiEvent,
}

/// A figure that was recorded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordedFigure {
    pub gate: GateName,
    pub figure: KpiEvent,
    pub result: ThresholdResult,
}

/// The result of comparing a figure with the threshold of its gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub enum ThresholdResult {
    NoThreshold,
    Kept,
    Broken {
        /// The limit that the figure breaks.
        limit: Figure,
    },
}

/// A threshold with the latest value of its figure, or a value without a threshold.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FigureStatus {
    pub gate: GateName,
    pub kpi: String,
    pub threshold: Option<KpiThreshold>,
    /// The value that was recorded last. `None` if none is recorded yet.
    pub latest: Option<KpiReading>,
}

/// The reason why figures were not recorded. None of them is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FigureError {
    #[error("{count} figures are too many: at most {FIGURES_MAX} can be recorded at once")]
    TooMany { count: usize },
    #[error(
        "figure `{kpi}` of gate `{gate}` is from the future: figures must have been measured already"
    )]
    InFuture { gate: GateName, kpi: NonBlankString },
    #[error(transparent)]
    Gate(#[from] GoverningRecordError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Host {
    /// Records figures: all of them, or none. Of several values of one figure in a call, the one that was measured last
    /// counts. Returns them by gate and time. One that breaks a threshold of the active release costs its gate a level
    /// at once: [`Host::gate_status`] records that demotion.
    pub async fn record_figures(
        &self,
        mut figures: Vec<ReportedFigure>,
    ) -> Result<Vec<RecordedFigure>, FigureError> {
        if figures.len() > FIGURES_MAX {
            return Err(FigureError::TooMany { count: figures.len() });
        }
        let now_ms = self.shared.clock.now_ms();
        // The ledger takes the figure that is recorded last as the latest one.
        figures
            .sort_by(|first, second| (&first.gate, first.at_ms).cmp(&(&second.gate, second.at_ms)));
        // All gates are read before anything is recorded, so that an unknown gate rejects the whole call.
        let mut gates = BTreeMap::new();
        for ReportedFigure { gate, at_ms, figure } in &figures {
            if *at_ms > now_ms {
                let (gate, kpi) = (gate.clone(), figure.kpi.clone());
                return Err(FigureError::InFuture { gate, kpi });
            }
            if !gates.contains_key(gate) {
                gates.insert(gate.clone(), self.governing_gate(gate)?);
            }
        }
        let entries: Vec<_> = figures.iter().map(figure_entry).collect();
        self.shared.ledger()?.append(entries.into()).await?;
        let recorded = figures.into_iter().filter_map(|ReportedFigure { gate, figure, .. }| {
            let result = compare(gates.get(&gate)?, &figure);
            Some(RecordedFigure { gate, figure, result })
        });
        Ok(recorded.collect())
    }
}

impl GateStatus {
    /// Returns the thresholds of the gate with their latest values, followed by values without a threshold.
    pub fn figures(&self) -> Vec<FigureStatus> {
        let (gate, readings) = (&self.gate, &self.state.inputs.figures);
        let status = |kpi: &str, threshold| FigureStatus {
            gate: gate.name.clone(),
            latest: readings.get(kpi).copied(),
            kpi: kpi.to_owned(),
            threshold,
        };
        let with_threshold =
            gate.performance.iter().map(|one| status(one.kpi.as_str(), Some(one.clone())));
        let without = readings.keys().filter(|kpi| find_threshold(gate, kpi).is_none());
        with_threshold.chain(without.map(|kpi| status(kpi, None))).collect()
    }
}

impl FigureStatus {
    /// Returns the limit that the latest value breaks.
    pub fn broken_limit(&self) -> Option<Figure> {
        performance::broken_limit(self.threshold.as_ref()?, self.latest?.value)
    }
}

fn figure_entry(reported: &ReportedFigure) -> LedgerEntry {
    let (at_ms, gate) = (reported.at_ms, reported.gate.clone());
    LedgerEntry::new(Event { at_ms, gate, kind: EventKind::Kpi(reported.figure.clone()) })
}

fn compare(gate: &Gate, figure: &KpiEvent) -> ThresholdResult {
    let Some(threshold) = find_threshold(gate, figure.kpi.as_str()) else {
        return ThresholdResult::NoThreshold;
    };
    match performance::broken_limit(threshold, figure.value) {
        Some(limit) => ThresholdResult::Broken { limit },
        None => ThresholdResult::Kept,
    }
}

fn find_threshold<'a>(gate: &'a Gate, kpi: &str) -> Option<&'a KpiThreshold> {
    gate.performance.iter().find(|threshold| threshold.kpi.as_str() == kpi)
}

#[cfg(test)]
mod tests;
