//! Which lines of the template, and of the partials in it, are others.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::super::PromptFile;
use super::super::source::{Part, Source};

/// Lines that stand in the place of others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hunk {
    /// The partial that it is in; nothing for the prompt itself.
    pub partial: Option<String>,
    /// Where the lines were that are gone.
    pub line_before: usize,
    /// Where those are that came.
    pub line_after: usize,
    /// The lines that are gone.
    pub removed: Vec<String>,
    /// The lines that came.
    pub added: Vec<String>,
}

/// Comparing takes as long as both texts multiplied where nothing is alike. Texts of more lines
/// are compared by their first and last ones.
const COMPARED_LINES_MAX: usize = 5_000;
const NOTHING: Part<'_> = Part { text: "", line: 1 };

pub(super) fn hunks(from: &PromptFile, to: &PromptFile) -> Vec<Hunk> {
    let mut hunks = compare(None, body(&from.source), body(&to.source));
    let of = |prompt: &'_ PromptFile| -> BTreeMap<String, String> {
        prompt.partials().map(|(name, source)| (name.into(), source.text().into())).collect()
    };
    let (before, after) = (of(from), of(to));
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for name in names {
        let text = |all: &'_ BTreeMap<String, String>| all.get(name).cloned().unwrap_or_default();
        let (before, after) = (text(&before), text(&after));
        let part = |text| Part { text, line: 1 };
        hunks.extend(compare(Some(name), part(&before), part(&after)));
    }
    hunks
}

fn body(source: &Source) -> Part<'_> {
    // It has been cut before.
    source.cut().map_or(NOTHING, |(_, body)| body)
}

fn compare(partial: Option<&String>, before: Part<'_>, after: Part<'_>) -> Vec<Hunk> {
    if before.text == after.text {
        return Vec::new();
    }
    let (old, new): (Vec<_>, Vec<_>) =
        (before.text.lines().collect(), after.text.lines().collect());
    let same_start = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let ends = old.iter().skip(same_start).rev().zip(new.iter().skip(same_start).rev());
    let same_end = ends.take_while(|(one, other)| one == other).count();
    let part = |lines: &[&str]| -> Vec<String> {
        let count = lines.len() - same_end - same_start;
        lines.iter().skip(same_start).take(count).map(ToString::to_string).collect()
    };
    let (old, new) = (part(&old), part(&new));
    let hunk = |old_at: usize, removed: &[String], new_at: usize, added: &[String]| Hunk {
        partial: partial.cloned(),
        line_before: before.line + same_start + old_at,
        line_after: after.line + same_start + new_at,
        removed: removed.to_vec(),
        added: added.to_vec(),
    };
    if old.len().max(new.len()) > COMPARED_LINES_MAX {
        return vec![hunk(0, &old, 0, &new)];
    }
    let changed = |operation: &similar::DiffOp| operation.tag() != DiffTag::Equal;
    let operations = capture_diff_slices(Algorithm::Myers, &old, &new);
    let hunks = operations.iter().filter(|operation| changed(operation)).map(|operation| {
        let (old_range, new_range) = (operation.old_range(), operation.new_range());
        let removed = old.get(old_range.clone()).unwrap_or_default();
        let added = new.get(new_range.clone()).unwrap_or_default();
        hunk(old_range.start, removed, new_range.start, added)
    });
    let hunks: Vec<_> = hunks.collect();
    // What differs in nothing but the newline at its end.
    if hunks.is_empty() { vec![hunk(0, &[], 0, &[])] } else { hunks }
}
