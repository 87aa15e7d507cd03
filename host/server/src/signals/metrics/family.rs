//! Values of metrics at one moment. The text for Prometheus and the export by OTLP are both made from them, so both have
//! the same series.

use std::fmt;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit;

/// Upper bounds of the classes of durations, in microseconds. Small contracts judge in less than a millisecond, and no
/// request is waited for longer than the last bound without something being wrong.
const BOUNDS_US: [u64; 15] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 5_000_000, 10_000_000, 30_000_000,
];
const MICROS: f64 = 1_000_000.0;

/// A metric with all its series.
#[derive(Clone, Debug)]
pub(crate) struct MetricFamily {
    /// Name without unit and suffix.
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    pub(crate) unit: MetricUnit,
    pub(crate) kind: MetricKind,
    pub(crate) points: Vec<MetricPoint>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetricKind {
    /// Number that only grows.
    Counter,
    /// Number that grows and falls.
    Gauge,
    /// Number of durations in each class.
    Histogram,
    /// Facts that are written as labels.
    Info,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetricUnit {
    None,
    Seconds,
    Bytes,
}

/// One series of a metric.
#[derive(Clone, Debug)]
pub(crate) struct MetricPoint {
    pub(crate) labels: Vec<(&'static str, String)>,
    pub(crate) value: PointValue,
}

#[derive(Clone, Debug)]
pub(crate) enum PointValue {
    Count(u64),
    /// Amount of a counter or a gauge.
    Amount(f64),
    Durations(DurationHistogram),
}

/// Number of durations in each class.
#[derive(Clone, Debug, Default)]
pub(crate) struct DurationHistogram {
    /// Durations up to each bound but above the one before, and those above the last bound.
    counts: [u64; BOUNDS_US.len() + 1],
    sum_us: u64,
}

impl DurationHistogram {
    pub(crate) fn observe(&mut self, time: Duration) {
        let time_us = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let class = BOUNDS_US.partition_point(|bound| *bound < time_us);
        if let Some(count) = self.counts.get_mut(class) {
            *count += 1;
        }
        self.sum_us = self.sum_us.saturating_add(time_us);
    }

    pub(crate) fn sum_seconds(&self) -> f64 {
        self.sum_us as f64 / MICROS
    }

    pub(crate) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Returns the upper bounds of the classes in seconds. The last class has none.
    pub(crate) fn bounds_seconds() -> impl Iterator<Item = f64> {
        BOUNDS_US.iter().map(|bound| *bound as f64 / MICROS)
    }

    /// Returns the number of durations in each class, with the last one.
    pub(crate) fn class_counts(&self) -> &[u64] {
        &self.counts
    }

    fn buckets(&self) -> Vec<(f64, u64)> {
        let bounds = BOUNDS_US.iter().map(|bound| *bound as f64 / MICROS);
        bounds.chain([f64::INFINITY]).zip(self.counts).collect()
    }
}

impl MetricPoint {
    pub(crate) fn new(labels: Vec<(&'static str, String)>, value: PointValue) -> Self {
        Self { labels, value }
    }

    /// Returns the value of a label.
    pub(crate) fn label(&self, name: &str) -> Option<&str> {
        let label = self.labels.iter().find(|(label, _)| *label == name);
        label.map(|(_, value)| value.as_str())
    }

    /// Creates the only point of a metric without labels.
    pub(crate) fn single(value: PointValue) -> Vec<Self> {
        vec![Self { labels: Vec::new(), value }]
    }
}

/// Metrics that a registry writes as text.
#[derive(Debug)]
pub(super) struct CollectedFamilies(pub(super) Vec<MetricFamily>);

impl Collector for CollectedFamilies {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        // A metric that nothing was counted for is left out.
        for family in self.0.iter().filter(|family| !family.points.is_empty()) {
            let unit = family.unit.to_prometheus();
            let kind = family.kind.to_prometheus();
            let mut metric =
                encoder.encode_descriptor(family.name, family.help, unit.as_ref(), kind)?;
            for MetricPoint { labels, value } in &family.points {
                match family.kind {
                    MetricKind::Info => metric.encode_info(labels)?,
                    kind => value.encode(kind, metric.encode_family(labels)?)?,
                }
            }
        }
        Ok(())
    }
}

impl PointValue {
    fn encode(&self, kind: MetricKind, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        match (kind, self) {
            (MetricKind::Counter, Self::Count(count)) => {
                encoder.encode_counter::<NoLabelSet, _, u64>(count, None)
            }
            (MetricKind::Counter, Self::Amount(amount)) => {
                encoder.encode_counter::<NoLabelSet, _, f64>(amount, None)
            }
            (MetricKind::Gauge, Self::Amount(amount)) => encoder.encode_gauge(amount),
            (MetricKind::Gauge, Self::Count(count)) => encoder.encode_gauge(count),
            (MetricKind::Histogram, Self::Durations(times)) => encoder
                .encode_histogram::<NoLabelSet>(
                    times.sum_seconds(),
                    times.count(),
                    &times.buckets(),
                    None,
                ),
            (MetricKind::Info, _)
            | (MetricKind::Counter | MetricKind::Gauge, Self::Durations(_))
            | (MetricKind::Histogram, Self::Count(_) | Self::Amount(_)) => Err(fmt::Error),
        }
    }
}

impl MetricKind {
    fn to_prometheus(self) -> MetricType {
        match self {
            Self::Counter => MetricType::Counter,
            Self::Gauge => MetricType::Gauge,
            Self::Histogram => MetricType::Histogram,
            Self::Info => MetricType::Info,
        }
    }
}

impl MetricUnit {
    fn to_prometheus(self) -> Option<Unit> {
        match self {
            Self::None => None,
            Self::Seconds => Some(Unit::Seconds),
            Self::Bytes => Some(Unit::Bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_in_the_class_whose_bound_it_does_not_exceed() {
        let mut times = DurationHistogram::default();
        for time_us in [0, 500, 501, 30_000_000, 30_000_001] {
            times.observe(Duration::from_micros(time_us));
        }
        let buckets = times.buckets();
        assert_eq!((buckets[0], buckets[1]), ((0.0005, 2), (0.001, 1)));
        assert_eq!((buckets[14], buckets[15]), ((30.0, 1), (f64::INFINITY, 1)));
        assert_eq!(times.count(), 5);
        assert_eq!(times.sum_seconds(), 60.001_002);
    }
}
