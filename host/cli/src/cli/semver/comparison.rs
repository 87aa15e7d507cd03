//! The version bump that the differences between two versions need, compared with the actual bump.

use std::cmp::Reverse;

use semver::Version;
use tollgate_api::VersionComparisonDocument;
use tollgate_model::FormatVersion;
use tollgate_packages::Bump;
use tollgate_packages::semver_check::{self, ContractChange};

use crate::console::{self, BAD, GOOD, QUIET, STRONG, paint};

/// Maximum number of differences that are printed; JSON output has all of them.
const DIFFERENCES_SHOWN_MAX: usize = 20;

/// Result of comparing two versions of a contract or prompt.
pub(in crate::cli) struct VersionComparison {
    name: String,
    old: Version,
    new: Version,
    required_bump: Bump,
    pub(in crate::cli) lowest_version: Version,
    pub(in crate::cli) sufficient: bool,
    subjects: usize,
    /// Sorted by descending bump, so that the printed part contains the most important ones.
    differences: Vec<ContractChange>,
}

impl VersionComparison {
    pub(super) fn new(
        name: String,
        old: &Version,
        new: &Version,
        subjects: usize,
        mut differences: Vec<ContractChange>,
        same_bytes: bool,
    ) -> Self {
        differences.sort_by_key(|difference| Reverse(difference.bump));
        // Different bytes need a new version even without a visible difference.
        let other_bytes = if same_bytes { Bump::None } else { Bump::Patch };
        let required_bump = semver_check::required_bump(&differences).max(other_bytes);
        let lowest_version = required_bump.next(old);
        let (old, new, sufficient) = (old.clone(), new.clone(), *new >= lowest_version);
        Self { name, old, new, required_bump, lowest_version, sufficient, subjects, differences }
    }

    pub(super) fn into_document(self) -> VersionComparisonDocument {
        VersionComparisonDocument {
            format: FormatVersion,
            name: self.name,
            old: self.old,
            new: self.new,
            required_bump: self.required_bump.into(),
            lowest_version: self.lowest_version,
            sufficient: self.sufficient,
            subjects: self.subjects,
            differences: self.differences.iter().map(Into::into).collect(),
        }
    }

    /// Prints the comparison as text.
    pub(in crate::cli) fn print(&self) {
        let Self { name, old, new, required_bump: needs, lowest_version: next, subjects, .. } =
            self;
        let title = paint(STRONG, format!("{name} {old} → {new}"));
        let unit = if *subjects == 1 { "subject" } else { "subjects" };
        console::print(format!("{title}  {subjects} {unit}"));
        self.differences.iter().take(DIFFERENCES_SHOWN_MAX).for_each(print_difference);
        let more = self.differences.len().saturating_sub(DIFFERENCES_SHOWN_MAX);
        if more > 0 {
            let words = format!("  … and {more} more: `--json` lists all");
            console::print(paint(QUIET, words));
        }
        let (style, words) = match (needs, self.sufficient) {
            (Bump::None, _) => (GOOD, "no differences".into()),
            (_, true) => (GOOD, format!("needs {needs}: the later version is high enough")),
            (_, false) => {
                (BAD, format!("needs {needs}: the later version has to be {next} or higher"))
            }
        };
        console::print(paint(style, words));
    }
}

/// Prints a difference, which may quote untrusted text of the contract.
fn print_difference(difference: &ContractChange) {
    let ContractChange { description: what, bump, subject } = difference;
    let subject = subject.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
    console::print(format!("  {}  {subject}{what}", console::format_bump(*bump)));
}
