//! Performance thresholds, agreed before a gate may act without review.

use tollgate_model::{DemotionCause, Figure, Gate, KpiThreshold};

use crate::GateState;

/// Returns the limit that a value breaks, or `None` if it is within the threshold.
pub fn broken_limit(threshold: &KpiThreshold, value: Figure) -> Option<Figure> {
    let too_low = threshold.at_least.filter(|least| value < *least);
    too_low.or_else(|| threshold.at_most.filter(|most| value > *most))
}

/// Returns a demotion cause for each threshold broken by a figure that was recorded after the level last changed.
pub fn broken_thresholds(gate: &Gate, state: &GateState) -> Vec<DemotionCause> {
    let broken = |threshold: &KpiThreshold| {
        let measured = state.figures.get(threshold.kpi.as_str())?;
        let limit = broken_limit(threshold, measured.value)?;
        measured.is_new.then(|| DemotionCause::ThresholdBroken {
            kpi: threshold.kpi.to_string(),
            value: measured.value,
            limit,
        })
    };
    gate.performance.iter().filter_map(broken).collect()
}

/// Returns the change between two periods as a share of the first, or `None` if the first is zero.
pub fn relative_change(before: Figure, now: Figure) -> Option<Figure> {
    let (before, now) = (before.as_f64(), now.as_f64());
    if before == 0.0 { None } else { Figure::new((now - before) / before.abs()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(number: f64) -> Figure {
        Figure::new(number).unwrap()
    }

    #[test]
    fn limits_are_inclusive() {
        let threshold = KpiThreshold {
            kpi: "open-rate".parse().unwrap(),
            at_least: Some(figure(0.2)),
            at_most: Some(figure(0.9)),
        };
        let broken = |number| broken_limit(&threshold, figure(number));
        assert_eq!([broken(0.2), broken(0.5), broken(0.9)], [None; 3]);
        assert_eq!((broken(0.19), broken(0.91)), (Some(figure(0.2)), Some(figure(0.9))));
    }

    #[test]
    fn compares_two_periods() {
        assert_eq!(relative_change(figure(4.0), figure(5.0)), Some(figure(0.25)));
        assert_eq!(relative_change(figure(-2.0), figure(-3.0)), Some(figure(-0.5)));
        assert_eq!(relative_change(figure(0.0), figure(1.0)), None);
    }
}
