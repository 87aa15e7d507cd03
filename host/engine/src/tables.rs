//! Lookup tables, such as approved claims, suppression lists or prices: a text for each key.
//!
//! A `.csv` file starts with a line of headings, and the first column is the key. The value is
//! the second column or, if there are more, a JSON object of the other columns. A `.json` file
//! is an object, whose values are texts or become JSON text, or a list of texts, which are keys
//! with empty values. As JSON, a table is the object of its texts.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Size limit. Tables are held in memory; a larger one belongs in a database.
const TABLE_BYTES_MAX: u64 = 64 << 20;

/// Texts by key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table(BTreeMap<String, String>);

/// A file cannot be read as a table.
#[derive(Debug, thiserror::Error)]
#[error("the table `{}` cannot be used: {reason}", path.display())]
pub struct TableError {
    path: PathBuf,
    reason: String,
}

impl Table {
    /// Reads a table from a `.csv` or `.json` file.
    pub fn read(path: &Path) -> Result<Self, TableError> {
        Self::read_by_extension(path).map_err(|reason| TableError { path: path.into(), reason })
    }

    fn read_by_extension(path: &Path) -> Result<Self, String> {
        let text = read_bounded(path, TABLE_BYTES_MAX)?;
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("csv") => Self::from_csv(&text),
            Some("json") => Self::from_json(&text),
            _ => Err("a table is a `.csv` or a `.json` file".into()),
        }
    }

    fn from_csv(text: &str) -> Result<Self, String> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headings = reader.headers().map_err(|error| error.to_string())?.clone();
        let mut table = Self::default();
        for row in reader.records() {
            let row = row.map_err(|error| error.to_string())?;
            let line = row.position().map_or(0, csv::Position::line);
            let key = row.get(0).unwrap_or_default();
            table
                .insert(key, row_value(&headings, &row))
                .map_err(|reason| format!("line {line}: {reason}"))?;
        }
        Ok(table)
    }

    fn from_json(text: &str) -> Result<Self, String> {
        let mut table = Self::default();
        match serde_json::from_str(text).map_err(|error| error.to_string())? {
            Value::Object(members) => {
                for (key, value) in members {
                    table.insert(&key, value_text(value))?;
                }
            }
            Value::Array(items) => {
                for (index, item) in items.into_iter().enumerate() {
                    let Value::String(key) = item else {
                        return Err(format!("item {index} is not a string"));
                    };
                    table.insert(&key, String::new())?;
                }
            }
            _ => return Err("a table is an object or a list of strings".into()),
        }
        Ok(table)
    }

    fn insert(&mut self, key: &str, value: String) -> Result<(), String> {
        match self.0.insert(key.into(), value) {
            None => Ok(()),
            Some(_) => Err(format!("the key `{key}` appears twice")),
        }
    }

    /// Returns the value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Returns the table as one JSON object.
    pub fn to_json(&self) -> Value {
        let member = |(key, value): (&String, &String)| (key.clone(), Value::String(value.clone()));
        Value::Object(self.0.iter().map(member).collect())
    }
}

impl FromIterator<(String, String)> for Table {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(rows: I) -> Self {
        Self(rows.into_iter().collect())
    }
}

fn row_value(headings: &csv::StringRecord, row: &csv::StringRecord) -> String {
    match row.len() {
        0 | 1 => String::new(),
        2 => row.get(1).unwrap_or_default().into(),
        _ => {
            let cell = |(name, cell): (&str, &str)| (name.to_owned(), Value::String(cell.into()));
            let cells = headings.iter().zip(row).skip(1).map(cell);
            Value::Object(cells.collect::<Map<_, _>>()).to_string()
        }
    }
}

fn value_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// Reads a UTF-8 text file of at most `bytes_max` bytes.
pub(crate) fn read_bounded(path: &Path, bytes_max: u64) -> Result<String, String> {
    let file = open_regular(path)?;
    let bytes = file.metadata().map_err(|error| error.to_string())?.len();
    if bytes > bytes_max {
        return Err(format!("it has {bytes} bytes, but the limit is {bytes_max}"));
    }
    let mut read = Vec::new();
    // One byte more than allowed tells a file that grows meanwhile.
    file.take(bytes_max + 1).read_to_end(&mut read).map_err(|error| error.to_string())?;
    if read.len() as u64 > bytes_max {
        return Err(format!("it grew beyond the limit of {bytes_max} bytes"));
    }
    String::from_utf8(read)
        .map_err(|error| format!("it is not UTF-8 (byte {})", error.utf8_error().valid_up_to()))
}

/// Opens a regular file. What was opened is asked, so that nothing can be put in its place in between.
fn open_regular(path: &Path) -> Result<File, String> {
    // Opening a pipe would wait for somebody who writes into it.
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let opened = OpenOptions::new().read(true).custom_flags(flags).open(path);
    let file = opened.map_err(|error| match Errno::from_io_error(&error) {
        Some(Errno::NXIO) => "it is a socket".into(),
        _ => error.to_string(),
    })?;
    let kind = file.metadata().map_err(|error| error.to_string())?.file_type();
    match kind.is_file() {
        true => Ok(file),
        false if kind.is_dir() => Err("it is a folder".into()),
        false => Err("it is a pipe or a device".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, read: fn(&str) -> Result<Table, String>, expected: &[(&str, &str)]) {
        let expected = expected.iter().map(|&(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(read(text), Ok(expected.collect()));
    }

    #[test]
    fn reads_csv() {
        check("claim\nbest\n\"a, b\"\n", Table::from_csv, &[("best", ""), ("a, b", "")]);
        check("claim,by\nbest,legal\n", Table::from_csv, &[("best", "legal")]);
        let row = r#"{"by":"legal","on":"2026"}"#;
        check("claim,by,on\nbest,legal,2026\n", Table::from_csv, &[("best", row)]);
    }

    #[test]
    fn reads_json_objects_and_lists() {
        check(r#"{"a": "b", "c": {"d": 1}}"#, Table::from_json, &[("a", "b"), ("c", r#"{"d":1}"#)]);
        check(r#"["a", "b"]"#, Table::from_json, &[("a", ""), ("b", "")]);
    }

    #[test]
    fn errors_name_the_line_and_the_key() {
        assert_eq!(
            Table::from_csv("k,v\na,1\na,2\n"),
            Err("line 3: the key `a` appears twice".into())
        );
        assert_eq!(Table::from_json("[1]"), Err("item 0 is not a string".into()));
        assert!(Table::from_csv("k,v\na\n").is_err_and(|reason| reason.contains("line: 2")));
        let error = Table::read(Path::new("/nowhere/claims.csv")).unwrap_err().to_string();
        assert!(error.contains("`/nowhere/claims.csv`"), "{error}");
    }

    #[test]
    fn refuses_what_is_not_a_regular_file_without_waiting_for_a_writer() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let made = std::process::Command::new("mkfifo").arg(path("pipe.csv")).status().unwrap();
        assert!(made.success());
        std::fs::create_dir(path("folder.csv")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", path("zero.csv")).unwrap();
        let _listener = std::os::unix::net::UnixListener::bind(path("socket.csv")).unwrap();
        for (name, reason) in [
            ("pipe.csv", "it is a pipe or a device"),
            ("zero.csv", "it is a pipe or a device"),
            ("socket.csv", "it is a socket"),
            ("folder.csv", "it is a folder"),
        ] {
            let error = Table::read(&path(name)).unwrap_err().to_string();
            assert!(error.contains(name) && error.ends_with(reason), "{error}");
        }
    }
}
