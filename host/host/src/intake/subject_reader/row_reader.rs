//! Reads subjects from rows, which are outputs as they are. Only mapped members and columns have a meaning of their own.

use std::collections::BTreeMap;
use std::io::BufRead;

use serde_json::value::{RawValue, to_raw_value};
use tollgate_model::{Content, ContentKind, JsonText, Subject};

use super::{CONTEXT_PREFIX, SubjectReader, read_mapped_document};
use crate::intake::error::IntakeError;
use crate::intake::json_members::JsonMembers;
use crate::intake::rows::{RowFormat, Rows};

/// Names under which an output itself is picked from a row.
const CONTENT_NAMES: [&str; 4] = ["content", "text", "json", "action"];
/// Keys of the context that decisions read, and whose values are numbers or lists.
const VALUE_KEYS: [&str; 5] =
    ["confidence", "data-classes", "input-tokens", "output-tokens", "topics"];

/// Reader of subjects from rows. Without a mapping of `text`, `json`, `action` or `content`, the whole row is the output.
#[derive(Clone, Debug)]
pub(in crate::intake) struct RowReader {
    /// Names of what is picked, and the members or columns that it is picked from.
    mapped: BTreeMap<String, String>,
    /// Reader of what was picked, which has its own name by then.
    reader: SubjectReader,
}

impl SubjectReader {
    /// Returns the outputs of a source whose rows are outputs as they are. `file` names the source in their places.
    /// Mappings pick parts of a row, and other members and columns have no meaning of their own.
    pub fn rows<R: BufRead>(
        self,
        source: R,
        format: RowFormat,
        file: impl Into<String>,
    ) -> Rows<R> {
        Rows::new(self.into_row_reader(), format, source, file.into())
    }

    pub(in crate::intake) fn into_row_reader(mut self) -> RowReader {
        let mapped = std::mem::take(&mut self.mapped);
        RowReader { mapped, reader: self }
    }
}

impl RowReader {
    /// Returns the members or columns that are mapped.
    pub(in crate::intake) fn mapped_members(&self) -> impl Iterator<Item = &str> {
        self.mapped.values().map(String::as_str)
    }

    /// Reads an id and a subject from a row of JSON: a string is a text, and anything else a document.
    pub(in crate::intake) fn read_json(
        &self,
        text: &str,
    ) -> (Option<String>, Result<Subject, IntakeError>) {
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        let Ok(row) = serde_json::from_str::<&RawValue>(text) else {
            return self.read_picked(
                Ok(JsonMembers::default()),
                Some(self.read_document(text.to_owned())),
            );
        };
        let picked = match self.mapped.is_empty() {
            true => Ok(JsonMembers::default()),
            false => {
                members_of_row(text).and_then(|members| self.pick(|_, member| members.get(member)))
            }
        };
        let whole = match (self.mapped_contents(), self.mapped.contains_key("json"), &picked) {
            (0, ..) => Some(content_of_row(row)),
            (1, true, Ok(picked)) => picked.get("json").map(read_mapped_document),
            _ => None,
        };
        self.read_picked(picked, whole)
    }

    /// Reads an id and a subject from a row of columns. The whole row is a document of columns and texts.
    pub(in crate::intake) fn read_columns(
        &self,
        columns: &[String],
        values: &[String],
    ) -> (Option<String>, Result<Subject, IntakeError>) {
        let cells: BTreeMap<_, _> = columns.iter().zip(values).collect();
        let is_given = |column: &&String| cells.get(*column).is_some_and(|text| !text.is_empty());
        let document = self.mapped.get("json").filter(|_| self.mapped_contents() == 1);
        // An empty cell is no document that is broken: the row has none.
        let document = document.filter(is_given);
        let mut given = BTreeMap::new();
        for (name, column) in &self.mapped {
            // The output itself is read below as a document that may be broken.
            if name == "json" && document.is_some() {
                continue;
            }
            match cells.get(column).map(|text| parse_cell(name, column, text)) {
                Some(Ok(Some(value))) => _ = given.insert(name.as_str(), value),
                Some(Ok(None)) | None => {}
                Some(Err(error)) => return (None, Err(error)),
            }
        }
        let picked = self.pick(|name, _| given.get(name).map(|value| &**value));
        if let Some(column) = document {
            let text = cells.get(column).map(|text| (*text).clone()).unwrap_or_default();
            return self.read_picked(picked, Some(self.read_document(text)));
        }
        let is_whole = self.mapped_contents() == 0;
        self.read_picked(picked, is_whole.then(|| document_of_columns(columns, values)))
    }

    /// Returns what is picked from a row, under its own names. `value` returns what is given under a name, by the name and
    /// the member or column that it is mapped to.
    fn pick<'r>(
        &self,
        value: impl Fn(&str, &str) -> Option<&'r RawValue>,
    ) -> Result<JsonMembers, IntakeError> {
        let (mut picked, mut context) = (JsonMembers::default(), JsonMembers::default());
        for (name, member) in &self.mapped {
            let given = value(name, member).filter(|raw| raw.get() != "null");
            match (name.as_str(), given) {
                (_, None) => {}
                ("context", Some(raw)) if !raw.get().starts_with('{') => {
                    return Err(IntakeError::ContextNotAnObject);
                }
                ("context", Some(raw)) => {
                    context.extend(JsonMembers::read_member(member, raw.get())?);
                }
                (name, Some(raw)) => match name.strip_prefix(CONTEXT_PREFIX) {
                    // The name `context` is sorted before its keys.
                    Some(key) if context.insert(key, raw) => {
                        let (name, member) = (name.to_owned(), member.clone());
                        return Err(IntakeError::MappedNamePresent { name, member });
                    }
                    Some(_) => {}
                    None => _ = picked.insert(name, raw),
                },
            }
        }
        if !context.is_empty() {
            picked.insert("context", &context.to_raw()?);
        }
        Ok(picked)
    }

    /// Reads a subject from what was picked. `whole` is the output, if it is not picked.
    fn read_picked(
        &self,
        picked: Result<JsonMembers, IntakeError>,
        whole: Option<Result<Content, IntakeError>>,
    ) -> (Option<String>, Result<Subject, IntakeError>) {
        let picked = match picked {
            Ok(picked) => picked,
            Err(error) => return (None, Err(error)),
        };
        let subject = match whole {
            Some(content) => {
                content.and_then(|content| self.reader.read_subject_of(content, &picked))
            }
            None => self.reader.read_subject(&picked),
        };
        (self.reader.read_id(&picked), subject)
    }

    /// Reads a document as a file with one is read.
    fn read_document(&self, text: String) -> Result<Content, IntakeError> {
        Ok(self.reader.read_whole(ContentKind::Json, text)?.content)
    }

    /// Returns how many of the names are mapped under which an output itself is picked.
    fn mapped_contents(&self) -> usize {
        CONTENT_NAMES.iter().filter(|name| self.mapped.contains_key(**name)).count()
    }
}

/// Returns the members of a row that parts are picked from.
fn members_of_row(row: &str) -> Result<JsonMembers, IntakeError> {
    if !row.starts_with('{') {
        return Err(IntakeError::RowNotAnObject);
    }
    JsonMembers::read_row(row)
}

fn content_of_row(row: &RawValue) -> Result<Content, IntakeError> {
    Ok(match row.get().starts_with('"') {
        true => Content::Text(serde_json::from_str(row.get())?),
        false => Content::Json(row.to_owned().into()),
    })
}

/// Writes a row of a table as a document, with its columns in order.
fn document_of_columns(columns: &[String], values: &[String]) -> Result<Content, IntakeError> {
    let mut document = String::from("{");
    for (column, value) in columns.iter().zip(values) {
        document.push_str(if document.len() > 1 { ", " } else { "" });
        document.push_str(&serde_json::to_string(column)?);
        document.push_str(": ");
        document.push_str(&serde_json::to_string(value)?);
    }
    document.push('}');
    Ok(Content::Json(JsonText::parse(document)?))
}

/// Returns the text of a cell as the JSON that is read under a name, or `None` if it is not given. A table has texts only, so
/// documents are written in them.
fn parse_cell(name: &str, column: &str, text: &str) -> Result<Option<Box<RawValue>>, IntakeError> {
    match name {
        "text" | "content" => Ok(Some(to_raw_value(text)?)),
        _ if text.is_empty() => Ok(None),
        "json" | "action" | "context" => {
            let invalid = |error: serde_json::Error| IntakeError::InvalidMember {
                member: column.to_owned(),
                reason: error.to_string(),
            };
            serde_json::from_str(text).map(Some).map_err(invalid)
        }
        _ => {
            let key = name.strip_prefix(CONTEXT_PREFIX).filter(|key| VALUE_KEYS.contains(key));
            // What is no JSON stays a text, and the gate says that it cannot read it.
            match key.and_then(|_| serde_json::from_str(text).ok()) {
                Some(value) => Ok(Some(value)),
                None => Ok(Some(to_raw_value(text)?)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(mappings: &[&str]) -> RowReader {
        let add =
            |reader: SubjectReader, mapping: &&str| reader.with_mapping(mapping.parse().unwrap());
        mappings.iter().try_fold(SubjectReader::default(), add).unwrap().into_row_reader()
    }

    fn read(mappings: &[&str], row: &str) -> (Option<String>, Result<Subject, String>) {
        let (id, subject) = reader(mappings).read_json(row);
        (id, subject.map_err(|error| error.to_string()))
    }

    fn content(mappings: &[&str], row: &str) -> Content {
        read(mappings, row).1.unwrap().content
    }

    fn json(text: &str) -> Content {
        Content::Json(JsonText::parse(text).unwrap())
    }

    #[test]
    fn a_row_is_a_text_or_a_document() {
        assert_eq!(content(&[], "\"a\\n\"\r\n"), Content::Text("a\n".into()));
        // Members have no meaning of their own, so none is unknown.
        for row in [r#"{"text": 1, "context": [], "id": 7, "txet": 1e9}"#, "[1]", "7.50", "null"] {
            let (id, subject) = read(&[], row);
            assert_eq!((id, subject.unwrap().content), (None, json(row)));
        }
    }

    #[test]
    fn mappings_pick_members() {
        let row = r#"{"sku": 7, "body": "Hello", "medium": "sms", "text": "old", "context": {}}"#;
        let (id, subject) = read(&["id=sku", "context.channel=medium"], row);
        let subject = subject.unwrap();
        assert_eq!((id.as_deref(), subject.content), (Some("7"), json(row)));
        assert_eq!(subject.context.as_str(), r#"{"channel":"sms"}"#);
        assert_eq!(content(&["text=body"], row), Content::Text("Hello".into()));
        let missing = read(&["text=copy"], row).1.unwrap_err();
        assert_eq!(
            missing,
            "an output needs exactly one of `text`, `json`, `action` and `content`"
        );
        let of_whole = r#"{"body": {"b": 1}, "about": {"channel": "email"}}"#;
        assert_eq!(content(&["json=body", "context=about"], of_whole), json(r#"{"b": 1}"#));
    }

    #[test]
    fn a_mapped_string_has_a_document_as_its_text() {
        let line = |output: &str| serde_json::json!({"id": "a", "output": output}).to_string();
        let by_members = |mapping: &str, line: &str| {
            let reader = SubjectReader::default().with_mapping(mapping.parse().unwrap()).unwrap();
            reader.read_line(line).1.unwrap().content
        };
        for text in [r#"{"sku": 1.00}"#, "7", "```json\n{}\n```", "{\"sku\":", ""] {
            let expected = Content::from_json_text(text);
            assert_eq!(content(&["json=output", "id=id"], &line(text)), expected, "{text}");
            assert_eq!(by_members("json=output", &line(text)), expected, "{text}");
            assert_eq!(content(&["text=output"], &line(text)), Content::Text(text.into()));
        }
        let document = r#"{"output": {"sku": 1.00}}"#;
        assert_eq!(content(&["json=output"], document), json(r#"{"sku": 1.00}"#));
        let own = r#"{"json": "{}"}"#;
        assert_eq!(by_members("json=json", own), json("{}"));
        let unmapped = SubjectReader::default().read_line(own).1.unwrap().content;
        assert_eq!(unmapped, json(r#""{}""#), "it is a document as it is");
        assert_eq!(by_members("id=uuid", own), unmapped);
        let missing = read(&["json=output"], "{}").1.unwrap_err();
        assert!(missing.starts_with("an output needs exactly one"), "{missing}");
    }

    #[test]
    fn refuses_rows_that_mappings_do_not_fit() {
        let error = |mappings: &[&str], row: &str| read(mappings, row).1.unwrap_err();
        let none = "the row is not a JSON object, so it has none of the mapped members";
        assert_eq!(error(&["id=sku"], "[7]"), none);
        assert_eq!(error(&["id=sku"], r#"{"sku": 1, "sku": 2}"#), "duplicate member `sku`");
        assert_eq!(error(&["text=sku"], r#"{"sku": 7}"#), "`text` is not a string");
        let both = ["context=about", "context.channel=medium"];
        let row = r#"{"about": {"channel": "email"}, "medium": "sms"}"#;
        assert!(error(&both, row).starts_with("`context.channel` is read from `medium`"));
    }
}
