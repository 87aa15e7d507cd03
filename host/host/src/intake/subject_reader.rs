//! Reads subjects from JSON objects with the members `id`, `text`, `json`, `action` (or `content`, which may be any of
//! these), `prompt` and `context`, and from documents that are one output each.

mod row_reader;

use std::collections::BTreeMap;
use std::io::BufRead;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tollgate_model::{Content, ContentKind, JsonText, PromptRef, Subject};

use super::error::{IntakeError, MappingError};
use super::input_item::{InputItem, InputOrigin};
use super::json_lines::{JsonLines, LineReader};
use super::json_members::JsonMembers;
use super::member_mapping::{CONTEXT_PREFIX, MEMBER_NAMES, MemberMapping};

pub(super) use row_reader::RowReader;

/// Reader of subjects, with the renamed members and the defaults of all outputs.
#[derive(Clone, Debug, Default)]
pub struct SubjectReader {
    /// Renamed members: member name to the name used in the input.
    mapped: BTreeMap<String, String>,
    prompt: Option<PromptRef>,
    pinned: Option<PromptRef>,
    context: JsonMembers,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionObject {
    tool: String,
    arguments: Box<RawValue>,
}

impl SubjectReader {
    /// Renames a member. Objects may then have any other member, too. A member is renamed once only.
    pub fn with_mapping(mut self, mapping: MemberMapping) -> Result<Self, MappingError> {
        let MemberMapping { name, member } = mapping;
        if self.mapped.contains_key(&name) {
            return Err(MappingError::NameTwice { name });
        }
        self.mapped.insert(name, member);
        Ok(self)
    }

    /// Sets the prompt of outputs that name none.
    #[must_use]
    pub fn with_prompt(mut self, prompt: Option<PromptRef>) -> Self {
        self.prompt = prompt;
        self
    }

    /// Sets the prompt that the gate pins. It supplies the digest when an output names it as `NAME@VERSION`.
    #[must_use]
    pub fn with_pinned_prompt(mut self, prompt: Option<PromptRef>) -> Self {
        self.pinned = prompt;
        self
    }

    /// Sets the context of all outputs. An output's own context overrides it key by key.
    #[must_use]
    pub fn with_context(mut self, context: JsonMembers) -> Self {
        self.context = context;
        self
    }

    /// Returns the outputs of a source that has one per line. `file` names the source in their places.
    pub fn lines<R: BufRead>(self, source: R, file: impl Into<String>) -> JsonLines<R> {
        JsonLines::new(LineReader::Members(self), source, file.into())
    }

    /// Returns whether a member is renamed.
    pub fn has_mappings(&self) -> bool {
        !self.mapped.is_empty()
    }

    /// Reads an output from a JSON object with its members. `file` names the source, and `element` is the number of the object
    /// if the source is an array of them.
    pub fn read_object(
        &self,
        text: &str,
        file: impl Into<String>,
        element: Option<u64>,
    ) -> InputItem {
        let (id, subject) = self.read_line(text);
        let origin = InputOrigin::of_object(file.into(), element, id, text.len());
        InputItem { origin, subject }
    }

    /// Reads a source that is one output. `file` names it. A byte order mark at the start of a document or an action is no
    /// part of it.
    pub fn read_document(
        &self,
        kind: ContentKind,
        text: String,
        file: impl Into<String>,
    ) -> InputItem {
        let origin = InputOrigin::of_source(file.into(), text.len());
        let text = match (kind, text.strip_prefix('\u{feff}')) {
            (ContentKind::Json | ContentKind::Action, Some(plain)) => plain.to_owned(),
            _ => text,
        };
        InputItem { origin, subject: self.read_whole(kind, text) }
    }

    fn read_whole(&self, kind: ContentKind, text: String) -> Result<Subject, IntakeError> {
        let content = match kind {
            ContentKind::Text => Content::Text(text),
            ContentKind::Json => Content::from_json_text(text),
            ContentKind::Action => parse_action(&text)?,
        };
        let context = self.merge_context(JsonMembers::default())?;
        Ok(Subject { content, prompt: self.prompt.clone(), context })
    }

    /// Reads an id and a subject from a line.
    pub(super) fn read_line(&self, text: &str) -> (Option<String>, Result<Subject, IntakeError>) {
        match JsonMembers::read(text) {
            Ok(members) => self.read_members(&members),
            Err(error) => (None, Err(error)),
        }
    }

    /// Reads an id and a subject from the members of an object.
    pub fn read_members(
        &self,
        members: &JsonMembers,
    ) -> (Option<String>, Result<Subject, IntakeError>) {
        (self.read_id(members), self.read_subject(members))
    }

    fn read_id(&self, members: &JsonMembers) -> Option<String> {
        let raw = self.member(members, "id")?;
        match serde_json::from_str(raw.get()) {
            Ok(Value::String(id)) => Some(id),
            // As it is written, because a long number would lose digits.
            Ok(Value::Number(_)) => Some(raw.get().into()),
            _ => None,
        }
    }

    fn read_subject(&self, members: &JsonMembers) -> Result<Subject, IntakeError> {
        self.check_member_names(members)?;
        self.read_subject_of(self.read_content(members)?, members)
    }

    /// Reads the prompt and the context of an output.
    fn read_subject_of(
        &self,
        content: Content,
        members: &JsonMembers,
    ) -> Result<Subject, IntakeError> {
        let prompt = match self.member(members, "prompt") {
            Some(raw) => Some(self.read_prompt(raw)?),
            None => self.prompt.clone(),
        };
        Ok(Subject { content, prompt, context: self.read_context(members)? })
    }

    fn read_context(&self, members: &JsonMembers) -> Result<JsonText, IntakeError> {
        let written = self.member(members, "context");
        // A key that is there twice has one value for those who read the first, and another for the others.
        let own = match written.map(RawValue::get) {
            Some(text) if text.starts_with('{') => Some(JsonMembers::read_member("context", text)?),
            Some(_) => return Err(IntakeError::ContextNotAnObject),
            None => None,
        };
        if let Some(raw) = written.filter(|_| self.context.is_empty() && self.mapped.is_empty()) {
            // Nothing is merged in, so the text can be kept as it was written.
            return Ok(raw.to_owned().into());
        }
        let mut context = own.unwrap_or_default();
        for (name, member) in &self.mapped {
            let Some(key) = name.strip_prefix(CONTEXT_PREFIX) else { continue };
            let Some(raw) = members.get(member) else { continue };
            if context.insert(key, raw) {
                return Err(IntakeError::MappedNamePresent {
                    name: name.clone(),
                    member: member.clone(),
                });
            }
        }
        self.merge_context(context)
    }

    /// Rejects unknown members, which may be misspelt. With renamed members, others are expected, but none that has the
    /// name of a renamed one: another reader would take that one.
    fn check_member_names(&self, members: &JsonMembers) -> Result<(), IntakeError> {
        if !self.mapped.is_empty() {
            let is_read = |name: &String| self.mapped.values().any(|member| member == name);
            let is_given = |name: &str| members.get(name).is_some_and(|raw| raw.get() != "null");
            let mut mapped = self.mapped.iter();
            return match mapped.find(|(name, _)| is_given(name) && !is_read(name)) {
                Some((name, member)) => Err(IntakeError::MappedNamePresent {
                    name: name.clone(),
                    member: member.clone(),
                }),
                None => Ok(()),
            };
        }
        match members.names().find(|name| !MEMBER_NAMES.contains(name)) {
            Some(name) => Err(IntakeError::UnknownMember { member: name.into() }),
            None => Ok(()),
        }
    }

    fn member<'m>(&self, members: &'m JsonMembers, name: &str) -> Option<&'m RawValue> {
        let member = self.mapped.get(name).map_or(name, String::as_str);
        // `null` counts as absent, because many exporters write it for missing values.
        members.get(member).filter(|raw| raw.get() != "null")
    }

    fn read_content(&self, members: &JsonMembers) -> Result<Content, IntakeError> {
        let contents = ["content", "text", "json", "action"];
        let contents = contents.map(|name| self.member(members, name).map(|raw| (name, raw)));
        let mut contents = contents.into_iter().flatten();
        let (Some((name, raw)), None) = (contents.next(), contents.next()) else {
            return Err(IntakeError::NotOneContent);
        };
        match name {
            "text" => {
                let text = serde_json::from_str(raw.get());
                Ok(Content::Text(text.map_err(|_| IntakeError::TextNotAString)?))
            }
            "action" => parse_action(raw.get()),
            // A column has its documents as texts, and so have the logs of models.
            "json" if self.mapped.contains_key(name) => read_mapped_document(raw),
            "content" if raw.get().starts_with('"') => {
                Ok(Content::Text(serde_json::from_str(raw.get())?))
            }
            _ => Ok(Content::Json(raw.to_owned().into())),
        }
    }

    /// Reads a prompt from `NAME@VERSION`, or from an object with its digest.
    fn read_prompt(&self, raw: &RawValue) -> Result<PromptRef, IntakeError> {
        let invalid = |reason| IntakeError::InvalidMember { member: "prompt".into(), reason };
        let Ok(text) = serde_json::from_str::<String>(raw.get()) else {
            return serde_json::from_str(raw.get()).map_err(|_| {
                let expected =
                    "expected `NAME@VERSION`, or an object with `name`, `version` and `digest`";
                invalid(expected.into())
            });
        };
        let pinned = self.pinned.as_ref();
        let is_pinned = |prompt: &&PromptRef| text == format!("{}@{}", prompt.name, prompt.version);
        match (pinned.filter(is_pinned), text.split_once('@')) {
            (Some(pinned), _) => Ok(pinned.clone()),
            // Not the pinned prompt: it is passed on without a digest, and the gate rejects it with a reason of its
            // own.
            (None, Some((name, version))) => {
                let digest = String::new();
                Ok(PromptRef { name: name.into(), version: version.into(), digest })
            }
            (None, None) => Err(invalid(format!("`{text}` is not `NAME@VERSION`"))),
        }
    }

    /// Merges an output's own context over the context of all outputs.
    fn merge_context(&self, output_context: JsonMembers) -> Result<JsonText, IntakeError> {
        let mut context = self.context.clone();
        context.extend(output_context);
        context.to_json()
    }
}

/// Reads a document that is mapped: a string has it as its text, which may be broken.
fn read_mapped_document(raw: &RawValue) -> Result<Content, IntakeError> {
    Ok(match raw.get().starts_with('"') {
        true => Content::from_json_text(serde_json::from_str::<String>(raw.get())?),
        false => Content::Json(raw.to_owned().into()),
    })
}

fn parse_action(text: &str) -> Result<Content, IntakeError> {
    let ActionObject { tool, arguments } =
        serde_json::from_str(text).map_err(|_| IntakeError::InvalidAction)?;
    Ok(Content::Action { tool, arguments: arguments.into() })
}

#[cfg(test)]
mod tests;
