//! Writes JUnit XML for build servers. Each output is a test case: held, blocked and failed outputs are
//! failures, and outputs that could not be judged are errors. The report has only elements and
//! attributes of the schema of Jenkins, the strictest of those in use: file and line of an output
//! are in `system-out`, because a test case has no attributes for them.

use std::fmt::Write as _;
use std::io::{self, Write};

use tollgate::intake::InputOrigin;
use tollgate_model::{Ruling, reveal_hidden};

use super::spool::Spool;
use super::{CheckCounts, CheckResult, GateRelease, JUDGED_ONLY, ReportFormat};

/// JUnit XML of a check.
pub struct JunitFormat {
    suite: JunitSuite,
    gate: String,
}

/// A test suite that is being written. Its counts come before its cases, so the cases are buffered.
pub struct JunitSuite {
    cases: Spool,
    tests: u64,
    failures: u64,
    errors: u64,
    time_us: u64,
    /// Message about all cases together.
    note: Option<&'static str>,
}

/// A test case.
pub struct JunitCase<'a> {
    pub name: &'a str,
    pub class: &'a str,
    pub file: &'a str,
    pub line: Option<u64>,
    pub time_us: u64,
    pub outcome: TestOutcome<'a>,
}

/// Outcome of a test case.
pub enum TestOutcome<'a> {
    Passed,
    /// Kind of failure, one-line message, and details.
    Failed(&'a str, String, String),
    /// Reason why the case has no result.
    Error(&'a str),
}

impl JunitSuite {
    pub fn new() -> io::Result<Self> {
        let (cases, note) = (Spool::new()?, None);
        Ok(Self { cases, tests: 0, failures: 0, errors: 0, time_us: 0, note })
    }

    pub fn add(&mut self, case: &JunitCase<'_>) -> io::Result<()> {
        self.tests += 1;
        self.time_us = self.time_us.saturating_add(case.time_us);
        let out = &mut self.cases;
        let (name, class) = (escape_xml(case.name), escape_xml(case.class));
        let time = format_seconds(case.time_us);
        writeln!(out, "    <testcase name=\"{name}\" classname=\"{class}\" time=\"{time}\">")?;
        match &case.outcome {
            TestOutcome::Passed => {}
            TestOutcome::Failed(kind, sentence, details) => {
                self.failures += 1;
                let (kind, sentence) = (escape_xml(kind), escape_xml(sentence));
                writeln!(out, "      <failure type=\"{kind}\" message=\"{sentence}\">")?;
                writeln!(out, "{}</failure>", escape_xml(details))?;
            }
            TestOutcome::Error(reason) => {
                self.errors += 1;
                let reason = escape_xml(reason);
                writeln!(out, "      <error type=\"not-judged\" message=\"{reason}\"/>")?;
            }
        }
        let place = case.line.map_or_else(String::new, |line| format!(":{line}"));
        writeln!(out, "      <system-out>{}{place}</system-out>", escape_xml(case.file))?;
        writeln!(out, "    </testcase>")?;
        Ok(())
    }

    /// Writes the whole document.
    pub fn write_document(&mut self, out: &mut dyn Write, name: &str) -> io::Result<()> {
        let Self { tests, failures, errors, time_us, .. } = *self;
        let time = format_seconds(time_us);
        let counts = format!(
            "tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{time}\""
        );
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(out, "<testsuites name=\"tollgate\" {counts}>")?;
        writeln!(out, "  <testsuite name=\"{}\" {counts}>", escape_xml(name))?;
        self.cases.copy_to(out)?;
        if let Some(note) = self.note {
            writeln!(out, "    <system-out>{}</system-out>", escape_xml(note))?;
        }
        writeln!(out, "  </testsuite>\n</testsuites>")?;
        Ok(())
    }
}

impl JunitFormat {
    pub fn new() -> io::Result<Self> {
        Ok(Self { suite: JunitSuite::new()?, gate: String::new() })
    }
}

impl ReportFormat for JunitFormat {
    fn begin(&mut self, _: &mut dyn Write, gate: &GateRelease) -> io::Result<()> {
        self.gate = gate.gate.to_string();
        Ok(())
    }

    fn write_result(
        &mut self,
        _: &mut dyn Write,
        item: &InputOrigin,
        result: &Result<CheckResult, String>,
    ) -> io::Result<()> {
        let outcome = match result {
            Ok(result) => test_outcome(result),
            Err(error) => TestOutcome::Error(error),
        };
        self.suite.add(&JunitCase {
            name: &item.id,
            class: &self.gate,
            file: &item.file,
            line: item.line,
            time_us: result.as_ref().map_or(0, |result| result.time_us),
            outcome,
        })
    }

    fn end(&mut self, out: &mut dyn Write, _: &CheckCounts, gate: &GateRelease) -> io::Result<()> {
        self.suite.note = (!gate.purpose.is_delegation()).then_some(JUDGED_ONLY);
        self.suite.write_document(out, &self.gate)
    }
}

fn test_outcome(result: &CheckResult) -> TestOutcome<'static> {
    let kind = match result.decision.ruling {
        Ruling::Allow | Ruling::Pass => return TestOutcome::Passed,
        Ruling::Hold => "hold",
        Ruling::Block => "block",
        Ruling::Fail => "fail",
    };
    let stopping: Vec<_> =
        result.stopping_reasons().map(|reason| result.describe_reason(reason)).collect();
    let mut details = String::new();
    for reason in &result.decision.reasons {
        let effect = result.decision.ruling.effect_word(reason.effect);
        let _ = writeln!(details, "{effect:5} {}", result.describe_reason(reason));
    }
    // Nothing that a quality gate judges is recorded, so its run would be found nowhere.
    if result.decision.ruling != Ruling::Fail {
        let _ = writeln!(details, "run   {}", result.run);
    }
    TestOutcome::Failed(kind, stopping.join("; "), details)
}

/// Formats microseconds as seconds, the unit of the format.
fn format_seconds(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

/// Escapes a text for attributes and content. Build servers show it to people, so hidden characters are spelled out. XML
/// 1.0 cannot represent most control characters: one of them would make the whole report invalid.
fn escape_xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in reveal_hidden(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\r' => escaped.push_str("&#13;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_out_hidden_characters_and_those_that_xml_forbids() {
        assert_eq!(
            escape_xml("a<b>&\"\u{0}\u{1b}\u{ffff}\u{9b}\u{202e}ä\r\n"),
            "a&lt;b&gt;&amp;&quot;\\u{0}\\u{1b}\\u{ffff}\\u{9b}\\u{202e}ä&#13;&#10;"
        );
        let forbidden = ('\0'..=' ').chain(['\u{fffe}', '\u{ffff}']).collect::<String>();
        let is_allowed = |c: char| c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}');
        assert!(escape_xml(&forbidden).chars().all(is_allowed));
    }

    #[test]
    fn writes_counts_before_the_cases() {
        let mut suite = JunitSuite::new().unwrap();
        for outcome in [
            TestOutcome::Passed,
            TestOutcome::Failed("hold", "why".into(), "details".into()),
            TestOutcome::Error("no output"),
        ] {
            let (name, class, file) = ("it", "gate", "a.jsonl");
            suite
                .add(&JunitCase { name, class, file, line: Some(3), time_us: 1_500_000, outcome })
                .unwrap();
        }
        let mut out = Vec::new();
        suite.write_document(&mut out, "gate").unwrap();
        let text = String::from_utf8(out).unwrap();
        let counts = "tests=\"3\" failures=\"1\" errors=\"1\" time=\"4.500000\"";
        assert_eq!(text.matches(counts).count(), 2, "{text}");
        assert!(text.find(counts) < text.find("<testcase"), "{text}");
    }
}
