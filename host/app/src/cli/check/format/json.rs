//! JSON: a document, or a line for each output.

use std::io::Write;

use serde::Serialize;
use serde_json::json;
use tollgate_govern::provenance;
use tollgate_model::{Digest, GateName, Money, Ruling};

use super::{Format, Shown, Summary};
use crate::cli::check::lines::Line;
use crate::cli::reasons::{self, ToldReason};
use crate::run::Ready;

/// What programs read of one output.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Run<'s> {
    id: &'s str,
    run: Digest,
    release: Digest,
    decision: Ruling,
    #[serde(skip_serializing_if = "Option::is_none")]
    would_be: Option<Ruling>,
    reasons: Vec<ToldReason<'s>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undo_until_ms: Option<u64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    audit: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    ai_assisted: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    recorded_before: bool,
}

/// What is written as JSON.
pub(super) struct Json {
    is_document: bool,
    any: bool,
    gate: Option<GateName>,
}

impl Json {
    pub(super) fn lines() -> Self {
        Self { is_document: false, any: false, gate: None }
    }

    pub(super) fn document() -> Self {
        Self { is_document: true, any: false, gate: None }
    }
}

impl Format for Json {
    fn begin(&mut self, out: &mut dyn Write, ready: &Ready) -> anyhow::Result<()> {
        self.gate = Some(ready.gate.name.clone());
        if self.is_document {
            let (gate, release) = (json!(ready.gate.name), json!(ready.pinned.digest));
            write!(out, "{{\"gate\":{gate},\"release\":{release},\"runs\":[")?;
        }
        Ok(())
    }

    fn line(
        &mut self,
        out: &mut dyn Write,
        line: &Line,
        shown: &Result<Shown, String>,
    ) -> anyhow::Result<()> {
        let before = match (self.is_document, std::mem::replace(&mut self.any, true)) {
            (true, true) => ",\n",
            (true, false) => "\n",
            (false, _) => "",
        };
        out.write_all(before.as_bytes())?;
        match shown {
            Ok(shown) => serde_json::to_writer(&mut *out, &self.run(line, shown))?,
            Err(error) => {
                write!(out, "{}", json!({"id": line.id, "decision": null, "error": error}))?;
            }
        }
        if !self.is_document {
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write, summary: &Summary, _: &Ready) -> anyhow::Result<()> {
        if self.is_document {
            writeln!(out, "\n],\"summary\":{}}}", json!(summary))?;
        }
        Ok(())
    }
}

impl Json {
    fn run<'s>(&self, line: &'s Line, shown: &'s Shown) -> Run<'s> {
        let decision = &shown.decision;
        let provenance = match (&self.gate, &shown.facts) {
            (Some(gate), Some(facts)) => provenance::of(gate, shown.release, facts, decision),
            _ => None,
        };
        Run {
            id: &line.id,
            run: shown.run,
            release: shown.release,
            decision: decision.ruling,
            would_be: decision.would_be,
            reasons: reasons::told(&decision.reasons),
            cost: decision.cost,
            undo_until_ms: decision.undo_until_ms,
            audit: decision.audit,
            ai_assisted: provenance.map(|one| one.to_string()),
            recorded_before: shown.before,
        }
    }
}
