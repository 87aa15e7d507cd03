use super::*;
use crate::test_host::{START_MS, TestHost, gate_name, text};

fn reported(gate: &str, kpi: &str, value: f64) -> ReportedFigure {
    let (kpi, source) = (text(kpi), text("the mailer"));
    let figure = KpiEvent { kpi, value: Figure::new(value).unwrap(), source };
    ReportedFigure { gate: gate.parse().unwrap(), at_ms: START_MS, figure }
}

#[tokio::test]
async fn compares_figures_with_thresholds() {
    let test = TestHost::new();
    let figures = vec![
        reported("welcome-email", "open-rate", 0.1),
        reported("farewell", "clicks", 7.0),
        reported("welcome-email", "complaints-per-thousand", 0.2),
    ];
    let recorded = test.host.record_figures(figures).await.unwrap();
    let results: Vec<_> = recorded.iter().map(|one| (one.gate.as_str(), one.result)).collect();
    let limit = Figure::new(0.32).unwrap();
    assert_eq!(
        results,
        [
            ("farewell", ThresholdResult::NoThreshold),
            ("welcome-email", ThresholdResult::Broken { limit }),
            ("welcome-email", ThresholdResult::Kept),
        ]
    );
    let status = test.host.gate_status(&gate_name()).await.unwrap();
    assert_eq!(status.demotion.as_ref().map(|change| change.to), Some(2));
    let figures = status.figures();
    let broken: Vec<_> = figures.iter().map(|one| (one.kpi.as_str(), one.broken_limit())).collect();
    assert_eq!(broken, [("open-rate", Some(limit)), ("complaints-per-thousand", None)]);
}

#[tokio::test]
async fn records_all_figures_or_none() {
    let test = TestHost::new();
    let good = || reported("welcome-email", "open-rate", 0.4);
    let future = ReportedFigure { at_ms: START_MS + 1, ..good() };
    let refused = test.host.record_figures(vec![good(), future]).await;
    assert!(matches!(refused, Err(FigureError::InFuture { .. })), "{refused:?}");
    let unknown = reported("greeting", "open-rate", 0.4);
    let refused = test.host.record_figures(vec![good(), unknown]).await;
    assert!(matches!(refused, Err(FigureError::Gate(_))), "{refused:?}");
    let refused = test.host.record_figures(vec![good(); FIGURES_MAX + 1]).await;
    assert!(matches!(refused, Err(FigureError::TooMany { .. })), "{refused:?}");
    let figures = test.host.shared.read(|reader| reader.figures(&gate_name())).unwrap();
    assert!(figures.is_empty(), "{figures:?}");
}
