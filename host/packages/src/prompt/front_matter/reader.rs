//! Reader of front matter. It continues after an error, so that all errors are reported together.

use semver::Version;
use serde_json::{Map, Value};
use tollgate_model::{PromptName, PromptNameError, TextFileError, TextSpan};

use super::super::error::PromptErrorKind;
use super::super::limits::ERRORS_MAX;
use super::super::picoschema;
use super::super::text::{PromptText, TextSection};
use super::super::variables::PromptInput;
use super::super::yaml::{self, YamlKey, YamlNode, YamlValue};
use super::{FrontMatter, FrontMatterError};

const TEXT: &str = "a text";
const MAP: &str = "a map";
const LIST: &str = "a list";

/// Reads a front matter, or returns all of its errors.
pub(in super::super) fn read(
    source: &PromptText,
    part: TextSection<'_>,
) -> Result<FrontMatter, Vec<TextFileError>> {
    let root = match yaml::read(part) {
        Ok(Some(root)) => root,
        Ok(None) => return Ok(FrontMatter::default()),
        Err((span, error)) => return Err(vec![source.error_at(span, error)]),
    };
    let Some(members) = root.as_map() else {
        return Err(vec![source.error_at(root.span, FrontMatterError::NotAMap)]);
    };
    let mut reader =
        FrontMatterReader { source, errors: Vec::new(), front_matter: FrontMatter::default() };
    let mut variant = None;
    for (key, node) in members {
        match key.text.as_str() {
            "variant" => variant = reader.read_text("variant", node),
            _ => reader.read_key(key, node),
        }
    }
    // Applied last, because `name` may follow `variant` in the file.
    if let Some(variant) = variant {
        reader.add_variant(&variant, root.span);
    }
    if reader.errors.is_empty() { Ok(reader.front_matter) } else { Err(reader.errors) }
}

struct FrontMatterReader<'s> {
    source: &'s PromptText,
    errors: Vec<TextFileError>,
    front_matter: FrontMatter,
}

impl FrontMatterReader<'_> {
    fn read_key(&mut self, key: &YamlKey, node: &YamlNode) {
        match key.text.as_str() {
            "name" => self.front_matter.name = self.read_name(node),
            "version" => self.front_matter.version = self.read_version(node),
            "description" => self.front_matter.description = self.read_text("description", node),
            "model" => self.front_matter.model = self.read_text("model", node),
            "config" => self.front_matter.config = self.read_map("config", node),
            "metadata" => self.front_matter.metadata = self.read_map("metadata", node),
            "tools" => self.front_matter.tools = self.read_texts("tools", node),
            "toolDefs" => self.front_matter.tool_defs = self.read_list("toolDefs", node),
            "input" => self.read_input(node),
            "output" => self.read_output(node),
            other => match other.rsplit_once('.') {
                Some(("", _) | (_, "")) => {
                    self.add_error(key.span, FrontMatterError::IncompleteKey(other.into()));
                }
                Some((namespace, key)) => {
                    let namespace = self.front_matter.ext.entry(namespace.into()).or_default();
                    namespace.insert(key.into(), node.to_json());
                }
                None => self.add_error(key.span, FrontMatterError::UnknownKey(other.into())),
            },
        }
    }

    fn add_error(&mut self, span: TextSpan, error: impl Into<PromptErrorKind>) {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(self.source.error_at(span, error));
        }
    }

    fn add_type_error(&mut self, key: &str, node: &YamlNode, wanted: &'static str) {
        self.add_error(node.span, FrontMatterError::WrongType { key: key.into(), wanted });
    }

    fn read_text(&mut self, key: &str, node: &YamlNode) -> Option<String> {
        if node.as_text().is_none() {
            self.add_type_error(key, node, TEXT);
        }
        node.as_text().map(Into::into)
    }

    fn read_map(&mut self, key: &str, node: &YamlNode) -> Map<String, Value> {
        match node.to_json() {
            Value::Object(members) => members,
            Value::Null => Map::new(),
            _ => {
                self.add_type_error(key, node, MAP);
                Map::new()
            }
        }
    }

    fn read_list(&mut self, key: &str, node: &YamlNode) -> Vec<Value> {
        match node.to_json() {
            Value::Array(values) => values,
            _ => {
                self.add_type_error(key, node, LIST);
                Vec::new()
            }
        }
    }

    fn read_texts(&mut self, key: &str, node: &YamlNode) -> Vec<String> {
        let YamlValue::List(items) = &node.value else {
            self.add_type_error(key, node, "a list of texts");
            return Vec::new();
        };
        items.iter().filter_map(|item| self.read_text(key, item)).collect()
    }

    fn read_name(&mut self, node: &YamlNode) -> Option<PromptName> {
        let text = self.read_text("name", node)?;
        let name = text.parse();
        name.map_err(|error: PromptNameError| self.add_error(node.span, error)).ok()
    }

    fn add_variant(&mut self, variant: &str, span: TextSpan) {
        let Some(name) = &self.front_matter.name else { return };
        match format!("{name}.{variant}").parse::<PromptName>() {
            Ok(name) => self.front_matter.name = Some(name),
            Err(error) => self.add_error(span, error),
        }
    }

    fn read_version(&mut self, node: &YamlNode) -> Option<Version> {
        let written = match node.to_json() {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let version = Version::parse(&written);
        version
            .map_err(|_| self.add_error(node.span, FrontMatterError::InvalidVersion(written)))
            .ok()
    }

    fn read_input(&mut self, node: &YamlNode) {
        let [schema, default] =
            self.known_members(node, "input", "`schema` and `default`", ["schema", "default"]);
        if let Some(schema) = schema {
            match picoschema::to_json_schema(schema) {
                Ok(value) => {
                    self.front_matter.input =
                        PromptInput::new(value, schema, self.source.text_file());
                }
                Err((span, error)) => return self.add_error(span, error),
            }
        }
        let Some(node) = default else { return };
        self.front_matter.input.defaults = self.read_map("default", node);
        for (name, error) in self.front_matter.input.invalid_defaults() {
            let span = node.get(&name).map_or(node.span, |value| value.span);
            self.add_error(span, error);
        }
    }

    fn read_output(&mut self, node: &YamlNode) {
        let [format, schema] =
            self.known_members(node, "output", "`format` and `schema`", ["format", "schema"]);
        if let Some(format) = format {
            self.front_matter.output.format = self.read_text("format", format);
        }
        match schema.map(picoschema::to_json_schema) {
            Some(Ok(schema)) => self.front_matter.output.schema = Some(schema),
            Some(Err((span, error))) => self.add_error(span, error),
            None => {}
        }
    }

    /// Returns the values of the named keys of a map; reports every other key as an error.
    fn known_members<'n, const N: usize>(
        &mut self,
        node: &'n YamlNode,
        within: &'static str,
        known: &'static str,
        names: [&str; N],
    ) -> [Option<&'n YamlNode>; N] {
        if node.as_map().is_none() {
            self.add_type_error(within, node, MAP);
        }
        for (key, _) in node.as_map().into_iter().flatten() {
            if !names.contains(&key.text.as_str()) {
                let key_text = key.text.clone();
                let error = FrontMatterError::UnknownMember { key: key_text, within, known };
                self.add_error(key.span, error);
            }
        }
        names.map(|name| node.get(name))
    }
}
