//! Line-by-line comparison of templates and their partials.

use std::collections::{BTreeMap, BTreeSet};

use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::super::PromptFile;
use super::super::text::PromptText;

/// A group of adjacent lines that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// Partial that contains the lines; `None` for the prompt itself.
    pub partial: Option<String>,
    /// Line in the old version, counted from 1.
    pub line_before: usize,
    /// Line in the new version, counted from 1.
    pub line_after: usize,
    pub removed: Vec<String>,
    pub added: Vec<String>,
}

/// Comparing unlike texts takes time proportional to the product of their lengths. In texts with
/// more lines than this, everything between the first and the last change counts as changed.
const COMPARED_LINES_MAX: usize = 5_000;

/// Text with the number of its first line.
#[derive(Clone, Copy)]
struct NumberedText<'s> {
    text: &'s str,
    line: usize,
}

pub(super) fn changed_lines(from: &PromptFile, to: &PromptFile) -> Vec<Hunk> {
    let mut hunks = compare_text(None, template_section(&from.text), template_section(&to.text));
    let partial_texts = |prompt: &'_ PromptFile| -> BTreeMap<String, String> {
        prompt.partials().map(|(name, text)| (name.into(), text.as_str().into())).collect()
    };
    let (before, after) = (partial_texts(from), partial_texts(to));
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for name in names {
        let text = |all: &'_ BTreeMap<String, String>| all.get(name).cloned().unwrap_or_default();
        let (before, after) = (text(&before), text(&after));
        let part = |text| NumberedText { text, line: 1 };
        hunks.extend(compare_text(Some(name), part(&before), part(&after)));
    }
    hunks
}

fn template_section(text: &PromptText) -> NumberedText<'_> {
    // Cannot fail: the file was split before, when it was read.
    let empty = NumberedText { text: "", line: 1 };
    text.split().map_or(empty, |(_, body)| NumberedText { text: body.text, line: body.line() })
}

fn compare_text(
    partial: Option<&String>,
    before: NumberedText<'_>,
    after: NumberedText<'_>,
) -> Vec<Hunk> {
    if before.text == after.text {
        return Vec::new();
    }
    let (old, new): (Vec<_>, Vec<_>) =
        (before.text.lines().collect(), after.text.lines().collect());
    // Lines that both texts share at either end need no comparison.
    let same_start = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let ends = old.iter().skip(same_start).rev().zip(new.iter().skip(same_start).rev());
    let same_end = ends.take_while(|(old, new)| old == new).count();
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
    // The texts differ only in the newline at their end, which `lines` does not show.
    if hunks.is_empty() { vec![hunk(0, &[], 0, &[])] } else { hunks }
}
