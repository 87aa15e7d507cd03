//! One judgement, for people and for programs.

use semver::Version;
use serde::Serialize;
use tollgate_engine::Contract;
use tollgate_model::{
    Content, ContractName, Digest, Failure, Finding, HostAnswer, Judgement, Measure, Outcome,
    Place, Report, RunLog, Severity, Subject,
};

use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};

/// What a person reads of one message; programs get all of it.
const SHOWN_CHARACTERS_MAX: usize = 400;

/// What programs read.
#[derive(Serialize)]
pub(crate) struct Verdict<'a> {
    contract: ContractVersion<'a>,
    outcome: Option<Outcome>,
    findings: &'a [Finding],
    measures: &'a [Measure],
    failure: Option<FailureWithMessage<'a>>,
    fuel_used: u64,
    time_us: u64,
    answers: &'a [HostAnswer],
    log: &'a RunLog,
}

#[derive(Serialize)]
struct ContractVersion<'a> {
    name: &'a ContractName,
    version: &'a Version,
    digest: Digest,
    config_digest: Digest,
}

/// A failure's own fields, and what a person would be told.
#[derive(Serialize)]
struct FailureWithMessage<'a> {
    #[serde(flatten)]
    failure: &'a Failure,
    message: String,
}

impl<'a> Verdict<'a> {
    pub(crate) fn of(contract: &'a Contract, judgement: &'a Judgement) -> Self {
        let about = &contract.manifest().contract;
        let report = judgement.verdict.as_ref().ok();
        let failure = judgement.verdict.as_ref().err();
        Self {
            contract: ContractVersion {
                name: &about.name,
                version: &about.version,
                digest: contract.digest(),
                config_digest: contract.config_digest(),
            },
            outcome: report.map(|report| report.outcome),
            findings: report.map_or(&[], |report| &report.findings),
            measures: report.map_or(&[], |report| &report.measures),
            failure: failure
                .map(|failure| FailureWithMessage { failure, message: failure.to_string() }),
            fuel_used: judgement.fuel_used,
            time_us: judgement.time_us,
            answers: &judgement.answers,
            log: &judgement.log,
        }
    }
}

/// What people read.
pub(crate) fn tell(contract: &Contract, subject: &Subject, judgement: &Judgement) {
    let about = &contract.manifest().contract;
    let name = paint(STRONG, format!("{} {}", about.name, about.version));
    let cost = paint(QUIET, format!("{} µs, {} fuel", judgement.time_us, judgement.fuel_used));
    match &judgement.verdict {
        Ok(report) => {
            console::say(format!("{}  {name}  {cost}", outcome(report.outcome)));
            tell_report(report, subject);
        }
        Err(failure) => {
            console::say(format!("{}  {name}  {cost}", paint(BAD, failure.kind())));
            for line in failure.to_string().lines() {
                console::say(format!("  {}", printable(line)));
            }
        }
    }
    for line in &judgement.log.lines {
        console::say(paint(QUIET, format!("  log: {}", printable(&line.message))));
    }
    if judgement.log.dropped > 0 {
        console::say(paint(QUIET, format!("  … and {} more lines", judgement.log.dropped)));
    }
}

fn tell_report(report: &Report, subject: &Subject) {
    report.findings.iter().for_each(|finding| tell_finding(finding, subject));
    if !report.measures.is_empty() {
        let measure =
            |measure: &Measure| format!("{} {}", printable(&measure.name), rounded(measure.value));
        let measures: Vec<_> = report.measures.iter().map(measure).collect();
        console::say(paint(QUIET, format!("  {}", measures.join(" · "))));
    }
}

/// One finding, with where it is in the subject.
pub(crate) fn tell_finding(finding: &Finding, subject: &Subject) {
    let rule = paint(severity(finding.severity), format!("{:8}", finding.severity));
    let place = place(&finding.place, subject);
    let message = printable(&finding.message);
    console::say(format!("  {rule}  {}  {message}{place}", finding.rule));
    if let Some(fix) = &finding.fix {
        console::say(paint(QUIET, format!("            instead: {}", printable(fix))));
    }
}

/// The outcome, as wide as the widest.
pub(crate) fn outcome(outcome: Outcome) -> String {
    let style = match outcome {
        Outcome::Pass => GOOD,
        Outcome::Fail => BAD,
        Outcome::Unsure => DOUBT,
    };
    paint(style, format!("{outcome:6}"))
}

fn severity(severity: Severity) -> anstyle::Style {
    match severity {
        Severity::Info => QUIET,
        Severity::Warning => DOUBT,
        Severity::Error | Severity::Critical => BAD,
    }
}

fn place(place: &Place, subject: &Subject) -> String {
    match (place, &subject.content) {
        (Place::Whole, _) => String::new(),
        (Place::Pointer(pointer), _) => format!(" at `{}`", printable(pointer)),
        (Place::Span(span), Content::Text(text)) => {
            let before = text.get(..span.start as usize).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            format!(" at {line}:{column}")
        }
        (Place::Span(span), _) => format!(" at {}..{}", span.start, span.end),
    }
}

/// What comes from a subject or a contract must not move the cursor of a terminal.
fn printable(text: &str) -> String {
    let short: String = text.chars().take(SHOWN_CHARACTERS_MAX).collect();
    short.replace(|c: char| c.is_control(), " ")
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
