//! The provenance of an allowed output: a statement that it is AI-assisted, and by what it was let
//! out.

use std::fmt;

use tollgate_model::{Decision, Digest, GateName, Person, ReasonKind, Ruling};

use crate::OutputFacts;

/// Name of the header that carries the provenance.
pub const HEADER_NAME: &str = "AI-Assisted";

/// Provenance of an allowed output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    pub gate: GateName,
    /// Digest of the release that decided.
    pub release: Digest,
    pub run: Digest,
    pub subject: Digest,
    /// Model that made the output; `None` if the caller does not say.
    pub model: Option<String>,
    /// People who approved the output; empty if no approval was needed.
    pub reviewers: Vec<Person>,
}

/// Returns the provenance of an output, or `None` if it is not allowed.
pub fn provenance_of(
    gate: &GateName,
    release: Digest,
    facts: &OutputFacts,
    decision: &Decision,
) -> Option<Provenance> {
    let approved = decision.reasons.iter().find_map(|reason| match &reason.kind {
        ReasonKind::Approved { by } => Some(by.clone()),
        _ => None,
    });
    (decision.ruling == Ruling::Allow).then(|| Provenance {
        gate: gate.clone(),
        release,
        run: facts.run,
        subject: facts.subject,
        model: facts.model.clone(),
        reviewers: approved.unwrap_or_default(),
    })
}

/// Writes the value of the header. Names of people and models may contain any character, so all but
/// plain printable ASCII is percent-encoded: a name can end neither the value nor the line.
impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "yes; gate=\"{}\"; release=\"{}\"; run=\"{}\"",
            self.gate, self.release, self.run
        )?;
        if let Some(model) = &self.model {
            write!(f, "; model=\"{}\"", percent_encode(model))?;
        }
        for reviewer in &self.reviewers {
            write!(f, "; reviewer=\"{}\"", percent_encode(reviewer.as_str()))?;
        }
        Ok(())
    }
}

fn percent_encode(text: &str) -> String {
    // `%` is encoded too, so that the value can be decoded without ambiguity.
    let plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'%');
    let mut quoted = String::new();
    for byte in text.bytes() {
        if plain(byte) {
            quoted.push(char::from(byte));
        } else {
            quoted.push_str(&format!("%{byte:02X}"));
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use tollgate_model::{Content, Reason, ReasonEffect, Subject};

    use super::*;

    fn decision(ruling: Ruling) -> Decision {
        let kind = ReasonKind::Approved { by: vec!["Zoë \"Z\": y".parse().unwrap()] };
        let reasons = vec![Reason { effect: ReasonEffect::Note, lifted: false, kind }];
        let (would_be, undo_until_ms, cost) = (None, None, None);
        Decision { ruling, would_be, reasons, audit: false, undo_until_ms, cost }
    }

    #[test]
    fn allowed_outputs_have_a_one_line_provenance() {
        let subject = Subject::new(Content::Text("hello".into()));
        let mut facts =
            OutputFacts::from_subject(&subject, Digest::of("subject"), Digest::of("run"));
        facts.model = Some("acme/large".into());
        let gate: GateName = "welcome-email".parse().unwrap();
        let of = |ruling| provenance_of(&gate, Digest::of("release"), &facts, &decision(ruling));
        let header = of(Ruling::Allow).unwrap().to_string();
        assert!(header.starts_with("yes; gate=\"welcome-email\"; release=\"sha256:"), "{header}");
        let end = "model=\"acme/large\"; reviewer=\"Zo%C3%AB %22Z%22: y\"";
        assert!(header.ends_with(end), "{header}");
        assert_eq!((of(Ruling::Hold), of(Ruling::Block)), (None, None));
    }
}
