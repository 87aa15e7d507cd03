//! The metrics of the server.

use axum::Extension;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::table::Route;
use crate::access::{Caller, Role};
use crate::problem::Problem;
use crate::signals::metrics::{write_open_metrics, write_prometheus_text};
use crate::state::ServerState;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/metrics",
            &[Role::Read],
            "Returns the metrics of the server for Prometheus: as OpenMetrics, or in the older text format for who takes \
             nothing else.",
            get(show_metrics),
        )
        .answers_as(OPEN_METRICS, None)
        .answers_as(PROMETHEUS_TEXT, None),
    ]
}

/// Returns the metrics, without those of gates that the caller may not see.
async fn show_metrics(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut families = state.signals.metric_families().await;
    let is_visible = |gate: &str| gate.parse().is_ok_and(|gate| caller.may_see(&gate));
    for family in &mut families {
        family.points.retain(|point| point.label("gate").is_none_or(is_visible));
    }
    let (media_type, text) = match takes_open_metrics(&headers) {
        true => (OPEN_METRICS, write_open_metrics(families)),
        false => (PROMETHEUS_TEXT, write_prometheus_text(families)),
    };
    let text = text.map_err(|_| Problem::internal("the metrics cannot be written as text"))?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static(media_type))], text).into_response())
}

/// Returns whether the answer is OpenMetrics: unless the request takes other forms only.
fn takes_open_metrics(headers: &HeaderMap) -> bool {
    let mut ranges = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim())
        .filter(|range| !range.is_empty())
        .peekable();
    let names_it = |range: &str| {
        ["application/openmetrics-text", "application/*", "*/*"]
            .iter()
            .any(|known| range.eq_ignore_ascii_case(known))
    };
    ranges.peek().is_none() || ranges.any(names_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_in_the_form_that_the_request_takes() {
        let takes = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_str(accept).unwrap());
            takes_open_metrics(&headers)
        };
        assert!(takes_open_metrics(&HeaderMap::new()));
        let of_prometheus = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
                             text/plain;version=0.0.4;q=0.3,*/*;q=0.1";
        for accept in [of_prometheus, "*/*", "", "Application/OpenMetrics-Text"] {
            assert!(takes(accept), "{accept}");
        }
        assert!(!takes("text/plain") && !takes("text/plain;version=0.0.4, text/html"));
    }
}
