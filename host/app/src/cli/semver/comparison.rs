//! How far a version has to move, and whether it did.

use std::cmp::Reverse;

use semver::Version;
use serde::Serialize;
use tollgate_library::Bump;
use tollgate_library::behaviour::{self, Difference};

use crate::console::{self, BAD, GOOD, QUIET, STRONG, harmless, paint};

/// What a person reads of the differences; programs get all of them.
const SHOWN_MAX: usize = 20;

/// How far the version has to move, and whether it did.
#[derive(Serialize)]
pub(in crate::cli) struct Comparison {
    name: String,
    old: Version,
    new: Version,
    needs: Bump,
    pub(in crate::cli) next: Version,
    pub(in crate::cli) enough: bool,
    subjects: usize,
    /// What needs most comes first: it must not be what is left out.
    differences: Vec<Difference>,
}

impl Comparison {
    pub(super) fn of(
        name: String,
        old: &Version,
        new: &Version,
        subjects: usize,
        mut differences: Vec<Difference>,
        same_bytes: bool,
    ) -> Self {
        differences.sort_by_key(|difference| Reverse(difference.bump));
        // Other bytes are another version, though nothing of it is to be seen.
        let other_bytes = if same_bytes { Bump::None } else { Bump::Patch };
        let needs = behaviour::needed(&differences).max(other_bytes);
        let next = needs.next(old);
        let (old, new, enough) = (old.clone(), new.clone(), *new >= next);
        Self { name, old, new, needs, next, enough, subjects, differences }
    }

    /// In words.
    pub(in crate::cli) fn tell(&self) {
        let Self { name, old, new, needs, next, subjects, .. } = self;
        let title = paint(STRONG, format!("{name} {old} → {new}"));
        console::say(format!("{title}  {subjects} subjects"));
        self.differences.iter().take(SHOWN_MAX).for_each(tell);
        let more = self.differences.len().saturating_sub(SHOWN_MAX);
        if more > 0 {
            let words = format!("  … and {more} more: `--json` has them all");
            console::say(paint(QUIET, words));
        }
        let (style, words) = match (needs, self.enough) {
            (Bump::None, _) => (GOOD, "nothing differs".into()),
            (_, true) => (GOOD, format!("{needs}: the later version says so")),
            (_, false) => (BAD, format!("{needs}: the later version has to be {next} or higher")),
        };
        console::say(paint(style, words));
    }
}

/// The words are partly those of the contract.
fn tell(difference: &Difference) {
    let Difference { what, bump, subject } = difference;
    let subject = subject.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
    console::say(format!("  {}  {}", console::bump(*bump), harmless(&format!("{subject}{what}"))));
}
