//! Forms of input files: one output, or several that are members of lines or whole rows.

use std::path::Path;

use anyhow::bail;
use clap::ValueEnum;
use tollgate::intake::{ColumnDelimiter, RowFormat};
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

/// Options that say how files are read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FormOptions {
    /// Kind of the files. Without one, it follows from their names.
    pub(super) kind: Option<InputKind>,
    /// Whether the lines, rows and elements of the files are outputs as they are.
    pub(super) are_rows: bool,
    /// Byte between the columns of tables. Without one, it follows from the names of the files.
    pub(super) delimiter: Option<ColumnDelimiter>,
}

/// Returns the form of a file, by the options or by the extension of its name. Standard input has one output per line. Fails
/// if rows are expected of a file that has none, or a delimiter is given for a file that is not a table.
pub(super) fn file_form(path: &Path, options: FormOptions) -> anyhow::Result<FileForm> {
    let form = form_of_kind(path, options)?;
    if options.delimiter.is_some() && !matches!(form, FileForm::Rows(RowFormat::Csv(_))) {
        bail!(
            "`--delimiter` is for the columns of tables, but `{}` is not read as a table\n  read it as one with `--kind csv`, or \
             leave out `--delimiter`",
            path.display()
        );
    }
    Ok(form)
}

fn form_of_kind(path: &Path, options: FormOptions) -> anyhow::Result<FileForm> {
    let FormOptions { kind, are_rows, delimiter } = options;
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
        (Some(InputKind::Csv), _) => {
            let by_name = match extension {
                Some("tsv") => ColumnDelimiter::TAB,
                _ => ColumnDelimiter::COMMA,
            };
            FileForm::Rows(RowFormat::Csv(delimiter.unwrap_or(by_name)))
        }
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
        let form = |name: &str, are_rows| {
            file_form(Path::new(name), FormOptions { are_rows, ..FormOptions::default() })
        };
        let text = FileForm::Document(ContentKind::Text);
        assert_eq!(form("a.csv", false).unwrap(), text);
        assert_eq!(
            form("a.csv", true).unwrap(),
            FileForm::Rows(RowFormat::Csv(ColumnDelimiter::COMMA))
        );
        assert_eq!(
            form("a.tsv", true).unwrap(),
            FileForm::Rows(RowFormat::Csv(ColumnDelimiter::TAB))
        );
        assert_eq!(form("a.json", true).unwrap(), FileForm::Rows(RowFormat::JsonArray));
        assert_eq!(form("-", true).unwrap(), FileForm::Rows(RowFormat::JsonLines));
        assert_eq!(form("-", false).unwrap(), FileForm::Lines);
        assert!(form("a.txt", true).is_err());
        let kind = Some(InputKind::Text);
        let as_text = |are_rows| {
            file_form(Path::new("a.json"), FormOptions { kind, are_rows, delimiter: None })
        };
        assert_eq!(as_text(false).unwrap(), text);
        assert!(as_text(true).is_err());
    }

    #[test]
    fn a_delimiter_is_for_tables_only() {
        let semicolon = ";".parse().unwrap();
        let form = |name: &str, kind, are_rows| {
            let options = FormOptions { kind, are_rows, delimiter: Some(semicolon) };
            file_form(Path::new(name), options).map_err(|error| error.to_string())
        };
        let table = FileForm::Rows(RowFormat::Csv(semicolon));
        for name in ["a.csv", "a.tsv"] {
            assert_eq!(form(name, None, true).unwrap(), table, "the name says less: {name}");
        }
        assert_eq!(form("a.txt", Some(InputKind::Csv), false).unwrap(), table);
        for (name, are_rows) in [("a.csv", false), ("a.jsonl", true), ("a.json", true), ("-", true)]
        {
            let error = form(name, None, are_rows).unwrap_err();
            let expected = format!("but `{name}` is not read as a table\n");
            assert!(error.contains(&expected), "{error}");
        }
    }
}
