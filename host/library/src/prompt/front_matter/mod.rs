//! What stands between the fences: who a prompt is, for which model, which variables it takes
//! and what comes back.

mod reader;

use std::collections::BTreeMap;

use semver::Version;
use serde::Serialize;
use serde_json::{Map, Value};
use tollgate_model::PromptName;

use super::variables::Input;

pub(super) use reader::read;

/// The keys that are known on top, for messages.
const KEYS: &str = "`name`, `variant`, `version`, `description`, `model`, `config`, `tools`, \
    `toolDefs`, `input`, `output` and `metadata`";

/// What a prompt says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrontMatter {
    /// What it is called; for a variant, the name with the variant behind it.
    pub name: Option<PromptName>,
    /// The prompt version.
    pub version: Option<Version>,
    /// What it is for.
    pub description: Option<String>,
    /// The model that it is written for.
    pub model: Option<String>,
    /// How that model is set.
    pub config: Map<String, Value>,
    /// The names of tools that the model may call.
    pub tools: Vec<String>,
    /// Tools that are described right here.
    pub tool_defs: Vec<Value>,
    /// The variables that it takes.
    pub input: Input,
    /// What comes back.
    pub output: Output,
    /// Whatever else its author keeps with it.
    pub metadata: Map<String, Value>,
    /// What other programs keep with it, by their namespaces.
    pub ext: BTreeMap<String, Map<String, Value>>,
}

/// What comes back from the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Output {
    /// `text`, `json` or what else the caller knows.
    pub format: Option<String>,
    /// The JSON Schema of it.
    pub schema: Option<Value>,
}

/// Why a front matter is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrontMatterProblem {
    /// It is no map.
    #[error("front matter is `KEY: VALUE` on every line")]
    NoMap,
    /// A key is unknown.
    #[error(
        "`{0}` is no key of a prompt: there are {KEYS}; a key of your own has a namespace, \
         such as `my.{0}`"
    )]
    UnknownKey(String),
    /// A key is unknown within another.
    #[error("`{key}` is no key of `{within}`: there are {known}")]
    UnknownMember {
        /// The key.
        key: String,
        /// Where it stands.
        within: &'static str,
        /// What could stand there.
        known: &'static str,
    },
    /// Something is of the wrong kind.
    #[error("`{key}` has to be {wanted}")]
    Kind {
        /// Which key.
        key: String,
        /// What it should be.
        wanted: &'static str,
    },
    /// It is no version.
    #[error("`{0}` is no semver version: write three numbers, such as `1.0.0`")]
    Version(String),
    /// A namespace or the key in it is missing.
    #[error("`{0}` lacks a part: a key of your own is `NAMESPACE.KEY`")]
    Namespace(String),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::source::Source;
    use super::*;

    fn of(text: &str) -> Result<FrontMatter, Vec<String>> {
        let source = Source::new("a.prompt", format!("---\n{text}\n---\n").as_bytes()).unwrap();
        let (front, _) = source.cut().unwrap();
        read(&source, front.unwrap())
            .map_err(|faults| faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_key_has_its_place() {
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
        let read = of(text).unwrap();
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
        assert_eq!(of(""), Ok(FrontMatter::default()));
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let text = "nmae: a\nversion: 1.0\nmodel: [a]\n.x: 1\ninput:\n  scheme: {}\noutput: json\nname: a/b";
        let faults = of(text).unwrap_err();
        let starts = [
            "a.prompt:2: `nmae` is no key of a prompt: there are `name`",
            "a.prompt:3: `1.0` is no semver version",
            "a.prompt:4: `model` has to be a text",
            "a.prompt:5: `.x` lacks a part",
            "a.prompt:7: `scheme` is no key of `input`: there are `schema` and `default`",
            "a.prompt:8: `output` has to be a map",
            "a.prompt:9: `a/b` is not a prompt name",
        ];
        assert_eq!(faults.len(), starts.len(), "{faults:#?}");
        for (fault, start) in faults.iter().zip(starts) {
            assert!(fault.starts_with(start), "{fault}");
        }
    }

    #[test]
    fn defaults_are_variables_of_the_right_type() {
        let text = "input:\n  schema: {age?: integer}\n  default:\n    age: old\n    tone: warm";
        let faults = of(text).unwrap_err();
        assert!(faults[0].starts_with("a.prompt:5: the default of `age`"), "{faults:?}");
        assert!(
            faults[1].starts_with("a.prompt:6: `tone` has a default and is no variable"),
            "{faults:?}"
        );
    }
}
