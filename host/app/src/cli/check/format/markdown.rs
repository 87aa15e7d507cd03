//! Markdown, for a comment or the summary of a job: how many came to what, and a table of what did
//! not go out.

use std::io::Write;

use tollgate_model::{Effect, Ruling};

use super::{Format, Shown, Summary};
use crate::cli::check::lines::Line;
use crate::recorded::short;
use crate::run::Ready;

/// More rows nobody reads.
const ROWS_MAX: usize = 100;
/// A comment on GitHub has at most 65,536 characters, and something may stand around this one.
const BYTES_MAX: usize = 48_000;
/// What is read of one cell.
const CELL_CHARACTERS_MAX: usize = 600;

/// What people read in a browser.
#[derive(Default)]
pub(super) struct Markdown {
    rows: Vec<String>,
    bytes: usize,
    more: u64,
}

impl Format for Markdown {
    fn line(
        &mut self,
        _: &mut dyn Write,
        line: &Line,
        shown: &Result<Shown, String>,
    ) -> anyhow::Result<()> {
        let row = match shown {
            Err(error) => row("not judged", line, &escaped(error), ""),
            Ok(shown) => match shown.decision.ruling {
                Ruling::Allow => return Ok(()),
                Ruling::Hold => row("held", line, &reasons(shown), &short(&shown.run)),
                Ruling::Block => row("**blocked**", line, &reasons(shown), &short(&shown.run)),
            },
        };
        if self.rows.len() >= ROWS_MAX || self.bytes + row.len() > BYTES_MAX {
            self.more += 1;
            return Ok(());
        }
        self.bytes += row.len();
        self.rows.push(row);
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write, summary: &Summary, ready: &Ready) -> anyhow::Result<()> {
        writeln!(out, "### Gate `{}`\n", ready.gate.name)?;
        let Summary { allowed, held, blocked, not_judged, .. } = *summary;
        writeln!(out, "| outputs | allowed | held | blocked | not judged |")?;
        writeln!(out, "|---:|---:|---:|---:|---:|")?;
        let all = summary.all();
        writeln!(out, "| {all} | {allowed} | {held} | {blocked} | {not_judged} |")?;
        if self.rows.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n| | output | why | run |\n|---|---|---|---|")?;
        for row in &self.rows {
            writeln!(out, "{row}")?;
        }
        if self.more > 0 {
            writeln!(out, "\n… and {} more.", self.more)?;
        }
        Ok(())
    }
}

fn row(word: &str, line: &Line, why: &str, run: &str) -> String {
    format!("| {word} | {} | {why} | {run} |", escaped(&line.id))
}

/// What stopped it, each on a line of its own.
fn reasons(shown: &Shown) -> String {
    let stops = shown.decision.reasons.iter().filter(|reason| reason.effect != Effect::Note);
    let mut cell = String::new();
    let (mut characters, mut more) = (0, 0);
    for reason in stops {
        let sentence = reason.to_string();
        characters += sentence.chars().count();
        if !cell.is_empty() && characters > CELL_CHARACTERS_MAX {
            more += 1;
            continue;
        }
        cell.push_str(if cell.is_empty() { "" } else { "<br>" });
        cell.push_str(&escaped(&sentence));
    }
    if more > 0 { format!("{cell}<br>… and {more} more") } else { cell }
}

/// As text, whatever it is: nothing in it is a link, an image, a heading, the end of the cell, or
/// calls anybody.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars();
    for c in characters.by_ref().take(CELL_CHARACTERS_MAX) {
        match c {
            '\n' => escaped.push_str("<br>"),
            c if c.is_control() => escaped.push('\u{fffd}'),
            // Whoever is named with an `@` gets a mail: an invisible joiner parts the two.
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
    fn nothing_in_a_text_is_markup() {
        let text = escaped("a|b\n![x](http://y) <img> `c` @dana **d** &amp;");
        for markup in ["|", "\n", "![", "://", "<img", "`", "@dana", "**", "&amp;"] {
            assert!(!text.contains(markup), "{markup} in {text}");
        }
        assert!(escaped(&"x".repeat(10_000)).len() < 1_000);
    }
}
