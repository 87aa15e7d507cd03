//! SARIF 2.1.0: a result for each reason that holds or blocks, where code hosts show it. Rules and
//! what could not be judged are known last, and JSON lets them stand behind the results.

mod place;

use std::collections::{BTreeMap, HashMap};
use std::io::Write;

use serde_json::{Map, Value, json};
use tollgate_model::{Cause, Digest, Effect, Reason, Severity};

use super::spool::Spool;
use super::{Format, Shown, Summary};
use crate::cli::check::lines::Line;
use crate::run::Ready;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const WEBSITE: &str = "https://github.com/tollgate-dev/tollgate";
/// Rules are named by contracts, and a contract may name any number: the rest is not described.
const RULES_MAX: usize = 10_000;
/// Enough that no two results of one file are taken for the same.
const FINGERPRINT_DIGITS: usize = 32;

/// What code hosts read.
pub(super) struct Sarif {
    gate: String,
    any: bool,
    /// What each rule is, and how bad at worst.
    rules: BTreeMap<String, (String, Level)>,
    /// What could not be judged.
    notifications: Spool,
    any_notification: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Note,
    Warning,
    Error,
}

impl Sarif {
    pub(super) fn new() -> anyhow::Result<Self> {
        Ok(Self {
            gate: String::new(),
            any: false,
            rules: BTreeMap::new(),
            notifications: Spool::new()?,
            any_notification: false,
        })
    }

    fn results(&mut self, line: &Line, shown: &Shown) -> Vec<Value> {
        let mut places = place::Places::of(line, shown);
        let mut seen: HashMap<String, u32> = HashMap::new();
        let stops = shown.decision.reasons.iter().filter(|reason| reason.effect != Effect::Note);
        let mut results = Vec::new();
        for reason in stops {
            let (rule, level) = (rule(&reason.cause), level(reason));
            self.describe(&rule, &reason.cause, level);
            let count = seen.entry(rule.clone()).or_default();
            *count += 1;
            results.push(json!({
                "ruleId": rule,
                "level": level.word(),
                "message": {"text": reason.to_string()},
                "locations": [places.next(&reason.cause)],
                "partialFingerprints": {
                    "tollgate/v1": fingerprint(&self.gate, &rule, &shown.output, *count),
                },
                "properties": {
                    "run": shown.run,
                    "decision": shown.decision.ruling,
                    "effect": reason.effect,
                    "output": line.id,
                },
            }));
        }
        results
    }

    fn describe(&mut self, rule: &str, cause: &Cause, level: Level) {
        if let Some((_, worst)) = self.rules.get_mut(rule) {
            *worst = level.max(*worst);
        } else if self.rules.len() < RULES_MAX {
            self.rules.insert(rule.into(), (description(cause), level));
        }
    }

    fn rules(&self) -> Vec<Value> {
        let rules = self.rules.iter().map(|(id, (text, level))| {
            json!({
                "id": id,
                "shortDescription": {"text": text},
                "defaultConfiguration": {"level": level.word()},
            })
        });
        rules.collect()
    }
}

impl Format for Sarif {
    fn begin(&mut self, out: &mut dyn Write, ready: &Ready) -> anyhow::Result<()> {
        self.gate = ready.gate.name.to_string();
        let id = json!({"id": format!("tollgate/{}/", self.gate)});
        writeln!(out, "{{\"$schema\":{},\"version\":\"2.1.0\",\"runs\":[{{", json!(SCHEMA))?;
        writeln!(out, "\"automationDetails\":{id},\"columnKind\":\"utf16CodeUnits\",")?;
        write!(out, "\"results\":[")?;
        Ok(())
    }

    fn line(
        &mut self,
        out: &mut dyn Write,
        line: &Line,
        shown: &Result<Shown, String>,
    ) -> anyhow::Result<()> {
        match shown {
            Ok(shown) => {
                for result in self.results(line, shown) {
                    let comma = if std::mem::replace(&mut self.any, true) { "," } else { "" };
                    write!(out, "{comma}\n{result}")?;
                }
            }
            Err(error) => {
                let notification = json!({
                    "level": "error",
                    "message": {"text": error},
                    "locations": [place::of_line(line)],
                });
                let before = std::mem::replace(&mut self.any_notification, true);
                write!(self.notifications, "{}\n{notification}", if before { "," } else { "" })?;
            }
        }
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write, summary: &Summary, ready: &Ready) -> anyhow::Result<()> {
        let driver = json!({"driver": {
            "name": "tollgate",
            "version": env!("CARGO_PKG_VERSION"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "informationUri": WEBSITE,
            "rules": self.rules(),
        }});
        let properties =
            json!({"gate": self.gate, "release": ready.pinned.digest, "summary": summary});
        writeln!(out, "\n],\n\"tool\":{driver},\n\"properties\":{properties},")?;
        let successful = summary.not_judged == 0;
        write!(out, "\"invocations\":[{{\"executionSuccessful\":{successful},")?;
        write!(out, "\"toolExecutionNotifications\":[")?;
        self.notifications.copy_to(out)?;
        writeln!(out, "]}}]\n}}]}}")?;
        Ok(())
    }
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What a contract found is as bad as it says; everything else as bad as what it does.
fn level(reason: &Reason) -> Level {
    match (&reason.cause, reason.effect) {
        (Cause::Finding { severity, .. }, _) => match severity {
            Severity::Info => Level::Note,
            Severity::Warning => Level::Warning,
            Severity::Error | Severity::Critical => Level::Error,
        },
        (_, Effect::Block) => Level::Error,
        (_, Effect::Hold) => Level::Warning,
        (_, Effect::Note) => Level::Note,
    }
}

/// What the rule is called that speaks: a contract's, or one of gates.
fn rule(cause: &Cause) -> String {
    match cause {
        Cause::Finding { contract, rule, .. } => format!("{contract}/{rule}"),
        other => match other.contract() {
            Some(contract) => format!("{contract}/{}", other.code()),
            None => other.code().into(),
        },
    }
}

fn description(cause: &Cause) -> String {
    match (cause, cause.contract()) {
        (Cause::Finding { contract, rule, .. }, _) => format!("{rule}, found by {contract}"),
        (other, Some(contract)) => format!("{}, of {contract}", other.code().replace('-', " ")),
        (other, None) => other.code().replace('-', " "),
    }
}

/// The same for the same reason about the same output, wherever it stands and whenever it is judged.
fn fingerprint(gate: &str, rule: &str, output: &Digest, count: u32) -> String {
    let all = format!("{gate}\n{rule}\n{output}\n{count}");
    Digest::of(all).hex().chars().take(FINGERPRINT_DIGITS).collect()
}

/// An object of what is there.
fn object(members: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    let members = members.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(Map::from_iter(members))
}
