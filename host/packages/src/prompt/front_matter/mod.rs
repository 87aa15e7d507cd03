//! Front matter of a prompt: name, version, model, input variables and output.

mod reader;

use std::collections::BTreeMap;

use semver::Version;
use serde_json::{Map, Value};
use tollgate_model::PromptName;

use super::variables::PromptInput;

pub(super) use reader::read;

/// Known top-level keys, for messages.
const KEYS: &str = "`name`, `variant`, `version`, `description`, `model`, `config`, `tools`, \
    `toolDefs`, `input`, `output` and `metadata`";

/// Metadata between the fences of a prompt file. All fields are empty if the file has none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrontMatter {
    /// Name, with the variant appended as `name.variant` if there is one.
    pub name: Option<PromptName>,
    pub version: Option<Version>,
    pub description: Option<String>,
    /// Model that the prompt is written for, as the caller names it.
    pub model: Option<String>,
    /// Settings of the model, such as `temperature`.
    pub config: Map<String, Value>,
    /// Names of the tools that the model may call.
    pub tools: Vec<String>,
    /// Tools defined in the file itself, from `toolDefs`.
    pub tool_defs: Vec<Value>,
    pub input: PromptInput,
    pub output: PromptOutput,
    /// Author-defined data, from `metadata`. Not interpreted.
    pub metadata: Map<String, Value>,
    /// Keys of other programs (`NAMESPACE.KEY`), by namespace. Not interpreted.
    pub ext: BTreeMap<String, Map<String, Value>>,
}

/// Declared output of the model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PromptOutput {
    /// `text`, `json`, or another format that the caller knows.
    pub format: Option<String>,
    /// JSON Schema of the output.
    pub schema: Option<Value>,
}

/// Error in the keys or values of a front matter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrontMatterError {
    #[error("front matter must be a map, with one `KEY: VALUE` per line")]
    NotAMap,
    #[error("unknown key `{0}`")]
    UnknownKey(String),
    #[error("unknown key `{key}` in `{within}`")]
    UnknownMember {
        key: String,
        within: &'static str,
        /// Known keys, formatted for the message.
        known: &'static str,
    },
    #[error("`{key}` must be {wanted}")]
    WrongType { key: String, wanted: &'static str },
    #[error("`{0}` is not a semver version")]
    InvalidVersion(String),
    /// The namespace, or the key in it, is empty.
    #[error("`{0}` is incomplete")]
    IncompleteKey(String),
}

impl FrontMatterError {
    pub(super) fn help(&self) -> Option<String> {
        Some(match self {
            Self::NotAMap | Self::WrongType { .. } => return None,
            Self::UnknownKey(key) => format!(
                "known keys are {KEYS}; a key of your own needs a namespace, such as `my.{key}`"
            ),
            Self::UnknownMember { known, .. } => format!("known keys are {known}"),
            Self::InvalidVersion(_) => "write three numbers, such as `1.0.0`".into(),
            Self::IncompleteKey(_) => "a key of your own is written `NAMESPACE.KEY`".into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::text::PromptText;
    use super::*;

    fn parse(text: &str) -> Result<FrontMatter, Vec<String>> {
        let source = PromptText::new("a.prompt", format!("---\n{text}\n---\n").as_bytes()).unwrap();
        let (front, _) = source.split().unwrap();
        read(&source, front.unwrap())
            .map_err(|errors| errors.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn reads_every_key() {
        let text = "\
name: welcome
variant: formal
version: 1.2.0
description: says hello
model: acme/large
config: {temperature: 0.5}
tools: [search]
toolDefs: [{name: clock}]
input:
  schema: {who: string, tone?: string}
  default: {tone: warm}
output:
  format: json
  schema: {text: string}
metadata: {team: mail}
acme.mail.list: news
acme.owner: dana";
        let read = parse(text).unwrap();
        assert_eq!(read.name.unwrap().as_str(), "welcome.formal");
        assert_eq!(read.version, Some(Version::new(1, 2, 0)));
        assert_eq!(read.config, *json!({"temperature": 0.5}).as_object().unwrap());
        assert_eq!(
            (read.tools, read.tool_defs),
            (vec!["search".into()], vec![json!({"name": "clock"})])
        );
        assert_eq!(read.output.schema.unwrap()["required"], json!(["text"]));
        assert_eq!(
            json!(read.ext),
            json!({"acme": {"owner": "dana"}, "acme.mail": {"list": "news"}})
        );
        assert_eq!(parse(""), Ok(FrontMatter::default()));
    }

    #[test]
    fn reports_all_errors_at_once() {
        let text = "nmae: a\nversion: 1.0\nmodel: [a]\n.x: 1\ninput:\n  scheme: {}\noutput: json\nname: a/b";
        let errors = parse(text).unwrap_err();
        let starts = [
            "a.prompt:2: unknown key `nmae`: known keys are `name`",
            "a.prompt:3: `1.0` is not a semver version",
            "a.prompt:4: `model` must be a text",
            "a.prompt:5: `.x` is incomplete",
            "a.prompt:7: unknown key `scheme` in `input`: known keys are `schema` and `default`",
            "a.prompt:8: `output` must be a map",
            "a.prompt:9: `a/b` is not a prompt name",
        ];
        assert_eq!(errors.len(), starts.len(), "{errors:#?}");
        for (error, start) in errors.iter().zip(starts) {
            assert!(error.starts_with(start), "{error}");
        }
    }

    #[test]
    fn checks_defaults_against_the_schema() {
        let text = "input:\n  schema: {age?: integer}\n  default:\n    age: old\n    tone: warm";
        let errors = parse(text).unwrap_err();
        assert!(errors[0].starts_with("a.prompt:5: the default of `age`"), "{errors:?}");
        assert!(
            errors[1].starts_with("a.prompt:6: `tone` has a default but is not a variable"),
            "{errors:?}"
        );
    }
}
