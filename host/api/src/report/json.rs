//! Writes results as one JSON document, or as one line of JSON per output.

use std::io::{self, Write};

use serde_json::json;
use tollgate::intake::InputOrigin;
use tollgate_model::{FormatVersion, GateName, GatePurpose};

use super::{CheckCounts, CheckResult, GateRelease, ReportFormat};
use crate::{OutputResult, OutputResultLine, json_text};

/// JSON that is being written: a [`CheckDocument`](crate::CheckDocument), or an [`OutputResultLine`] per output.
pub struct JsonFormat {
    is_document: bool,
    has_written: bool,
    gate: Option<GateName>,
    purpose: GatePurpose,
}

impl JsonFormat {
    pub fn lines() -> Self {
        Self::new(false)
    }

    pub fn document() -> Self {
        Self::new(true)
    }

    fn new(is_document: bool) -> Self {
        Self { is_document, has_written: false, gate: None, purpose: GatePurpose::default() }
    }
}

impl ReportFormat for JsonFormat {
    fn begin(&mut self, out: &mut dyn Write, gate: &GateRelease) -> io::Result<()> {
        (self.gate, self.purpose) = (Some(gate.gate.clone()), gate.purpose);
        if self.is_document {
            let format = json!(FormatVersion::<1>);
            let (gate, release) = (json!(gate.gate), json!(gate.release));
            write!(out, "{{\"format\":{format},\"gate\":{gate},\"release\":{release},")?;
            if !self.purpose.is_delegation() {
                write!(out, "\"purpose\":{},", json!(self.purpose))?;
            }
            write!(out, "\"runs\":[")?;
        }
        Ok(())
    }

    fn write_result(
        &mut self,
        out: &mut dyn Write,
        item: &InputOrigin,
        result: &Result<CheckResult, String>,
    ) -> io::Result<()> {
        let result = OutputResult::new(self.gate.as_ref(), item, result);
        if !self.is_document {
            let line = json_text(&OutputResultLine { format: FormatVersion, result })?;
            return writeln!(out, "{line}");
        }
        let separator = if std::mem::replace(&mut self.has_written, true) { ",\n" } else { "\n" };
        write!(out, "{separator}{}", json_text(&result)?)
    }

    fn end(
        &mut self,
        out: &mut dyn Write,
        counts: &CheckCounts,
        _: &GateRelease,
    ) -> io::Result<()> {
        if self.is_document {
            writeln!(out, "\n],\"summary\":{}}}", json!(counts))?;
        }
        Ok(())
    }
}
