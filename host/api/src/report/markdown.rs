//! Writes Markdown for a comment or a job summary: counts, and a table of the outputs that were held,
//! blocked or not judged, or that failed.

use std::io::{self, Write};

use tollgate::intake::InputOrigin;
use tollgate::lookup::short_digest;
use tollgate_model::{GatePurpose, Ruling, reveal_hidden};

use super::{CheckCounts, CheckResult, GateRelease, JUDGED_ONLY, ReportFormat};

/// Maximum number of rows: nobody reads more.
const ROWS_MAX: usize = 100;
/// Maximum size of the table. A GitHub comment has at most 65,536 characters, and there may be text
/// around the table.
const BYTES_MAX: usize = 48_000;
/// Maximum length of a cell.
const CELL_CHARACTERS_MAX: usize = 600;

/// Markdown report; its rows are collected until the counts are known.
#[derive(Default)]
pub struct MarkdownFormat {
    rows: Vec<String>,
    bytes: usize,
    omitted_rows: u64,
}

impl ReportFormat for MarkdownFormat {
    fn write_result(
        &mut self,
        _: &mut dyn Write,
        item: &InputOrigin,
        result: &Result<CheckResult, String>,
    ) -> io::Result<()> {
        let row = match result {
            Err(error) => table_row("not judged", item, &escape_markdown(error), ""),
            Ok(result) => match result.decision.ruling {
                Ruling::Allow | Ruling::Pass => return Ok(()),
                Ruling::Fail => table_row("**failed**", item, &reasons_cell(result), ""),
                Ruling::Hold => {
                    table_row("held", item, &reasons_cell(result), &short_digest(&result.run))
                }
                Ruling::Block => table_row(
                    "**blocked**",
                    item,
                    &reasons_cell(result),
                    &short_digest(&result.run),
                ),
            },
        };
        if self.rows.len() >= ROWS_MAX || self.bytes + row.len() > BYTES_MAX {
            self.omitted_rows += 1;
            return Ok(());
        }
        self.bytes += row.len();
        self.rows.push(row);
        Ok(())
    }

    fn end(
        &mut self,
        out: &mut dyn Write,
        counts: &CheckCounts,
        gate: &GateRelease,
    ) -> io::Result<()> {
        writeln!(out, "### Gate `{}`\n", gate.gate)?;
        match gate.purpose {
            GatePurpose::Quality => write_quality_counts(out, counts)?,
            GatePurpose::Delegation => write_counts(out, counts)?,
        }
        if self.rows.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n| | output | reasons | run |\n|---|---|---|---|")?;
        for row in &self.rows {
            writeln!(out, "{row}")?;
        }
        if self.omitted_rows > 0 {
            writeln!(out, "\n… and {} more.", self.omitted_rows)?;
        }
        Ok(())
    }
}

fn write_counts(out: &mut dyn Write, counts: &CheckCounts) -> io::Result<()> {
    let CheckCounts { allowed, held, blocked, not_judged, .. } = *counts;
    writeln!(out, "| outputs | allowed | held | blocked | not judged |")?;
    writeln!(out, "|---:|---:|---:|---:|---:|")?;
    let total = counts.total();
    writeln!(out, "| {total} | {allowed} | {held} | {blocked} | {not_judged} |")
}

fn write_quality_counts(out: &mut dyn Write, counts: &CheckCounts) -> io::Result<()> {
    let (passed, failed) = (counts.passed.unwrap_or(0), counts.failed.unwrap_or(0));
    writeln!(out, "| outputs | passed | failed | not judged |")?;
    writeln!(out, "|---:|---:|---:|---:|")?;
    writeln!(out, "| {} | {passed} | {failed} | {} |", counts.total(), counts.not_judged)?;
    writeln!(out, "\n{}", sentence_case(JUDGED_ONLY))
}

/// Returns a sentence with a capital and a full stop, as documents have it.
fn sentence_case(sentence: &str) -> String {
    let mut characters = sentence.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    format!("{}{}.", first.map(String::from).unwrap_or_default(), characters.as_str())
}

fn table_row(ruling: &str, item: &InputOrigin, reasons: &str, run: &str) -> String {
    format!("| {ruling} | {} | {reasons} | {run} |", escape_markdown(&item.id))
}

/// Returns the reasons that hold or block, one per line.
fn reasons_cell(result: &CheckResult) -> String {
    let mut cell = String::new();
    let (mut characters, mut omitted) = (0, 0);
    for reason in result.stopping_reasons() {
        let sentence = result.describe_reason(reason);
        characters += sentence.chars().count();
        if !cell.is_empty() && characters > CELL_CHARACTERS_MAX {
            omitted += 1;
            continue;
        }
        cell.push_str(if cell.is_empty() { "" } else { "<br>" });
        cell.push_str(&escape_markdown(&sentence));
    }
    if omitted > 0 { format!("{cell}<br>… and {omitted} more") } else { cell }
}

/// Escapes a text so that it contains no links, images, headings, mentions, cell borders or hidden characters.
fn escape_markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let revealed = reveal_hidden(text);
    let mut characters = revealed.chars();
    for c in characters.by_ref().take(CELL_CHARACTERS_MAX) {
        match c {
            '\n' => escaped.push_str("<br>"),
            '\r' => {}
            // An invisible joiner after `@` prevents a mention, which would notify that user.
            '@' => escaped.push_str("@\u{2060}"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '#' | '!' | '~' | '$' => {
                escaped.push_str(&format!("&#{};", u32::from(c)));
            }
            ':' => escaped.push_str("&#58;"),
            c => escaped.push(c),
        }
    }
    if characters.next().is_some() {
        escaped.push('…');
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_all_markup_in_a_text() {
        let text = escape_markdown("a|b\n![x](http://y) <img> `c` @dana **d** &amp;");
        for markup in ["|", "\n", "![", "://", "<img", "`", "@dana", "**", "&amp;"] {
            assert!(!text.contains(markup), "{markup} in {text}");
        }
        assert!(escape_markdown(&"x".repeat(10_000)).len() < 1_000);
        assert_eq!(escape_markdown("a\u{202e}\u{9b}\r\n"), "a&#92;u{202e}&#92;u{9b}<br>");
    }
}
