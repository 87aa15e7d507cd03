//! JSON: a document, or a line for each output.

use std::io::Write;

use serde_json::{Value, json};
use tollgate_govern::provenance;
use tollgate_model::{GateName, Reason};

use super::{Format, Shown, Summary};
use crate::cli::check::lines::Line;
use crate::run::Ready;

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
        let value = match shown {
            Ok(shown) => self.run(line, shown),
            Err(error) => json!({"id": line.id, "decision": null, "error": error}),
        };
        match (self.is_document, std::mem::replace(&mut self.any, true)) {
            (true, true) => write!(out, ",\n{value}")?,
            (true, false) => write!(out, "\n{value}")?,
            (false, _) => writeln!(out, "{value}")?,
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
    fn run(&self, line: &Line, shown: &Shown) -> Value {
        let decision = &shown.decision;
        let mut value = json!({
            "id": line.id,
            "run": shown.run,
            "release": shown.release,
            "decision": decision.ruling,
            "reasons": decision.reasons.iter().map(reason).collect::<Vec<_>>(),
        });
        let provenance = match (&self.gate, &shown.facts) {
            (Some(gate), Some(facts)) => provenance::of(gate, shown.release, facts, decision),
            _ => None,
        };
        let more = [
            ("would-be", decision.would_be.map(|ruling| json!(ruling))),
            ("cost", decision.cost.map(|cost| json!(cost))),
            ("undo-until-ms", decision.undo_until_ms.map(|until| json!(until))),
            ("audit", decision.audit.then_some(Value::Bool(true))),
            ("ai-assisted", provenance.map(|one| one.to_string().into())),
            ("recorded-before", shown.before.then_some(Value::Bool(true))),
        ];
        if let Value::Object(members) = &mut value {
            members.extend(more.into_iter().filter_map(|(key, value)| Some((key.into(), value?))));
        }
        value
    }
}

/// A reason, and the sentence for people.
fn reason(reason: &Reason) -> Value {
    let mut value = json!(reason);
    if let Value::Object(members) = &mut value {
        members.insert("sentence".into(), reason.to_string().into());
    }
    value
}
