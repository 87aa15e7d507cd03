//! Forms of input files: one output, or several that are members of lines or whole rows.

use std::path::Path;

use anyhow::bail;
use clap::ValueEnum;
use tollgate::intake::RowFormat;
use tollgate_model::ContentKind;

/// Kind of an input file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum InputKind {
    /// One plain text.
    Text,
    /// One JSON document.
    Json,
    /// One action of an agent: `{"tool": …, "arguments": …}`.
    Action,
    /// One output per line, as JSON.
    Jsonl,
    /// One output per row, below a header.
    Csv,
}

/// Form of an input file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileForm {
    Document(ContentKind),
    /// An output is a member of each line.
    Lines,
    /// An output is a row as it is.
    Rows(RowFormat),
}

/// Returns the form of a file, by the kind that the user gave or by the extension of its name. Standard input has one output
/// per line. Fails if rows are expected of a file that has none.
pub(super) fn file_form(
    path: &Path,
    kind: Option<InputKind>,
    are_rows: bool,
) -> anyhow::Result<FileForm> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let by_name = match extension {
        Some("jsonl" | "ndjson") => Some(InputKind::Jsonl),
        Some("json") => Some(InputKind::Json),
        // Without rows, a table is a text.
        Some("csv" | "tsv") if are_rows => Some(InputKind::Csv),
        _ if path == Path::new("-") => Some(InputKind::Jsonl),
        _ if are_rows => None,
        _ => Some(InputKind::Text),
    };
    Ok(match (kind.or(by_name), are_rows) {
        (Some(InputKind::Jsonl), true) => FileForm::Rows(RowFormat::JsonLines),
        (Some(InputKind::Jsonl), false) => FileForm::Lines,
        (Some(InputKind::Csv), _) if extension == Some("tsv") => FileForm::Rows(RowFormat::Tsv),
        (Some(InputKind::Csv), _) => FileForm::Rows(RowFormat::Csv),
        (Some(InputKind::Json), true) => FileForm::Rows(RowFormat::JsonArray),
        (Some(InputKind::Json), false) => FileForm::Document(ContentKind::Json),
        (Some(InputKind::Text), false) => FileForm::Document(ContentKind::Text),
        (Some(InputKind::Action), false) => FileForm::Document(ContentKind::Action),
        (Some(InputKind::Text | InputKind::Action), true) => {
            bail!(
                "a text or an action has no rows: use `--rows` with `--kind jsonl`, `json` or `csv`"
            )
        }
        (None, _) => bail!(
            "`{}` has no rows that are known by its name: say what it is with `--kind jsonl`, `json` or `csv`",
            path.display()
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_tells_its_form() {
        let form = |name: &str, are_rows| file_form(Path::new(name), None, are_rows);
        let text = FileForm::Document(ContentKind::Text);
        assert_eq!(form("a.csv", false).unwrap(), text);
        assert_eq!(form("a.csv", true).unwrap(), FileForm::Rows(RowFormat::Csv));
        assert_eq!(form("a.tsv", true).unwrap(), FileForm::Rows(RowFormat::Tsv));
        assert_eq!(form("a.json", true).unwrap(), FileForm::Rows(RowFormat::JsonArray));
        assert_eq!(form("-", true).unwrap(), FileForm::Rows(RowFormat::JsonLines));
        assert_eq!(form("-", false).unwrap(), FileForm::Lines);
        assert!(form("a.txt", true).is_err());
        let as_text = |are_rows| file_form(Path::new("a.json"), Some(InputKind::Text), are_rows);
        assert_eq!(as_text(false).unwrap(), text);
        assert!(as_text(true).is_err());
    }
}
