//! How two versions of a prompt differ: wording, variables, what comes back and the model
//! apart, and for each change how far the version has to move for it.
//!
//! Who uses a prompt gives variables and reads what comes back. What breaks one of both is a
//! major change; what does not, but changes what the model is asked or how, is a minor one.
//! Wording is at least a patch: whether it changes outputs is not to be seen here.

mod rest;
mod variables;
mod wording;

use semver::Version;
use serde::Serialize;

use super::PromptFile;
use crate::Bump;

pub use wording::Hunk;

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    /// What the template says.
    Wording,
    /// What the prompt takes.
    Variables,
    /// What comes back.
    Schema,
    /// The model, how it is set, and its tools.
    Model,
    /// What is only told.
    About,
}

/// One thing that is another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it is about.
    pub section: Section,
    /// What is another.
    pub what: String,
    /// How far the version has to move for it.
    pub bump: Bump,
    /// Why that far.
    pub reason: &'static str,
}

/// How two versions differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diff {
    /// What is another, by what it is about.
    pub changes: Vec<Change>,
    /// The lines that are others.
    pub wording: Vec<Hunk>,
    /// How far the version has to move for all of it.
    pub needs: Bump,
    /// The lowest version that says so; nothing, where the first has none.
    pub next: Option<Version>,
    /// Whether the second says so; nothing, where one of both has no version.
    pub enough: Option<bool>,
}

impl Diff {
    /// From one version to another.
    pub fn of(from: &PromptFile, to: &PromptFile) -> Self {
        let wording = wording::hunks(from, to);
        let mut changes = Vec::new();
        if !wording.is_empty() {
            changes.push(Change {
                section: Section::Wording,
                what: "the text is another".into(),
                bump: Bump::Patch,
                reason: "or minor, where it changes what recorded outputs say",
            });
        }
        variables::compare(&from.front_matter.input, &to.front_matter.input, &mut changes);
        rest::compare(&from.front_matter, &to.front_matter, &mut changes);
        if changes.is_empty() && from.digest != to.digest {
            changes.push(Change {
                section: Section::About,
                what: "only its version, or how the file is written, is another".into(),
                bump: Bump::Patch,
                reason: "its digest is another",
            });
        }
        changes.sort_by_key(|change| (change.section, std::cmp::Reverse(change.bump)));
        let needs = changes.iter().map(|change| change.bump).max().unwrap_or(Bump::None);
        let next = from.version().map(|version| needs.next(version));
        let enough = next.as_ref().zip(to.version()).map(|(next, version)| version >= next);
        Self { changes, wording, needs, next, enough }
    }
}

#[cfg(test)]
mod tests;
