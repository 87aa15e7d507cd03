//! Metrics of the server, for Prometheus and for OTLP.
//!
//! Every label has few values: names of gates that the project has, ids of their contracts, patterns of addresses, and
//! words of this program. Nothing that a caller can choose makes a series.

mod family;
mod gate_counts;
mod process_memory;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod text_format;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::{prometheus_text, text};
use prometheus_client::registry::Registry;
use tollgate_api::report::CheckResult;
use tollgate_model::GateName;

use family::CollectedFamilies;
pub(crate) use family::{
    DurationHistogram, MetricFamily, MetricKind, MetricPoint, MetricUnit, PointValue,
};
use gate_counts::{CountedDecision, GateCounts, QueueLength};
#[cfg(test)]
pub(crate) use text_format::Scrape;

use crate::live::{LiveGate, ReloadResult};
use crate::problem::ProblemCode;

/// Pattern of requests whose address does not exist.
const NO_ROUTE: &str = "none";

/// Methods that are told apart. Callers can write any word, so all others are one.
const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
const OTHER_METHOD: &str = "other";

/// Metrics of one server. Clones are the same metrics.
#[derive(Clone, Default)]
pub(crate) struct Metrics(Arc<SharedMetrics>);

#[derive(Default)]
struct SharedMetrics {
    requests: Mutex<BTreeMap<RouteKey, RouteCounts>>,
    gates: Mutex<BTreeMap<GateName, GateCounts>>,
    reloads: [AtomicU64; RELOAD_RESULTS.len()],
    connections: AtomicI64,
    ledger_read_errors: AtomicU64,
    alert_deliveries: [AtomicU64; AlertDelivery::ALL.len()],
}

/// Address and method of requests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RouteKey {
    route: String,
    method: &'static str,
}

#[derive(Debug, Default)]
struct RouteCounts {
    by_status_class: BTreeMap<u16, u64>,
    times: DurationHistogram,
}

const RELOAD_RESULTS: [ReloadResult; 3] =
    [ReloadResult::Ok, ReloadResult::Noop, ReloadResult::Rejected];

/// What is exported by OTLP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExportedSignal {
    Traces,
    Metrics,
    Logs,
}

/// What became of an alert that a webhook is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AlertDelivery {
    Delivered,
    /// The webhook did not take it, and will be asked again.
    Failed,
    /// It was given up: the webhook never took it, or too many were waiting.
    Dropped,
}

/// Figures that are read from elsewhere when metrics are read.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReadFigures {
    /// Each gate, and whether it checks outputs.
    pub(crate) gates: Vec<(GateName, bool)>,
    pub(crate) generation: u64,
    /// Alerts by kind.
    pub(crate) alerts: BTreeMap<&'static str, u64>,
    /// Records that were not exported, by signal. Empty if nothing is exported.
    pub(crate) dropped_exports: BTreeMap<&'static str, u64>,
}

/// A place among the open connections.
pub(crate) struct ConnectionPlace(Metrics);

impl Drop for ConnectionPlace {
    fn drop(&mut self) {
        self.0.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Counts a connection as long as the returned place is kept.
    pub(crate) fn count_connection(&self) -> ConnectionPlace {
        self.0.connections.fetch_add(1, Ordering::Relaxed);
        ConnectionPlace(self.clone())
    }

    /// Counts a request that was answered. `route` is the pattern of its address; `None` if it has no such address.
    pub(crate) fn record_request(
        &self,
        route: Option<&str>,
        method: &Method,
        status: StatusCode,
        time: Duration,
    ) {
        let known = METHODS.into_iter().find(|known| *known == method.as_str());
        let method = known.unwrap_or(OTHER_METHOD);
        let key = RouteKey { route: route.unwrap_or(NO_ROUTE).to_owned(), method };
        let mut requests = lock(&self.0.requests);
        let counts = requests.entry(key).or_default();
        *counts.by_status_class.entry(status.as_u16() / 100).or_default() += 1;
        counts.times.observe(time);
    }

    /// Counts a decision, or an answer from the record.
    pub(crate) fn record_decision(&self, gate: &LiveGate, result: &CheckResult) {
        let budget = gate.handle().and_then(|handle| handle.gate().budget.clone());
        let currency = budget.map(|budget| budget.currency.to_string());
        self.add_to_gate(gate.name(), |counts| match result.was_recorded {
            true => counts.add_answer_from_record(),
            false => counts.add_decision(&CountedDecision {
                decision: &result.decision,
                checks: &result.checks,
                judging_time: Duration::from_micros(result.time_us),
                currency: currency.as_deref(),
            }),
        });
    }

    /// Counts an output that got no decision.
    pub(crate) fn record_not_evaluated(&self, gate: &LiveGate, code: ProblemCode) {
        self.add_to_gate(gate.name(), |counts| counts.add_not_evaluated(code));
    }

    /// Counts the time from a single output to its recorded decision.
    pub(crate) fn record_check_time(&self, gate: &LiveGate, time: Duration) {
        self.add_to_gate(gate.name(), |counts| counts.add_check_time(time));
    }

    /// Counts that the project was read again.
    pub(crate) fn record_reload(&self, result: ReloadResult) {
        count_value(&RELOAD_RESULTS, &self.0.reloads, &result);
    }

    /// Counts what became of an alert that a webhook is told.
    pub(crate) fn record_alert_delivery(&self, delivery: AlertDelivery) {
        count_value(&AlertDelivery::ALL, &self.0.alert_deliveries, &delivery);
    }

    /// Counts that the ledger could not be read for metrics or alerts. The figures of the queue are unknown then.
    pub(crate) fn record_ledger_read_error(&self) {
        self.0.ledger_read_errors.fetch_add(1, Ordering::Relaxed);
        lock(&self.0.gates).values_mut().for_each(|counts| counts.queue = None);
    }

    /// Sets how many outputs wait at each gate, and how long the oldest has waited. No output waits at any other gate.
    pub(crate) fn set_queue_lengths(&self, waiting: &BTreeMap<GateName, (u64, Duration)>) {
        for (name, counts) in lock(&self.0.gates).iter_mut() {
            let (waiting, oldest_age) = waiting.get(name).copied().unwrap_or_default();
            counts.queue = Some(QueueLength { waiting, oldest_age });
        }
    }

    /// Drops what was counted for gates that the project no longer has, and begins to count the others.
    pub(crate) fn keep_gates(&self, names: &BTreeSet<&GateName>) {
        let mut gates = lock(&self.0.gates);
        gates.retain(|name, _| names.contains(name));
        for name in names {
            if !gates.contains_key(*name) {
                gates.insert((*name).clone(), GateCounts::default());
            }
        }
    }

    /// Returns the values of all metrics.
    pub(crate) fn families(&self, figures: &ReadFigures) -> Vec<MetricFamily> {
        let mut families = self.request_families();
        families.extend(gate_counts::gate_families(&lock(&self.0.gates)));
        families.extend(self.server_families());
        families.extend(figures.families());
        families
    }

    fn request_families(&self) -> Vec<MetricFamily> {
        let requests = lock(&self.0.requests);
        let (mut counts, mut times) = (Vec::new(), Vec::new());
        for (RouteKey { route, method }, counted) in &*requests {
            let labels = vec![("route", route.clone()), ("method", (*method).to_owned())];
            for (class, count) in &counted.by_status_class {
                let class = ("status", format!("{class}xx"));
                let labels = labels.iter().cloned().chain([class]).collect();
                counts.push(MetricPoint::new(labels, PointValue::Count(*count)));
            }
            times.push(MetricPoint::new(labels, PointValue::Durations(counted.times.clone())));
        }
        vec![
            counter("tollgate_requests", "Answered requests by class of status", counts),
            MetricFamily {
                name: "tollgate_request_duration",
                help: "Time from a request to the end of its answer",
                unit: MetricUnit::Seconds,
                kind: MetricKind::Histogram,
                points: times,
            },
        ]
    }

    fn server_families(&self) -> Vec<MetricFamily> {
        let shared = &self.0;
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let connections = u64::try_from(shared.connections.load(Ordering::Relaxed)).unwrap_or(0);
        let read_errors = PointValue::Count(load(&shared.ledger_read_errors));
        let reloads = RELOAD_RESULTS.map(reload_label);
        let deliveries = AlertDelivery::ALL.map(AlertDelivery::as_str);
        let version = ("version", env!("CARGO_PKG_VERSION").to_owned());
        let memory = process_memory::resident_bytes().map(PointValue::Count);
        vec![
            counter(
                "tollgate_reload",
                "Times that the project was read again, by what came of it",
                labelled("result", reloads.into_iter().zip(&shared.reloads)),
            ),
            gauge(
                "tollgate_connections",
                "Open connections",
                MetricPoint::single(PointValue::Count(connections)),
            ),
            counter(
                "tollgate_ledger_read_errors",
                "Times that the ledger could not be read for metrics or alerts",
                MetricPoint::single(read_errors),
            ),
            counter(
                "tollgate_alert_deliveries",
                "Alerts that a webhook was told, by what came of it",
                labelled("result", deliveries.into_iter().zip(&shared.alert_deliveries)),
            ),
            MetricFamily {
                name: "tollgate_process_resident_memory",
                help: "Memory of this process that is in use",
                unit: MetricUnit::Bytes,
                kind: MetricKind::Gauge,
                points: memory.map(MetricPoint::single).unwrap_or_default(),
            },
            MetricFamily {
                name: "tollgate_build",
                help: "This program",
                unit: MetricUnit::None,
                kind: MetricKind::Info,
                points: vec![MetricPoint::new(vec![version], PointValue::Count(1))],
            },
        ]
    }

    fn add_to_gate(&self, gate: &GateName, add: impl FnOnce(&mut GateCounts)) {
        let mut gates = lock(&self.0.gates);
        match gates.get_mut(gate) {
            Some(counts) => add(counts),
            None => add(gates.entry(gate.clone()).or_default()),
        }
    }
}

/// Writes metrics in the text format of OpenMetrics.
pub(crate) fn write_open_metrics(families: Vec<MetricFamily>) -> Result<String, fmt::Error> {
    let mut output = String::new();
    text::encode(&mut output, &registry_of(families))?;
    Ok(output)
}

/// Writes metrics in the older text format of Prometheus.
pub(crate) fn write_prometheus_text(families: Vec<MetricFamily>) -> Result<String, fmt::Error> {
    let mut output = String::new();
    prometheus_text::encode(&mut output, &registry_of(families))?;
    Ok(output)
}

fn registry_of(families: Vec<MetricFamily>) -> Registry {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(CollectedFamilies(families)));
    registry
}

impl ReadFigures {
    fn families(&self) -> Vec<MetricFamily> {
        let ready = self.gates.iter().map(|(name, is_ready)| {
            let labels = vec![("gate", name.to_string())];
            MetricPoint::new(labels, PointValue::Count(u64::from(*is_ready)))
        });
        let by_name = |label: &'static str, counts: &BTreeMap<&'static str, u64>| {
            let points = counts.iter().map(|(name, count)| {
                MetricPoint::new(vec![(label, (*name).to_owned())], PointValue::Count(*count))
            });
            points.collect()
        };
        vec![
            gauge("tollgate_gate_ready", "Whether a gate checks outputs", ready.collect()),
            gauge(
                "tollgate_release_generation",
                "Times that this process has read the project",
                MetricPoint::single(PointValue::Count(self.generation)),
            ),
            gauge(
                "tollgate_alerts",
                "Alerts that have not ended, by kind",
                by_name("kind", &self.alerts),
            ),
            counter(
                "tollgate_dropped_exports",
                "Records that were not exported, because too many were waiting or nobody took them",
                by_name("signal", &self.dropped_exports),
            ),
        ]
    }
}

impl ExportedSignal {
    pub(crate) const ALL: [Self; 3] = [Self::Traces, Self::Metrics, Self::Logs];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Metrics => "metrics",
            Self::Logs => "logs",
        }
    }
}

impl AlertDelivery {
    pub(crate) const ALL: [Self; 3] = [Self::Delivered, Self::Failed, Self::Dropped];

    fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }
}

/// Adds one to the counter that belongs to a value.
fn count_value<T: PartialEq>(values: &[T], counters: &[AtomicU64], counted: &T) {
    for (_, counter) in values.iter().zip(counters).filter(|(value, _)| *value == counted) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

fn reload_label(result: ReloadResult) -> &'static str {
    match result {
        ReloadResult::Ok => "ok",
        ReloadResult::Noop => "noop",
        ReloadResult::Rejected => "rejected",
    }
}

fn labelled<'a>(
    label: &'static str,
    counters: impl Iterator<Item = (&'static str, &'a AtomicU64)>,
) -> Vec<MetricPoint> {
    let points = counters.map(|(value, counter)| {
        let count = PointValue::Count(counter.load(Ordering::Relaxed));
        MetricPoint::new(vec![(label, value.to_owned())], count)
    });
    points.collect()
}

fn counter(name: &'static str, help: &'static str, points: Vec<MetricPoint>) -> MetricFamily {
    MetricFamily { name, help, unit: MetricUnit::None, kind: MetricKind::Counter, points }
}

fn gauge(name: &'static str, help: &'static str, points: Vec<MetricPoint>) -> MetricFamily {
    MetricFamily { name, help, unit: MetricUnit::None, kind: MetricKind::Gauge, points }
}

/// Locks a value. A panic while it was locked leaves at most one figure uncounted.
fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
