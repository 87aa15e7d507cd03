//! Figures that are reported to gates.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::figures::{FigureStatus, RecordedFigure, ThresholdResult};
use tollgate_model::{Figure, FormatVersion, GateName, LevelEvent};

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

/// Figures that were recorded at a gate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RecordedFiguresDocument {
    pub format: FormatVersion<1>,
    pub gate: GateName,
    /// The figures, ordered by their times.
    pub figures: Vec<RecordedFigureEntry>,
    /// Demotion that followed; absent if none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demotion: Option<LevelEvent>,
}

/// Figure that was recorded.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RecordedFigureEntry {
    /// Name of the figure.
    pub kpi: String,
    pub value: Figure,
    pub threshold: ThresholdState,
    /// Limit that the value breaks. Only if it breaks one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Figure>,
}

/// Comparison of a figure with the threshold of its gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ThresholdState {
    /// The gate has no threshold for the figure.
    None,
    Kept,
    Broken,
}

impl RecordedFiguresDocument {
    pub fn new(gate: GateName, figures: &[RecordedFigure], demotion: Option<LevelEvent>) -> Self {
        let figures = figures.iter().map(Into::into).collect();
        Self { format: FormatVersion, gate, figures, demotion }
    }
}

impl From<&RecordedFigure> for RecordedFigureEntry {
    fn from(recorded: &RecordedFigure) -> Self {
        let (threshold, limit) = match recorded.result {
            ThresholdResult::NoThreshold => (ThresholdState::None, None),
            ThresholdResult::Kept => (ThresholdState::Kept, None),
            ThresholdResult::Broken { limit } => (ThresholdState::Broken, Some(limit)),
        };
        let kpi = recorded.figure.kpi.to_string();
        Self { kpi, value: recorded.figure.value, threshold, limit }
    }
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
