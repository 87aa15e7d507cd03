//! That an output is AI-assisted, and what stands behind it: for what goes out, and only for that.

use std::fmt;

use serde::Serialize;
use tollgate_model::{Cause, Decision, Digest, GateName, Person, Ruling};

use crate::Facts;

/// The name of the header that it is written in.
pub const HEADER: &str = "AI-Assisted";

/// What stands behind an output that went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Provenance {
    /// Which gate let it out.
    pub gate: GateName,
    /// Pinned to what.
    pub release: Digest,
    /// The run.
    pub run: Digest,
    /// The output.
    pub subject: Digest,
    /// The model that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Who approved it; nobody, where it went out by itself.
    pub reviewers: Vec<Person>,
}

/// The provenance of an output; nothing, where it does not go out.
pub fn of(
    gate: &GateName,
    release: Digest,
    facts: &Facts,
    decision: &Decision,
) -> Option<Provenance> {
    let approved = decision.reasons.iter().find_map(|reason| match &reason.cause {
        Cause::Approved { by } => Some(by.clone()),
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

/// The value of the header. Names of people and models may hold anything, so what would end the
/// line or the value is written as `%` and its number.
impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "yes; gate=\"{}\"; release=\"{}\"; run=\"{}\"",
            self.gate, self.release, self.run
        )?;
        if let Some(model) = &self.model {
            write!(f, "; model=\"{}\"", quoted(model))?;
        }
        for reviewer in &self.reviewers {
            write!(f, "; reviewer=\"{}\"", quoted(reviewer.as_str()))?;
        }
        Ok(())
    }
}

fn quoted(text: &str) -> String {
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
    use tollgate_model::{Content, Effect, Reason, Subject};

    use super::*;

    fn decision(ruling: Ruling) -> Decision {
        let cause = Cause::Approved { by: vec!["Zoë \"Z\"\r\nX: y".parse().unwrap()] };
        let reasons = vec![Reason { effect: Effect::Note, lifted: false, cause }];
        let (would_be, undo_until_ms, cost) = (None, None, None);
        Decision { ruling, would_be, reasons, audit: false, undo_until_ms, cost }
    }

    #[test]
    fn what_goes_out_says_what_stands_behind_it_in_one_line() {
        let subject = Subject::new(Content::Text("hello".into()));
        let mut facts = Facts::of(&subject, Digest::of("subject"), Digest::of("run"));
        facts.model = Some("acme/large".into());
        let gate: GateName = "welcome-email".parse().unwrap();
        let of = |ruling| of(&gate, Digest::of("release"), &facts, &decision(ruling));
        let header = of(Ruling::Allow).unwrap().to_string();
        assert!(header.starts_with("yes; gate=\"welcome-email\"; release=\"sha256:"), "{header}");
        let end = "model=\"acme/large\"; reviewer=\"Zo%C3%AB %22Z%22%0D%0AX: y\"";
        assert!(header.ends_with(end), "{header}");
        assert_eq!((of(Ruling::Hold), of(Ruling::Block)), (None, None));
    }
}
