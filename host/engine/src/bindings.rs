//! Generated WIT bindings, and the only conversions between their types and those of
//! the model.

use tollgate_model as model;

mod generated {
    #![allow(missing_docs, unreachable_pub, clippy::all, clippy::restriction)]

    wasmtime::component::bindgen!({
        path: ["../../wit/0.1.0/contract.wit", "../../wit/0.1.0/host.wit"],
        inline: "
            package tollgate:engine;
            world boundary {
                import tollgate:host/log@0.1.0;
                import tollgate:host/clock@0.1.0;
                import tollgate:host/lookup@0.1.0;
                import tollgate:host/prompt-text@0.1.0;
                export tollgate:contract/judge@0.1.0;
            }
        ",
        world: "tollgate:engine/boundary",
        ownership: Borrowing { duplicate_if_necessary: false },
        imports: { default: trappable },
        exports: { default: async },
    });
}

/// Bindings of the optional `judge-stream` export. A world of its own, because most
/// contracts do not have it.
mod generated_stream {
    #![allow(missing_docs, unreachable_pub, clippy::all, clippy::restriction)]

    wasmtime::component::bindgen!({
        path: "../../wit/0.1.0/contract.wit",
        inline: "
            package tollgate:engine;
            world streaming {
                export tollgate:contract/judge-stream@0.1.0;
            }
        ",
        world: "tollgate:engine/streaming",
        ownership: Borrowing { duplicate_if_necessary: false },
        with: { "tollgate:contract/types": super::generated::tollgate::contract::types },
        imports: { default: trappable },
        exports: { default: async },
    });
}

pub(crate) use generated::tollgate::contract::types;
pub(crate) use generated::tollgate::host;
pub(crate) use generated::{Boundary, BoundaryPre};
pub(crate) use generated_stream::{Streaming, StreamingPre};

/// Converts a subject into its WIT form. The result borrows from the subject, so the only
/// copy is the one that wasmtime makes into the sandbox.
pub(crate) fn subject_to_wit(subject: &model::Subject) -> types::Subject<'_> {
    let content = match &subject.content {
        model::Content::Text(text) => types::Content::Text(text),
        model::Content::Json(json) => types::Content::Json(json.as_str()),
        // Judging refuses it before it comes here.
        model::Content::InvalidJson(invalid) => types::Content::Text(invalid.as_str()),
        model::Content::Action { tool, arguments } => {
            types::Content::Action(types::Action { tool, arguments: arguments.as_str() })
        }
    };
    let prompt = subject.prompt.as_ref().map(|prompt| types::Prompt {
        name: &prompt.name,
        version: &prompt.version,
        digest: &prompt.digest,
    });
    types::Subject { content, prompt, context: subject.context.as_str() }
}

pub(crate) fn findings_from_wit(findings: Vec<types::Finding>) -> Vec<model::Finding> {
    findings.into_iter().map(Into::into).collect()
}

impl From<types::Report> for model::Report {
    fn from(report: types::Report) -> Self {
        let measure =
            |measure: types::Measure| model::Measure { name: measure.name, value: measure.value };
        Self {
            outcome: report.outcome.into(),
            findings: findings_from_wit(report.findings),
            measures: report.measures.into_iter().map(measure).collect(),
        }
    }
}

impl From<types::Finding> for model::Finding {
    fn from(finding: types::Finding) -> Self {
        Self {
            rule: finding.rule,
            severity: finding.severity.into(),
            message: finding.message,
            place: finding.place.into(),
            fix: finding.fix,
            confidence: finding.confidence,
        }
    }
}

impl From<types::Place> for model::Place {
    fn from(place: types::Place) -> Self {
        match place {
            types::Place::Whole => Self::Whole,
            types::Place::Span(types::Span { start, end }) => {
                Self::Span(model::Span { start, end })
            }
            types::Place::Pointer(pointer) => Self::Pointer(pointer),
        }
    }
}

impl From<types::Outcome> for model::Outcome {
    fn from(outcome: types::Outcome) -> Self {
        match outcome {
            types::Outcome::Pass => Self::Pass,
            types::Outcome::Fail => Self::Fail,
            types::Outcome::Unsure => Self::Unsure,
        }
    }
}

impl From<types::Severity> for model::Severity {
    fn from(severity: types::Severity) -> Self {
        match severity {
            types::Severity::Info => Self::Info,
            types::Severity::Warning => Self::Warning,
            types::Severity::Error => Self::Error,
            types::Severity::Critical => Self::Critical,
        }
    }
}

impl From<types::Refusal> for model::Refusal {
    fn from(refusal: types::Refusal) -> Self {
        match refusal {
            types::Refusal::BadConfig(types::BadConfig { pointer, reason }) => {
                Self::BadConfig { pointer, reason }
            }
            types::Refusal::NotApplicable(reason) => Self::NotApplicable { reason },
            types::Refusal::Broken(reason) => Self::Broken { reason },
        }
    }
}
