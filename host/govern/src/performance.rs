//! Performance thresholds: what good looks like, agreed before anybody steps back.

use tollgate_model::{Figure, Gate, Threshold, Why};

use crate::State;

/// The limit that a figure does not keep to, where it does not.
pub fn limit_broken(threshold: &Threshold, value: Figure) -> Option<Figure> {
    let too_low = threshold.at_least.filter(|least| value < *least);
    too_low.or_else(|| threshold.at_most.filter(|most| value > *most))
}

/// The thresholds that are broken by figures that came in after a moment.
pub fn broken(gate: &Gate, state: &State, since_ms: u64) -> Vec<Why> {
    let broken = |threshold: &Threshold| {
        let measured = state.figures.get(threshold.kpi.as_str())?;
        let limit = limit_broken(threshold, measured.value)?;
        (measured.at_ms > since_ms).then(|| Why::ThresholdBroken {
            kpi: threshold.kpi.to_string(),
            value: measured.value,
            limit,
        })
    };
    gate.performance.iter().filter_map(broken).collect()
}

/// How a figure moved from one period to the next, in parts of what it was.
pub fn delta(before: Figure, now: Figure) -> Option<Figure> {
    let (before, now) = (before.number(), now.number());
    if before == 0.0 { None } else { Figure::of((now - before) / before.abs()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(number: f64) -> Figure {
        Figure::of(number).unwrap()
    }

    #[test]
    fn a_limit_itself_is_kept() {
        let threshold = Threshold {
            kpi: "open-rate".parse().unwrap(),
            at_least: Some(figure(0.2)),
            at_most: Some(figure(0.9)),
        };
        let broken = |number| limit_broken(&threshold, figure(number));
        assert_eq!([broken(0.2), broken(0.5), broken(0.9)], [None; 3]);
        assert_eq!((broken(0.19), broken(0.91)), (Some(figure(0.2)), Some(figure(0.9))));
    }

    #[test]
    fn weeks_are_compared() {
        assert_eq!(delta(figure(4.0), figure(5.0)), Some(figure(0.25)));
        assert_eq!(delta(figure(-2.0), figure(-3.0)), Some(figure(-0.5)));
        assert_eq!(delta(figure(0.0), figure(1.0)), None);
    }
}
