//! Which member of a line is what: `id`, `text`, `json`, `action` (or `content`, which is one of
//! these), `prompt` and `context`, or as the caller says.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, anyhow, bail};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tollgate_model::{Content, JsonText, Prompt, Subject};

use super::lines::Kind;

/// What the members of a line are.
const MEANINGS: [&str; 7] = ["id", "content", "text", "json", "action", "prompt", "context"];
const CONTEXT: &str = "context.";

/// Where everything stands in a line, and what is true of all lines.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct Fields {
    /// What stands where; as it is called, where nothing is said.
    pub(in crate::cli) mapped: BTreeMap<String, String>,
    /// The prompt of every output that names none.
    pub(in crate::cli) prompt: Option<Prompt>,
    /// The prompt that `NAME@VERSION` is, where it is the one that is locked.
    pub(in crate::cli) pinned: Option<Prompt>,
    /// What is known of every output, where it does not say otherwise.
    pub(in crate::cli) context: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    tool: String,
    arguments: Box<RawValue>,
}

/// `NAME=MEMBER`
pub(super) fn mapping(written: &str) -> Result<(String, String), String> {
    let (meaning, member) = written.split_once('=').ok_or("it should be `NAME=MEMBER`")?;
    let is_known = MEANINGS.contains(&meaning)
        || meaning.len() > CONTEXT.len() && meaning.starts_with(CONTEXT);
    if !is_known {
        let names = MEANINGS.join(", ");
        return Err(format!("`{meaning}` is none of {names} and `context.KEY`"));
    }
    Ok((meaning.into(), member.into()))
}

impl Fields {
    /// An output that is a file.
    pub(super) fn whole(&self, kind: Kind, text: String) -> anyhow::Result<Subject> {
        let content = match kind {
            Kind::Text | Kind::Jsonl => Content::Text(text),
            Kind::Json => Content::Json(JsonText::parse(text)?),
            Kind::Action => action(&text)?,
        };
        let context = self.context(Map::new())?;
        Ok(Subject { content, prompt: self.prompt.clone(), context })
    }

    /// An output that is a line, and what it is called.
    pub(super) fn line(&self, text: &str) -> (Option<String>, anyhow::Result<Subject>) {
        match Members::read(text) {
            Ok(members) => self.members(&members),
            Err(error) => (None, Err(error)),
        }
    }

    /// An output that is an object, and what it is called.
    pub(in crate::cli) fn members(
        &self,
        members: &Members,
    ) -> (Option<String>, anyhow::Result<Subject>) {
        let id = self.get(members, "id").and_then(|raw| match serde_json::from_str(raw.get()) {
            Ok(Value::String(id)) => Some(id),
            Ok(Value::Number(id)) => Some(id.to_string()),
            _ => None,
        });
        (id, self.subject(members))
    }

    fn subject(&self, members: &Members) -> anyhow::Result<Subject> {
        self.check(members)?;
        let content = self.content(members)?;
        let prompt = match self.get(members, "prompt") {
            Some(raw) => self.read_prompt(raw).context("`prompt`")?,
            None => self.prompt.clone(),
        };
        Ok(Subject { content, prompt, context: self.context_of(members)? })
    }

    fn context_of(&self, members: &Members) -> anyhow::Result<JsonText> {
        let written = self.get(members, "context");
        let no_object = || anyhow!("`context` is not an object");
        if let Some(raw) = written.filter(|_| self.context.is_empty() && self.mapped.is_empty()) {
            // Nothing is added to it, so that it can stay as it was written.
            let is_object = raw.get().starts_with('{');
            return if is_object { Ok(raw.to_owned().into()) } else { Err(no_object()) };
        }
        let mut context = match written {
            Some(raw) => serde_json::from_str(raw.get()).map_err(|_| no_object())?,
            None => Map::new(),
        };
        for (meaning, member) in &self.mapped {
            if let (Some(key), Some(raw)) =
                (meaning.strip_prefix(CONTEXT), members.0.get(member.as_str()))
            {
                context.insert(key.into(), serde_json::from_str(raw.get())?);
            }
        }
        self.context(context)
    }

    /// What a line says and nobody has asked for may be a word that is misspelt.
    fn check(&self, members: &Members) -> anyhow::Result<()> {
        if !self.mapped.is_empty() {
            return Ok(());
        }
        match members.0.keys().find(|key| !MEANINGS.contains(&key.as_str())) {
            Some(key) => bail!(
                "`{key}` is none of {}: with `--map NAME=MEMBER` a line may have other members",
                MEANINGS.join(", ")
            ),
            None => Ok(()),
        }
    }

    fn get<'m>(&self, members: &'m Members, meaning: &str) -> Option<&'m RawValue> {
        let member = self.mapped.get(meaning).map_or(meaning, String::as_str);
        members.0.get(member).map(|raw| &**raw).filter(|raw| raw.get() != "null")
    }

    fn content(&self, members: &Members) -> anyhow::Result<Content> {
        let given = ["content", "text", "json", "action"];
        let given = given.map(|meaning| self.get(members, meaning).map(|raw| (meaning, raw)));
        let mut given = given.into_iter().flatten();
        let (Some((meaning, raw)), None) = (given.next(), given.next()) else {
            bail!("an output has exactly one of `text`, `json`, `action` and `content`");
        };
        match meaning {
            "text" => Ok(Content::Text(
                serde_json::from_str(raw.get()).map_err(|_| anyhow!("`text` is not a text"))?,
            )),
            "action" => action(raw.get()),
            "content" if raw.get().starts_with('"') => {
                Ok(Content::Text(serde_json::from_str(raw.get())?))
            }
            _ => Ok(Content::Json(raw.to_owned().into())),
        }
    }

    /// `NAME@VERSION`, or what a subject has.
    fn read_prompt(&self, raw: &RawValue) -> anyhow::Result<Option<Prompt>> {
        let Ok(written) = serde_json::from_str::<String>(raw.get()) else {
            return Ok(Some(serde_json::from_str(raw.get()).map_err(|_| {
                anyhow!(
                    "it is neither `NAME@VERSION` nor an object with `name`, `version` and `digest`"
                )
            })?));
        };
        let pinned = self.pinned.as_ref();
        let is_it = |prompt: &&Prompt| written == format!("{}@{}", prompt.name, prompt.version);
        match (pinned.filter(is_it), written.split_once('@')) {
            (Some(pinned), _) => Ok(Some(pinned.clone())),
            // It is another than the one that is locked, and the gate will say so.
            (None, Some((name, version))) => {
                let digest = String::new();
                Ok(Some(Prompt { name: name.into(), version: version.into(), digest }))
            }
            (None, None) => bail!("`{written}` is not `NAME@VERSION`"),
        }
    }

    /// What an output says of itself, and else what is said of all.
    fn context(&self, own: Map<String, Value>) -> anyhow::Result<JsonText> {
        let mut context = self.context.clone();
        context.extend(own);
        Ok(JsonText::parse(Value::Object(context).to_string())?)
    }
}

fn action(text: &str) -> anyhow::Result<Content> {
    let Action { tool, arguments } = serde_json::from_str(text)
        .map_err(|_| anyhow!("an action is an object with `tool` and `arguments`"))?;
    Ok(Content::Action { tool, arguments: arguments.into() })
}

/// The members of an object. One that is there twice says two things.
pub(in crate::cli) struct Members(BTreeMap<String, Box<RawValue>>);

impl Members {
    pub(in crate::cli) fn read(text: &str) -> anyhow::Result<Self> {
        serde_json::from_str(text).map_err(|error| {
            let reason = error.to_string();
            let reason = reason.split(" at line ").next().unwrap_or_default();
            let hint = "a line is a JSON object with `text`, `json` or `action`; \
                        for plain text there is `--kind text`";
            anyhow!("{reason} (column {}): {hint}", error.column())
        })
    }

    /// Takes out what is no part of the output.
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

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    if members.contains_key(&key) {
                        let twice = format!("`{key}` is there twice");
                        return Err(serde::de::Error::custom(twice));
                    }
                    members.insert(key, value);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

#[cfg(test)]
mod tests;
