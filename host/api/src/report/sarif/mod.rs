//! Writes SARIF 2.1.0, which code hosts display: one result for each reason that holds or blocks. Rules
//! and notifications are only known at the end, and JSON allows them after the results.

mod location;

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use serde_json::{Map, Value, json};
use tollgate::intake::InputOrigin;
use tollgate_model::{Digest, Reason, ReasonEffect, ReasonKind, Severity};

use super::spool::Spool;
use super::{CheckCounts, CheckResult, GateRelease, ReportFormat};
use crate::json_text;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const WEBSITE: &str = "https://github.com/tollgate-dev/tollgate";
/// Maximum number of rules described. Contracts may name any number of rules.
const RULES_MAX: usize = 10_000;
/// Digits of a fingerprint: enough to keep the results of one file apart.
const FINGERPRINT_DIGITS: usize = 32;

/// State of a SARIF report that is being written.
pub struct SarifFormat {
    gate: String,
    has_results: bool,
    /// Description and worst level of each rule, by its id.
    rules: BTreeMap<String, (String, SarifLevel)>,
    /// Errors of outputs that could not be judged.
    notifications: Spool,
    has_notifications: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SarifLevel {
    Note,
    Warning,
    Error,
}

impl SarifFormat {
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            gate: String::new(),
            has_results: false,
            rules: BTreeMap::new(),
            notifications: Spool::new()?,
            has_notifications: false,
        })
    }

    fn results(&mut self, item: &InputOrigin, result: &CheckResult) -> Vec<Value> {
        let mut locations = location::FindingLocations::new(item, result);
        let mut seen: HashMap<String, u32> = HashMap::new();
        let mut results = Vec::new();
        for reason in result.stopping_reasons() {
            let (rule, level) = (rule_id(&reason.kind), result_level(reason));
            self.register_rule(&rule, &reason.kind, level);
            // Results of one rule need distinct fingerprints, or code hosts merge them.
            let count = seen.entry(rule.clone()).or_default();
            *count += 1;
            results.push(json!({
                "ruleId": rule,
                "level": level.as_str(),
                "message": {"text": reason.to_string()},
                "locations": [locations.take_location(&reason.kind)],
                "partialFingerprints": {
                    "tollgate/v1": fingerprint(&self.gate, &rule, &result.output, *count),
                },
                "properties": {
                    "run": result.run,
                    "decision": result.decision.ruling,
                    "effect": reason.effect,
                    "output": item.id,
                },
            }));
        }
        results
    }

    fn register_rule(&mut self, rule: &str, cause: &ReasonKind, level: SarifLevel) {
        if let Some((_, worst)) = self.rules.get_mut(rule) {
            *worst = level.max(*worst);
        } else if self.rules.len() < RULES_MAX {
            self.rules.insert(rule.into(), (rule_description(cause), level));
        }
    }

    fn rules_json(&self) -> Vec<Value> {
        let rules = self.rules.iter().map(|(id, (text, level))| {
            json!({
                "id": id,
                "shortDescription": {"text": text},
                "defaultConfiguration": {"level": level.as_str()},
            })
        });
        rules.collect()
    }
}

impl ReportFormat for SarifFormat {
    fn begin(&mut self, out: &mut dyn Write, gate: &GateRelease) -> io::Result<()> {
        self.gate = gate.gate.to_string();
        let id = json!({"id": format!("tollgate/{}/", self.gate)});
        writeln!(out, "{{\"$schema\":{},\"version\":\"2.1.0\",\"runs\":[{{", json!(SCHEMA))?;
        writeln!(out, "\"automationDetails\":{id},\"columnKind\":\"utf16CodeUnits\",")?;
        write!(out, "\"results\":[")?;
        Ok(())
    }

    fn write_result(
        &mut self,
        out: &mut dyn Write,
        item: &InputOrigin,
        result: &Result<CheckResult, String>,
    ) -> io::Result<()> {
        match result {
            Ok(result) => {
                for entry in self.results(item, result) {
                    let comma =
                        if std::mem::replace(&mut self.has_results, true) { "," } else { "" };
                    write!(out, "{comma}\n{}", json_text(&entry)?)?;
                }
            }
            Err(error) => {
                let notification = json!({
                    "level": "error",
                    "message": {"text": error},
                    "locations": [location::line_location(item)],
                });
                let comma =
                    if std::mem::replace(&mut self.has_notifications, true) { "," } else { "" };
                write!(self.notifications, "{comma}\n{}", json_text(&notification)?)?;
            }
        }
        Ok(())
    }

    fn end(
        &mut self,
        out: &mut dyn Write,
        counts: &CheckCounts,
        gate: &GateRelease,
    ) -> io::Result<()> {
        let driver = json!({"driver": {
            "name": "tollgate",
            "version": env!("CARGO_PKG_VERSION"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "informationUri": WEBSITE,
            "rules": self.rules_json(),
        }});
        let purpose = (!gate.purpose.is_delegation()).then(|| json!(gate.purpose));
        let properties = object_of_present([
            ("gate", Some(json!(self.gate))),
            ("release", Some(json!(gate.release))),
            ("purpose", purpose),
            ("summary", Some(json!(counts))),
        ]);
        let driver = json_text(&driver)?;
        writeln!(out, "\n],\n\"tool\":{driver},\n\"properties\":{properties},")?;
        let successful = counts.not_judged == 0;
        write!(out, "\"invocations\":[{{\"executionSuccessful\":{successful},")?;
        write!(out, "\"toolExecutionNotifications\":[")?;
        self.notifications.copy_to(out)?;
        writeln!(out, "]}}]\n}}]}}")?;
        Ok(())
    }
}

impl SarifLevel {
    fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Returns the level of a result: by the severity of a finding, and by the effect of any other reason.
fn result_level(reason: &Reason) -> SarifLevel {
    match (&reason.kind, reason.effect) {
        (ReasonKind::Finding { severity, .. }, _) => match severity {
            Severity::Info => SarifLevel::Note,
            Severity::Warning => SarifLevel::Warning,
            Severity::Error | Severity::Critical => SarifLevel::Error,
        },
        (_, ReasonEffect::Block) => SarifLevel::Error,
        (_, ReasonEffect::Hold) => SarifLevel::Warning,
        (_, ReasonEffect::Note) => SarifLevel::Note,
    }
}

/// Returns the id of the rule behind a reason: a rule of a contract, or one of gates.
fn rule_id(cause: &ReasonKind) -> String {
    match cause {
        ReasonKind::Finding { contract, rule, .. } => format!("{contract}/{rule}"),
        other => match other.contract() {
            Some(contract) => format!("{contract}/{}", other.code()),
            None => other.code().into(),
        },
    }
}

fn rule_description(cause: &ReasonKind) -> String {
    match (cause, cause.contract()) {
        (ReasonKind::Finding { contract, rule, .. }, _) => format!("{rule}, found by {contract}"),
        (other, Some(contract)) => format!("{}, of {contract}", other.code().replace('-', " ")),
        (other, None) => other.code().replace('-', " "),
    }
}

/// Returns a fingerprint that stays the same when an output moves to another line or is judged again.
fn fingerprint(gate: &str, rule: &str, output: &Digest, count: u32) -> String {
    let identity = format!("{gate}\n{rule}\n{output}\n{count}");
    Digest::of(identity).hex().chars().take(FINGERPRINT_DIGITS).collect()
}

/// Builds an object of the members that have a value.
fn object_of_present(members: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    let members = members.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(Map::from_iter(members))
}
