//! The rules as plain Rust: no WebAssembly needed.

use claims::{Config, configure, judge};
use tollgate_sdk::prelude::*;
use tollgate_sdk::testing::Given;

fn judged(given: &Given, text: &str) -> Result<Report, Refusal> {
    let config = configure(Config::default())?;
    given.during(|| judge(&config, &Subject::of_text(text)))
}

#[test]
fn what_is_approved_is_no_finding() {
    let given = Given::default().table("claims", [("best", "legal-2026-17")]);
    let report = judged(&given, "The best and the cheapest.").unwrap();
    let messages: Vec<_> = report.findings.iter().map(|finding| &finding.message).collect();
    assert_eq!(messages, ["`cheapest` is a claim that is not approved"]);
}

#[test]
fn a_table_that_cannot_be_read_is_no_pass() {
    let refusal = judged(&Given::default(), "The best.").unwrap_err();
    assert!(matches!(refusal, Refusal::Broken(reason) if reason.contains("not granted")));
}
