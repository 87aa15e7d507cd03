//! Metrics as OTLP has them: the same series as Prometheus reads.

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint, Sum,
    metric, number_data_point,
};

use super::log_records::text_attribute;
use crate::signals::metrics::{
    DurationHistogram, MetricFamily, MetricKind, MetricPoint, MetricUnit, PointValue,
};

/// Time from the beginning of the counting to that of the values.
#[derive(Clone, Copy, Debug)]
pub(super) struct CountedTime {
    pub(super) start_ns: u64,
    pub(super) now_ns: u64,
}

/// Converts metrics. Facts about the program are attributes of the resource, and no metric.
pub(super) fn to_metrics(families: Vec<MetricFamily>, time: CountedTime) -> Vec<Metric> {
    let counted = families.into_iter().filter(|family| !family.points.is_empty());
    counted.filter_map(|family| to_metric(family, time)).collect()
}

fn to_metric(family: MetricFamily, time: CountedTime) -> Option<Metric> {
    let MetricFamily { name, help, unit, kind, points } = family;
    let numbers = |points: Vec<MetricPoint>| -> Vec<_> {
        points.into_iter().filter_map(|point| to_number(point, time)).collect()
    };
    let aggregation_temporality = AggregationTemporality::Cumulative.into();
    let data = match kind {
        MetricKind::Info => return None,
        MetricKind::Gauge => metric::Data::Gauge(Gauge { data_points: numbers(points) }),
        MetricKind::Counter => metric::Data::Sum(Sum {
            data_points: numbers(points),
            aggregation_temporality,
            is_monotonic: true,
        }),
        MetricKind::Histogram => {
            let data_points = points.into_iter().filter_map(|point| to_histogram(point, time));
            metric::Data::Histogram(Histogram {
                data_points: data_points.collect(),
                aggregation_temporality,
            })
        }
    };
    let unit = match unit {
        MetricUnit::None => "",
        MetricUnit::Seconds => "s",
        MetricUnit::Bytes => "By",
    };
    Some(Metric {
        name: name.replace('_', "."),
        description: help.into(),
        unit: unit.into(),
        metadata: Vec::new(),
        data: Some(data),
    })
}

fn to_number(point: MetricPoint, time: CountedTime) -> Option<NumberDataPoint> {
    let value = match point.value {
        PointValue::Count(count) => {
            number_data_point::Value::AsInt(i64::try_from(count).unwrap_or(i64::MAX))
        }
        PointValue::Amount(amount) => number_data_point::Value::AsDouble(amount),
        PointValue::Durations(_) => return None,
    };
    Some(NumberDataPoint {
        attributes: to_attributes(point.labels),
        start_time_unix_nano: time.start_ns,
        time_unix_nano: time.now_ns,
        value: Some(value),
        ..NumberDataPoint::default()
    })
}

fn to_histogram(point: MetricPoint, time: CountedTime) -> Option<HistogramDataPoint> {
    let PointValue::Durations(times) = point.value else { return None };
    Some(HistogramDataPoint {
        attributes: to_attributes(point.labels),
        start_time_unix_nano: time.start_ns,
        time_unix_nano: time.now_ns,
        count: times.count(),
        sum: Some(times.sum_seconds()),
        bucket_counts: times.class_counts().to_vec(),
        explicit_bounds: DurationHistogram::bounds_seconds().collect(),
        ..HistogramDataPoint::default()
    })
}

fn to_attributes(labels: Vec<(&'static str, String)>) -> Vec<KeyValue> {
    labels.into_iter().map(|(name, value)| text_attribute(name, value)).collect()
}
