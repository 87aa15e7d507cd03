//! Reads subjects from JSON objects with the members `id`, `text`, `json`, `action` (or `content`, which
//! may be any of these), `prompt` and `context`. `--map` renames members.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, anyhow, bail};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tollgate_model::{Content, JsonText, PromptRef, Subject};

use super::input::InputKind;

/// Member names that an input object may have.
const MEMBER_NAMES: [&str; 7] = ["id", "content", "text", "json", "action", "prompt", "context"];
const CONTEXT_PREFIX: &str = "context.";

/// Reader of subjects, with the renamed members and the defaults for all outputs.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct SubjectReader {
    /// Renamed members: member name to the name used in the input.
    pub(in crate::cli) mapped: BTreeMap<String, String>,
    /// Prompt of outputs that name none.
    pub(in crate::cli) prompt: Option<PromptRef>,
    /// Locked prompt of the gate. It supplies the digest when an output names it as `NAME@VERSION`.
    pub(in crate::cli) pinned: Option<PromptRef>,
    /// Context of all outputs, which an output's own context overrides.
    pub(in crate::cli) context: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionObject {
    tool: String,
    arguments: Box<RawValue>,
}

/// Parses the `NAME=MEMBER` of `--map`.
pub(super) fn parse_mapping(text: &str) -> Result<(String, String), String> {
    let (name, member) = text.split_once('=').ok_or("expected `NAME=MEMBER`")?;
    let is_known = MEMBER_NAMES.contains(&name)
        || name.len() > CONTEXT_PREFIX.len() && name.starts_with(CONTEXT_PREFIX);
    if !is_known {
        let names = MEMBER_NAMES.join(", ");
        return Err(format!("unknown name `{name}`: use one of {names} or `context.KEY`"));
    }
    Ok((name.into(), member.into()))
}

impl SubjectReader {
    /// Reads the subject of a file that is one output.
    pub(super) fn read_file(&self, kind: InputKind, text: String) -> anyhow::Result<Subject> {
        let content = match kind {
            InputKind::Text | InputKind::Jsonl => Content::Text(text),
            InputKind::Json => Content::Json(JsonText::parse(text)?),
            InputKind::Action => parse_action(&text)?,
        };
        let context = self.merge_context(Map::new())?;
        Ok(Subject { content, prompt: self.prompt.clone(), context })
    }

    /// Reads an id and a subject from a line.
    pub(super) fn read_line(&self, text: &str) -> (Option<String>, anyhow::Result<Subject>) {
        match JsonMembers::read(text) {
            Ok(members) => self.read_members(&members),
            Err(error) => (None, Err(error)),
        }
    }

    /// Reads an id and a subject from the members of an object.
    pub(in crate::cli) fn read_members(
        &self,
        members: &JsonMembers,
    ) -> (Option<String>, anyhow::Result<Subject>) {
        let id = self.member(members, "id").and_then(|raw| match serde_json::from_str(raw.get()) {
            Ok(Value::String(id)) => Some(id),
            // As it is written, because a long number would lose digits.
            Ok(Value::Number(_)) => Some(raw.get().into()),
            _ => None,
        });
        (id, self.read_subject(members))
    }

    fn read_subject(&self, members: &JsonMembers) -> anyhow::Result<Subject> {
        self.check_member_names(members)?;
        let content = self.read_content(members)?;
        let prompt = match self.member(members, "prompt") {
            Some(raw) => self.read_prompt(raw).context("`prompt`")?,
            None => self.prompt.clone(),
        };
        Ok(Subject { content, prompt, context: self.read_context(members)? })
    }

    fn read_context(&self, members: &JsonMembers) -> anyhow::Result<JsonText> {
        let written = self.member(members, "context");
        let not_an_object = || anyhow!("`context` is not a JSON object");
        if let Some(raw) = written.filter(|_| self.context.is_empty() && self.mapped.is_empty()) {
            // Nothing is merged in, so the text can be kept as it was written.
            let is_object = raw.get().starts_with('{');
            return if is_object { Ok(raw.to_owned().into()) } else { Err(not_an_object()) };
        }
        let mut context = match written {
            Some(raw) => serde_json::from_str(raw.get()).map_err(|_| not_an_object())?,
            None => Map::new(),
        };
        for (name, member) in &self.mapped {
            if let (Some(key), Some(raw)) =
                (name.strip_prefix(CONTEXT_PREFIX), members.0.get(member.as_str()))
            {
                context.insert(key.into(), serde_json::from_str(raw.get())?);
            }
        }
        self.merge_context(context)
    }

    /// Rejects unknown members, which may be misspelt. With `--map`, other members are expected.
    fn check_member_names(&self, members: &JsonMembers) -> anyhow::Result<()> {
        if !self.mapped.is_empty() {
            return Ok(());
        }
        match members.0.keys().find(|key| !MEMBER_NAMES.contains(&key.as_str())) {
            Some(key) => bail!(
                "unknown member `{key}`: use one of {}, or rename members with `--map NAME=MEMBER`",
                MEMBER_NAMES.join(", ")
            ),
            None => Ok(()),
        }
    }

    fn member<'m>(&self, members: &'m JsonMembers, name: &str) -> Option<&'m RawValue> {
        let member = self.mapped.get(name).map_or(name, String::as_str);
        // `null` counts as absent, because many exporters write it for missing values.
        members.0.get(member).map(|raw| &**raw).filter(|raw| raw.get() != "null")
    }

    fn read_content(&self, members: &JsonMembers) -> anyhow::Result<Content> {
        let contents = ["content", "text", "json", "action"];
        let contents = contents.map(|name| self.member(members, name).map(|raw| (name, raw)));
        let mut contents = contents.into_iter().flatten();
        let (Some((name, raw)), None) = (contents.next(), contents.next()) else {
            bail!("an output needs exactly one of `text`, `json`, `action` and `content`");
        };
        match name {
            "text" => Ok(Content::Text(
                serde_json::from_str(raw.get()).map_err(|_| anyhow!("`text` is not a string"))?,
            )),
            "action" => parse_action(raw.get()),
            "content" if raw.get().starts_with('"') => {
                Ok(Content::Text(serde_json::from_str(raw.get())?))
            }
            _ => Ok(Content::Json(raw.to_owned().into())),
        }
    }

    /// Reads a prompt from `NAME@VERSION`, or from an object with its digest.
    fn read_prompt(&self, raw: &RawValue) -> anyhow::Result<Option<PromptRef>> {
        let Ok(text) = serde_json::from_str::<String>(raw.get()) else {
            return Ok(Some(serde_json::from_str(raw.get()).map_err(|_| {
                anyhow!("expected `NAME@VERSION`, or an object with `name`, `version` and `digest`")
            })?));
        };
        let pinned = self.pinned.as_ref();
        let is_pinned = |prompt: &&PromptRef| text == format!("{}@{}", prompt.name, prompt.version);
        match (pinned.filter(is_pinned), text.split_once('@')) {
            (Some(pinned), _) => Ok(Some(pinned.clone())),
            // Not the locked prompt: it is passed on without a digest, and the gate rejects it with a
            // reason of its own.
            (None, Some((name, version))) => {
                let digest = String::new();
                Ok(Some(PromptRef { name: name.into(), version: version.into(), digest }))
            }
            (None, None) => bail!("`{text}` is not `NAME@VERSION`"),
        }
    }

    /// Merges an output's own context over the context of all outputs.
    fn merge_context(&self, output_context: Map<String, Value>) -> anyhow::Result<JsonText> {
        let mut context = self.context.clone();
        context.extend(output_context);
        Ok(JsonText::parse(Value::Object(context).to_string())?)
    }
}

fn parse_action(text: &str) -> anyhow::Result<Content> {
    let ActionObject { tool, arguments } = serde_json::from_str(text)
        .map_err(|_| anyhow!("an action must be an object with `tool` and `arguments`"))?;
    Ok(Content::Action { tool, arguments: arguments.into() })
}

/// Members of a JSON object. Duplicate members are rejected, because they are ambiguous.
pub(in crate::cli) struct JsonMembers(BTreeMap<String, Box<RawValue>>);

impl JsonMembers {
    pub(in crate::cli) fn read(text: &str) -> anyhow::Result<Self> {
        serde_json::from_str(text).map_err(|error| {
            let reason = error.to_string();
            let reason = reason.split(" at line ").next().unwrap_or_default();
            let hint = "a line must be a JSON object with `text`, `json` or `action`; \
                        for plain text use `--kind text`";
            anyhow!("{reason} (column {}): {hint}", error.column())
        })
    }

    /// Removes and parses a member that is not part of the output.
    pub(in crate::cli) fn take<T: DeserializeOwned>(
        &mut self,
        key: &str,
    ) -> anyhow::Result<Option<T>> {
        let Some(raw) = self.0.remove(key) else { return Ok(None) };
        let read = serde_json::from_str(raw.get());
        read.map(Some).map_err(|error| {
            let reason = error.to_string();
            anyhow!("`{key}`: {}", reason.split(" at line ").next().unwrap_or_default())
        })
    }
}

impl<'de> Deserialize<'de> for JsonMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = JsonMembers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonMembers, A::Error> {
                let mut members = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    if members.contains_key(&key) {
                        let message = format!("duplicate member `{key}`");
                        return Err(serde::de::Error::custom(message));
                    }
                    members.insert(key, value);
                }
                Ok(JsonMembers(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

#[cfg(test)]
mod tests;
