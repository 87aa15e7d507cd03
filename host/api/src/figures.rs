//! Figures that are reported to gates.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::figures::FigureStatus;
use tollgate_model::{Figure, FormatVersion, GateName};

use crate::Timestamp;

/// Latest value of each figure.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FiguresDocument {
    pub format: FormatVersion<1>,
    pub figures: Vec<FigureEntry>,
}

/// Figure of a gate with its threshold.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FigureEntry {
    pub gate: GateName,
    /// Name of the figure.
    pub kpi: String,
    /// Latest value; `null` if none is recorded.
    pub value: Option<Figure>,
    /// Time of the latest value.
    pub at: Option<Timestamp>,
    /// Lowest allowed value, if the gate sets one.
    pub at_least: Option<Figure>,
    /// Highest allowed value, if the gate sets one.
    pub at_most: Option<Figure>,
    /// Whether the latest value breaks the threshold.
    pub broken: bool,
}

impl From<&[FigureStatus]> for FiguresDocument {
    fn from(figures: &[FigureStatus]) -> Self {
        Self { format: FormatVersion, figures: figures.iter().map(Into::into).collect() }
    }
}

impl From<&FigureStatus> for FigureEntry {
    fn from(status: &FigureStatus) -> Self {
        let threshold = status.threshold.as_ref();
        Self {
            gate: status.gate.clone(),
            kpi: status.kpi.clone(),
            value: status.latest.map(|reading| reading.value),
            at: status.latest.map(|reading| Timestamp(reading.at_ms)),
            at_least: threshold.and_then(|threshold| threshold.at_least),
            at_most: threshold.and_then(|threshold| threshold.at_most),
            broken: status.broken_limit().is_some(),
        }
    }
}
