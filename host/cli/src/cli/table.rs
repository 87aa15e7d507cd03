//! Tables for people.

use tollgate_model::reveal_hidden;

/// Maximum length of a table cell; JSON output is not shortened.
const CELL_CHARACTERS_MAX: usize = 100;

/// Formats rows as lines with aligned columns. Cells may be untrusted text.
pub(super) fn format_table(rows: &[Vec<String>]) -> Vec<String> {
    let rows: Vec<Vec<_>> =
        rows.iter().map(|row| row.iter().map(|cell| format_cell(cell)).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<_> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// Returns a cell as it is printed, so that its width is known: without hidden characters, in one line, and shortened.
fn format_cell(cell: &str) -> String {
    let cell = reveal_hidden(cell).replace('\n', " ");
    match cell.char_indices().nth(CELL_CHARACTERS_MAX) {
        Some((at, _)) => format!("{}…", cell.get(..at).unwrap_or_default()),
        None => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_is_shown() {
        let rows = [["id", "gates", "state"], ["a\nb", "-", "x"], ["é\u{202e}", "all", ""]];
        let rows = rows.map(|row| row.map(String::from).to_vec());
        let lines = format_table(&rows);
        let at = |line: &str, word: &str| line.split(word).next().unwrap().chars().count();
        assert_eq!(at(&lines[0], "gates"), at(&lines[1], "-"));
        assert_eq!(at(&lines[0], "gates"), at(&lines[2], "all"));
        assert!(lines[1].starts_with("a b ") && !lines[2].contains('\u{202e}'), "{lines:?}");
        assert!(lines.iter().all(|line| line.trim_end() == line));
    }

    #[test]
    fn a_long_cell_is_shortened() {
        let line = format_table(&[vec!["é".repeat(CELL_CHARACTERS_MAX + 1)]]).remove(0);
        assert_eq!(line, format!("{}…", "é".repeat(CELL_CHARACTERS_MAX)));
    }
}
