//! Commands that call a capability once and report the answer literally.

use tollgate_sdk::host::log::{self, Level};
use tollgate_sdk::host::lookup::{self, Error};
use tollgate_sdk::host::{clock, prompt_text};
use tollgate_sdk::{Finding, Report};

pub fn log(line: &str) -> Report {
    log::info(line);
    Report::pass()
}

pub fn log_at_every_level(line: &str) -> Report {
    for level in [Level::Debug, Level::Info, Level::Warn, Level::Error] {
        log::write(level, line);
    }
    Report::pass()
}

pub fn clock() -> Report {
    Report::pass().measure("now", clock::now() as f64)
}

/// Reads the clock twice. Passes if both readings agree, as they must in one run.
pub fn clock_twice() -> Report {
    if clock::now() == clock::now() { Report::pass() } else { Report::unsure(Vec::new()) }
}

/// Looks up `TABLE KEY`, where the key is the rest of the line, blanks included.
pub fn lookup(argument: &str) -> Report {
    let (table, key) = argument.split_once(' ').unwrap_or((argument, ""));
    answer(match lookup::get(table, key) {
        Ok(Some(value)) => format!("value: {value}"),
        Ok(None) => "absent".into(),
        Err(error) => describe(error),
    })
}

/// Reports for each key of `TABLE KEY…` whether the table has it.
pub fn contains(argument: &str) -> Report {
    let mut parts = argument.split_whitespace().map(String::from);
    let table = parts.next().unwrap_or_default();
    let keys: Vec<String> = parts.collect();
    answer(match lookup::contains_any(&table, &keys) {
        Ok(found) => found.iter().map(bool::to_string).collect::<Vec<_>>().join(" "),
        Err(error) => describe(error),
    })
}

pub fn prompt() -> Report {
    answer(prompt_text::read().unwrap_or_else(|| "none".into()))
}

/// Calls every capability once, and reports a finding or measure for each answer.
pub fn everything() -> Report {
    let reports = [lookup("table key"), contains("table key"), prompt(), log("everything")];
    let findings = reports.into_iter().flat_map(|report| report.findings).collect();
    Report::of(findings).measure("now", clock::now() as f64)
}

fn describe(error: Error) -> String {
    match error {
        Error::NotGranted(table) => format!("not-granted: {table}"),
        Error::Unavailable(reason) => format!("unavailable: {reason}"),
    }
}

fn answer(message: String) -> Report {
    Report::of(vec![Finding::info("answer", message)])
}
