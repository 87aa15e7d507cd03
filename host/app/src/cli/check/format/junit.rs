//! JUnit's XML, as build servers read it: each output is a test case. What is held or blocked has
//! failed; what could not be judged is an error.

use std::fmt::Write as _;
use std::io::Write;

use tollgate_model::{Effect, Ruling};

use super::spool::Spool;
use super::{Format, Shown, Summary};
use crate::cli::check::lines::Line;
use crate::run::Ready;

/// What build servers read.
pub(super) struct Junit {
    suite: Suite,
    gate: String,
}

/// A suite on its way. Its counts stand before its cases, so these wait.
pub(in crate::cli) struct Suite {
    cases: Spool,
    tests: u64,
    failures: u64,
    errors: u64,
    time_us: u64,
}

/// One case.
pub(in crate::cli) struct Case<'a> {
    pub(in crate::cli) name: &'a str,
    pub(in crate::cli) class: &'a str,
    pub(in crate::cli) file: &'a str,
    pub(in crate::cli) line: Option<u64>,
    pub(in crate::cli) time_us: u64,
    pub(in crate::cli) came: Came<'a>,
}

/// What came of a case.
pub(in crate::cli) enum Came<'a> {
    Passed,
    /// Of which kind, in a sentence, and with all details.
    Failed(&'a str, String, String),
    /// Nothing came of it: why.
    Error(&'a str),
}

impl Suite {
    pub(in crate::cli) fn new() -> anyhow::Result<Self> {
        Ok(Self { cases: Spool::new()?, tests: 0, failures: 0, errors: 0, time_us: 0 })
    }

    pub(in crate::cli) fn add(&mut self, case: &Case<'_>) -> anyhow::Result<()> {
        self.tests += 1;
        self.time_us = self.time_us.saturating_add(case.time_us);
        let out = &mut self.cases;
        let (name, class, file) = (escaped(case.name), escaped(case.class), escaped(case.file));
        write!(out, "    <testcase name=\"{name}\" classname=\"{class}\" file=\"{file}\"")?;
        if let Some(line) = case.line {
            write!(out, " line=\"{line}\"")?;
        }
        write!(out, " time=\"{}\"", seconds(case.time_us))?;
        match &case.came {
            Came::Passed => writeln!(out, "/>")?,
            Came::Failed(kind, sentence, details) => {
                self.failures += 1;
                let (kind, sentence) = (escaped(kind), escaped(sentence));
                writeln!(out, ">\n      <failure type=\"{kind}\" message=\"{sentence}\">")?;
                writeln!(out, "{}</failure>\n    </testcase>", escaped(details))?;
            }
            Came::Error(why) => {
                self.errors += 1;
                let why = escaped(why);
                writeln!(out, ">\n      <error type=\"not-judged\" message=\"{why}\"/>")?;
                writeln!(out, "    </testcase>")?;
            }
        }
        Ok(())
    }

    /// Writes the document.
    pub(in crate::cli) fn end(&mut self, out: &mut dyn Write, name: &str) -> anyhow::Result<()> {
        let Self { tests, failures, errors, time_us, .. } = *self;
        let time = seconds(time_us);
        let counts = format!(
            "tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\" time=\"{time}\""
        );
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(out, "<testsuites name=\"tollgate\" {counts}>")?;
        writeln!(out, "  <testsuite name=\"{}\" {counts}>", escaped(name))?;
        self.cases.copy_to(out)?;
        writeln!(out, "  </testsuite>\n</testsuites>")?;
        Ok(())
    }
}

impl Junit {
    pub(super) fn new() -> anyhow::Result<Self> {
        Ok(Self { suite: Suite::new()?, gate: String::new() })
    }
}

impl Format for Junit {
    fn begin(&mut self, _: &mut dyn Write, ready: &Ready) -> anyhow::Result<()> {
        self.gate = ready.gate.name.to_string();
        Ok(())
    }

    fn line(
        &mut self,
        _: &mut dyn Write,
        line: &Line,
        shown: &Result<Shown, String>,
    ) -> anyhow::Result<()> {
        let came = match shown {
            Ok(shown) => came(shown),
            Err(error) => Came::Error(error),
        };
        self.suite.add(&Case {
            name: &line.id,
            class: &self.gate,
            file: &line.file,
            line: line.line,
            time_us: shown.as_ref().map_or(0, |shown| shown.time_us),
            came,
        })
    }

    fn end(&mut self, out: &mut dyn Write, _: &Summary, _: &Ready) -> anyhow::Result<()> {
        self.suite.end(out, &self.gate)
    }
}

fn came(shown: &Shown) -> Came<'static> {
    let kind = match shown.decision.ruling {
        Ruling::Allow => return Came::Passed,
        Ruling::Hold => "hold",
        Ruling::Block => "block",
    };
    let stops = shown.decision.reasons.iter().filter(|reason| reason.effect != Effect::Note);
    let stops: Vec<_> = stops.map(ToString::to_string).collect();
    let mut details = String::new();
    for reason in &shown.decision.reasons {
        let _ = writeln!(details, "{:5} {reason}", reason.effect.to_string());
    }
    let _ = writeln!(details, "run   {}", shown.run);
    Came::Failed(kind, stops.join("; "), details)
}

/// In seconds, as the format has it.
fn seconds(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

/// For an attribute or a text. XML 1.0 has no way to write most control characters, so that one of
/// them would make the whole report unreadable.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\r' => escaped.push_str("&#13;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_say_is_replaced() {
        assert_eq!(
            escaped("a<b>&\"\u{0}\u{1b}\u{ffff}ä\n"),
            "a&lt;b&gt;&amp;&quot;\u{fffd}\u{fffd}\u{fffd}ä&#10;"
        );
    }

    #[test]
    fn counts_stand_before_the_cases() {
        let mut suite = Suite::new().unwrap();
        for came in [
            Came::Passed,
            Came::Failed("hold", "why".into(), "details".into()),
            Came::Error("no output"),
        ] {
            let (name, class, file) = ("it", "gate", "a.jsonl");
            suite
                .add(&Case { name, class, file, line: Some(3), time_us: 1_500_000, came })
                .unwrap();
        }
        let mut out = Vec::new();
        suite.end(&mut out, "gate").unwrap();
        let text = String::from_utf8(out).unwrap();
        let counts = "tests=\"3\" failures=\"1\" errors=\"1\" skipped=\"0\" time=\"4.500000\"";
        assert_eq!(text.matches(counts).count(), 2, "{text}");
        assert!(text.find(counts) < text.find("<testcase"), "{text}");
    }
}
