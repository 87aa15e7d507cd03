//! Writes results as one JSON document, or as one line of JSON per output.

use std::io::Write;

use serde::Serialize;
use serde_json::json;
use tollgate_govern::provenance;
use tollgate_model::{Digest, GateName, Money, Ruling, rfc3339};

use super::{CheckResult, CheckSummary, OutputFormat};
use crate::cli::check::input::InputItem;
use crate::cli::reasons::{self, ReasonJson};
use tollgate::gate::LoadedGate;

/// Result of one output in JSON.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct RunJson<'s> {
    id: &'s str,
    run: Digest,
    release: Digest,
    decision: Ruling,
    #[serde(skip_serializing_if = "Option::is_none")]
    would_be: Option<Ruling>,
    reasons: Vec<ReasonJson<'s>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Money>,
    #[serde(
        rename = "undo-until",
        skip_serializing_if = "Option::is_none",
        serialize_with = "rfc3339::option::serialize"
    )]
    undo_until_ms: Option<u64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    audit: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    ai_assisted: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    already_recorded: bool,
}

/// State of JSON output that is being written.
pub(super) struct JsonFormat {
    is_document: bool,
    has_written: bool,
    gate: Option<GateName>,
}

impl JsonFormat {
    pub(super) fn lines() -> Self {
        Self { is_document: false, has_written: false, gate: None }
    }

    pub(super) fn document() -> Self {
        Self { is_document: true, has_written: false, gate: None }
    }
}

impl OutputFormat for JsonFormat {
    fn begin(&mut self, out: &mut dyn Write, loaded: &LoadedGate) -> anyhow::Result<()> {
        self.gate = Some(loaded.gate.name.clone());
        if self.is_document {
            let (gate, release) = (json!(loaded.gate.name), json!(loaded.snapshot.digest));
            write!(out, "{{\"gate\":{gate},\"release\":{release},\"runs\":[")?;
        }
        Ok(())
    }

    fn write_result(
        &mut self,
        out: &mut dyn Write,
        item: &InputItem,
        result: &Result<CheckResult, String>,
    ) -> anyhow::Result<()> {
        let separator = match (self.is_document, std::mem::replace(&mut self.has_written, true)) {
            (true, true) => ",\n",
            (true, false) => "\n",
            (false, _) => "",
        };
        out.write_all(separator.as_bytes())?;
        match result {
            Ok(result) => serde_json::to_writer(&mut *out, &self.run_json(item, result))?,
            Err(error) => {
                write!(out, "{}", json!({"id": item.id, "decision": null, "error": error}))?;
            }
        }
        if !self.is_document {
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn end(
        &mut self,
        out: &mut dyn Write,
        summary: &CheckSummary,
        _: &LoadedGate,
    ) -> anyhow::Result<()> {
        if self.is_document {
            writeln!(out, "\n],\"summary\":{}}}", json!(summary))?;
        }
        Ok(())
    }
}

impl JsonFormat {
    fn run_json<'s>(&self, item: &'s InputItem, result: &'s CheckResult) -> RunJson<'s> {
        let decision = &result.decision;
        let provenance = match (&self.gate, &result.facts) {
            (Some(gate), Some(facts)) => {
                provenance::provenance_of(gate, result.release, facts, decision)
            }
            _ => None,
        };
        RunJson {
            id: &item.id,
            run: result.run,
            release: result.release,
            decision: decision.ruling,
            would_be: decision.would_be,
            reasons: reasons::reasons_json(&decision.reasons),
            cost: decision.cost,
            undo_until_ms: decision.undo_until_ms,
            audit: decision.audit,
            ai_assisted: provenance.map(|one| one.to_string()),
            already_recorded: result.was_recorded,
        }
    }
}
