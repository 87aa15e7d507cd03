//! Comparison of two versions of a prompt, by section: wording, variables, output schema, model.
//! Each change has the version bump that it requires.
//!
//! Callers of a prompt pass variables and read the output. A change that breaks either is major;
//! one that only changes the request to the model is minor. New wording is a patch here, because
//! its effect on outputs cannot be seen without recorded outputs.

mod front_matter;
mod variables;
mod wording;

use semver::Version;

use super::PromptFile;
use crate::Bump;

pub use wording::Hunk;

/// Part of a prompt that a change concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeSection {
    /// Text of the template.
    Wording,
    /// Input variables.
    Variables,
    /// Output format and schema.
    Schema,
    /// Model, its settings and its tools.
    Model,
    /// Descriptions and metadata.
    About,
}

/// A single change between two versions of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptChange {
    pub section: ChangeSection,
    /// Description of the change, without a final full stop.
    pub description: String,
    /// Least bump of the version that covers this change.
    pub bump: Bump,
    /// Reason for the bump: what callers notice.
    pub reason: &'static str,
}

/// All changes between two versions of a prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptDiff {
    /// Changes, ordered by section, the largest bump first.
    pub changes: Vec<PromptChange>,
    /// Changed lines of the template and its partials.
    pub wording: Vec<Hunk>,
    /// Bump that the changes require together.
    pub required_bump: Bump,
    /// Lowest version that satisfies the bump; `None` if the old prompt has no version.
    pub lowest_version: Option<Version>,
    /// Whether the new version satisfies the bump; `None` if a prompt has no version.
    pub is_sufficient: Option<bool>,
}

impl PromptDiff {
    /// Compares two versions.
    pub fn between(from: &PromptFile, to: &PromptFile) -> Self {
        let wording = wording::changed_lines(from, to);
        let mut changes = Vec::new();
        if !wording.is_empty() {
            changes.push(PromptChange {
                section: ChangeSection::Wording,
                description: "the text of the template changed".into(),
                bump: Bump::Patch,
                reason: "or minor, if it changes the results of recorded outputs",
            });
        }
        variables::compare_variables(
            &from.front_matter.input,
            &to.front_matter.input,
            &mut changes,
        );
        front_matter::compare_front_matter(&from.front_matter, &to.front_matter, &mut changes);
        if changes.is_empty() && from.digest != to.digest {
            changes.push(PromptChange {
                section: ChangeSection::About,
                description: "only the version or the formatting of the file changed".into(),
                bump: Bump::Patch,
                reason: "the digest changes",
            });
        }
        // Stable: changes of equal rank stay in the order of the file.
        changes.sort_by_key(|change| (change.section, std::cmp::Reverse(change.bump)));
        let required_bump = changes.iter().map(|change| change.bump).max().unwrap_or(Bump::None);
        let lowest_version = from.version().map(|version| required_bump.next(version));
        let is_sufficient =
            lowest_version.as_ref().zip(to.version()).map(|(next, version)| version >= next);
        Self { changes, wording, required_bump, lowest_version, is_sufficient }
    }
}

#[cfg(test)]
mod tests;
