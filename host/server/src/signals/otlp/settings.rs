//! Settings of the export, as the standard variables of OpenTelemetry give them. The caller reads the variables.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;

use crate::signals::metrics::ExportedSignal;

/// Variables that [`TelemetrySettings::from_variables`] asks for. Their meaning is that of the specification of OpenTelemetry.
pub const TELEMETRY_VARIABLES: [&str; 17] = [
    ENDPOINT,
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    HEADERS,
    "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
    "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
    "OTEL_EXPORTER_OTLP_LOGS_HEADERS",
    PROTOCOL,
    "OTEL_TRACES_EXPORTER",
    "OTEL_METRICS_EXPORTER",
    "OTEL_LOGS_EXPORTER",
    SERVICE_NAME,
    RESOURCE_ATTRIBUTES,
    SAMPLER,
    SAMPLER_ARGUMENT,
    METRIC_INTERVAL,
];

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";
const PROTOCOL: &str = "OTEL_EXPORTER_OTLP_PROTOCOL";
const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";
const RESOURCE_ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";
const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
const SAMPLER_ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";
const METRIC_INTERVAL: &str = "OTEL_METRIC_EXPORT_INTERVAL";

const DEFAULT_SERVICE: &str = "tollgate";

/// Time between two exports of metrics, as the specification has it.
const DEFAULT_METRIC_INTERVAL: Duration = Duration::from_secs(60);

/// Settings of the export of signals.
#[derive(Clone, Debug)]
pub struct TelemetrySettings {
    pub(super) traces: Option<SignalEndpoint>,
    pub(super) metrics: Option<SignalEndpoint>,
    pub(super) logs: Option<SignalEndpoint>,
    /// Attributes of this process, `service.name` among them.
    pub(super) resource: Vec<(String, String)>,
    pub(super) sampling: TraceSampling,
    pub(super) metric_interval: Duration,
}

/// Place that one signal is sent to.
#[derive(Clone)]
pub(super) struct SignalEndpoint {
    pub(super) signal: ExportedSignal,
    pub(super) url: Url,
    /// Headers of each request. They may have secrets, and are never shown.
    pub(super) headers: HeaderMap,
}

/// Traces that are recorded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TraceSampling {
    /// Share of the traces that begin here, or of all if `follows_caller` is not set.
    pub(super) share: f64,
    /// Whether a trace that the caller began is recorded if the caller records it.
    pub(super) follows_caller: bool,
}

/// The reason why signals cannot be exported as asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TelemetrySettingsError {
    #[error("`{variable}` has no valid value: {expected}")]
    Invalid { variable: String, expected: &'static str },
}

impl TelemetrySettings {
    /// Reads the settings from variables. `None` if no signal has an endpoint. `read` returns the value of a variable, or
    /// `None` if it is unset or empty.
    pub fn from_variables(
        read: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, TelemetrySettingsError> {
        let endpoint = |signal| read_endpoint(&read, signal);
        let traces = endpoint(ExportedSignal::Traces)?;
        let metrics = endpoint(ExportedSignal::Metrics)?;
        let logs = endpoint(ExportedSignal::Logs)?;
        if traces.is_none() && metrics.is_none() && logs.is_none() {
            return Ok(None);
        }
        if read(PROTOCOL).is_some_and(|protocol| protocol != "http/protobuf") {
            return Err(invalid(PROTOCOL, "this server writes `http/protobuf` only"));
        }
        Ok(Some(Self {
            traces,
            metrics,
            logs,
            resource: read_resource(&read)?,
            sampling: read_sampling(&read)?,
            metric_interval: read_metric_interval(&read)?,
        }))
    }
}

fn read_endpoint(
    read: &impl Fn(&str) -> Option<String>,
    signal: ExportedSignal,
) -> Result<Option<SignalEndpoint>, TelemetrySettingsError> {
    let name = signal.as_str().to_uppercase();
    let exporter = format!("OTEL_{name}_EXPORTER");
    match read(&exporter).as_deref() {
        None | Some("otlp") => {}
        Some("none") => return Ok(None),
        Some(_) => return Err(invalid(exporter, "use `otlp` or `none`")),
    }
    let own = format!("OTEL_EXPORTER_OTLP_{name}_ENDPOINT");
    let url = match (read(&own), read(ENDPOINT)) {
        (Some(url), _) => parse_url(&own, &url)?,
        (None, Some(base)) => {
            let base = base.trim_end_matches('/');
            parse_url(ENDPOINT, &format!("{base}/v1/{}", signal.as_str()))?
        }
        (None, None) => return Ok(None),
    };
    let mut headers = HeaderMap::new();
    for variable in [HEADERS.to_owned(), format!("OTEL_EXPORTER_OTLP_{name}_HEADERS")] {
        if let Some(list) = read(&variable) {
            headers.extend(parse_headers(&variable, &list)?);
        }
    }
    Ok(Some(SignalEndpoint { signal, url, headers }))
}

fn parse_url(variable: &str, url: &str) -> Result<Url, TelemetrySettingsError> {
    let parsed = Url::parse(url).ok();
    let parsed = parsed.filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
    parsed.ok_or_else(|| invalid(variable, "write an address such as `http://localhost:4318`"))
}

/// Reads headers as in `api-key=secret,other=value`. Values are percent-encoded.
fn parse_headers(variable: &str, list: &str) -> Result<HeaderMap, TelemetrySettingsError> {
    let mut headers = HeaderMap::new();
    for (name, value) in parse_pairs(list).map_err(|()| invalid(variable, PAIRS))? {
        let name = HeaderName::try_from(name.as_str());
        let value = HeaderValue::from_str(&value);
        let (Ok(name), Ok(mut value)) = (name, value) else {
            return Err(invalid(variable, "a header has a name and visible ASCII characters"));
        };
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

const PAIRS: &str = "write `name=value` pairs with commas between them";

fn read_resource(
    read: &impl Fn(&str) -> Option<String>,
) -> Result<Vec<(String, String)>, TelemetrySettingsError> {
    let listed = read(RESOURCE_ATTRIBUTES).unwrap_or_default();
    let mut resource = parse_pairs(&listed).map_err(|()| invalid(RESOURCE_ATTRIBUTES, PAIRS))?;
    let listed_name = resource.iter().position(|(name, _)| name == "service.name");
    let listed_name = listed_name.map(|index| resource.remove(index).1);
    let name = read(SERVICE_NAME).or(listed_name).unwrap_or_else(|| DEFAULT_SERVICE.into());
    resource.push(("service.name".into(), name));
    resource.push(("service.version".into(), env!("CARGO_PKG_VERSION").into()));
    Ok(resource)
}

fn read_sampling(
    read: &impl Fn(&str) -> Option<String>,
) -> Result<TraceSampling, TelemetrySettingsError> {
    let share = || -> Result<f64, TelemetrySettingsError> {
        let Some(text) = read(SAMPLER_ARGUMENT) else { return Ok(1.0) };
        let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
        share.ok_or_else(|| invalid(SAMPLER_ARGUMENT, "write a share from 0 to 1"))
    };
    let sampler = read(SAMPLER).unwrap_or_else(|| "parentbased_always_on".into());
    let (share, follows_caller) = match sampler.as_str() {
        "always_on" => (1.0, false),
        "always_off" => (0.0, false),
        "traceidratio" => (share()?, false),
        "parentbased_always_on" => (1.0, true),
        "parentbased_always_off" => (0.0, true),
        "parentbased_traceidratio" => (share()?, true),
        _ => {
            return Err(invalid(
                SAMPLER,
                "use `always_on`, `always_off` or `traceidratio`, each also with `parentbased_` before it",
            ));
        }
    };
    Ok(TraceSampling { share, follows_caller })
}

fn read_metric_interval(
    read: &impl Fn(&str) -> Option<String>,
) -> Result<Duration, TelemetrySettingsError> {
    let Some(text) = read(METRIC_INTERVAL) else { return Ok(DEFAULT_METRIC_INTERVAL) };
    let interval_ms = text.parse().ok().filter(|interval_ms| *interval_ms > 0);
    let interval_ms = interval_ms.ok_or_else(|| invalid(METRIC_INTERVAL, "write milliseconds"))?;
    Ok(Duration::from_millis(interval_ms))
}

/// Reads pairs as in `name=value,name=value`, whose names and values are percent-encoded.
fn parse_pairs(list: &str) -> Result<Vec<(String, String)>, ()> {
    let parts = list.split(',').map(str::trim).filter(|part| !part.is_empty());
    let pairs = parts.map(|part| {
        let (name, value) = part.split_once('=').ok_or(())?;
        let name = decode_percent(name.trim()).filter(|name| !name.is_empty()).ok_or(())?;
        Ok((name, decode_percent(value.trim()).ok_or(())?))
    });
    pairs.collect()
}

fn decode_percent(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                let value = data_encoding::HEXLOWER_PERMISSIVE.decode(&digits).ok()?;
                decoded.extend(value);
            }
            byte => decoded.push(byte),
        }
    }
    String::from_utf8(decoded).ok()
}

fn invalid(variable: impl Into<String>, expected: &'static str) -> TelemetrySettingsError {
    TelemetrySettingsError::Invalid { variable: variable.into(), expected }
}

impl std::fmt::Debug for SignalEndpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignalEndpoint").field("signal", &self.signal).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(
        variables: &[(&str, &str)],
    ) -> Result<Option<TelemetrySettings>, TelemetrySettingsError> {
        TelemetrySettings::from_variables(|name| {
            assert!(TELEMETRY_VARIABLES.contains(&name), "{name} is not listed");
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn read(variables: &[(&str, &str)]) -> TelemetrySettings {
        settings(variables).unwrap().unwrap()
    }

    #[test]
    fn nothing_is_exported_unless_asked_for() {
        assert!(settings(&[]).unwrap().is_none());
        assert!(settings(&[(SERVICE_NAME, "gates"), (SAMPLER, "nonsense")]).unwrap().is_none());
        let none = [
            (ENDPOINT, "http://localhost:4318"),
            ("OTEL_TRACES_EXPORTER", "none"),
            ("OTEL_METRICS_EXPORTER", "none"),
            ("OTEL_LOGS_EXPORTER", "none"),
        ];
        assert!(settings(&none).unwrap().is_none());
    }

    #[test]
    fn one_endpoint_serves_all_signals_and_each_can_have_its_own() {
        let url = |endpoint: &Option<SignalEndpoint>| endpoint.as_ref().unwrap().url.to_string();
        let all = read(&[(ENDPOINT, "http://collector:4318/otlp/")]);
        assert_eq!(url(&all.traces), "http://collector:4318/otlp/v1/traces");
        assert_eq!(url(&all.metrics), "http://collector:4318/otlp/v1/metrics");
        assert_eq!(url(&all.logs), "http://collector:4318/otlp/v1/logs");
        let own = read(&[("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "https://logs.example/in")]);
        assert_eq!(url(&own.logs), "https://logs.example/in");
        assert!(own.traces.is_none() && own.metrics.is_none());
    }

    #[test]
    fn headers_are_decoded_and_never_shown() {
        let variables = [
            (ENDPOINT, "http://localhost:4318"),
            (HEADERS, "api-key=s%20ecret, other=1"),
            ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "other=2"),
        ];
        let settings = read(&variables);
        let headers = settings.traces.as_ref().unwrap().headers.clone();
        assert_eq!(
            (&headers["api-key"], &headers["other"]),
            (&"s ecret".parse().unwrap(), &"2".parse().unwrap())
        );
        assert_eq!(settings.logs.as_ref().unwrap().headers["other"], "1");
        assert!(!format!("{settings:?}").contains("ecret"));
    }

    #[test]
    fn the_resource_has_a_name() {
        let resource = |more: &[(&str, &str)]| {
            let endpoint = [(ENDPOINT, "http://localhost:4318")];
            let mut resource = read(&[&endpoint, more].concat()).resource;
            resource.retain(|(name, _)| name != "service.version");
            resource
        };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(resource(&[]), [pair("service.name", "tollgate")]);
        let listed = (RESOURCE_ATTRIBUTES, "deployment.environment.name=test,service.name=a");
        let environment = pair("deployment.environment.name", "test");
        assert_eq!(resource(&[listed]), [environment.clone(), pair("service.name", "a")]);
        let named = [listed, (SERVICE_NAME, "b")];
        assert_eq!(resource(&named), [environment, pair("service.name", "b")]);
    }

    #[test]
    fn samples_as_the_standard_samplers_do() {
        let sampling = |more: &[(&str, &str)]| {
            let endpoint = [(ENDPOINT, "http://localhost:4318")];
            let TraceSampling { share, follows_caller } =
                read(&[&endpoint, more].concat()).sampling;
            (share, follows_caller)
        };
        assert_eq!(sampling(&[]), (1.0, true));
        assert_eq!(sampling(&[(SAMPLER, "always_off")]), (0.0, false));
        let ratio = [(SAMPLER, "parentbased_traceidratio"), (SAMPLER_ARGUMENT, "0.25")];
        assert_eq!(sampling(&ratio), (0.25, true));
    }

    #[test]
    fn wrong_values_are_errors_that_show_no_secret() {
        let endpoint = (ENDPOINT, "http://localhost:4318");
        for (variable, value) in [
            (ENDPOINT, "localhost:4318"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "file:///etc"),
            (HEADERS, "secret"),
            (HEADERS, "na me=secret"),
            (HEADERS, "name=%g1secret"),
            (PROTOCOL, "grpc"),
            ("OTEL_METRICS_EXPORTER", "prometheus"),
            (RESOURCE_ATTRIBUTES, "=secret"),
            (SAMPLER, "sometimes"),
            (METRIC_INTERVAL, "0"),
        ] {
            let error = settings(&[(variable, value), endpoint]).unwrap_err();
            let text = error.to_string();
            assert!(text.contains(variable) && !text.contains("secret"), "{variable}: {text}");
        }
        let share = [endpoint, (SAMPLER, "traceidratio"), (SAMPLER_ARGUMENT, "2")];
        assert!(settings(&share).is_err());
    }
}
