//! Going through the keys of a front matter, telling everything that is wrong.

use semver::Version;
use serde_json::{Map, Value};
use tollgate_model::{PromptName, PromptNameError};

use super::super::fault::{Fault, Problem};
use super::super::limits::FAULTS_MAX;
use super::super::picoschema;
use super::super::source::{Part, Source};
use super::super::variables::Input;
use super::super::yaml::{self, Key, Node, Yaml};
use super::{FrontMatter, FrontMatterProblem};

const TEXT: &str = "a text";
const MAP: &str = "a map";
const LIST: &str = "a list";

/// Reads a front matter; tells everything that is wrong with it.
pub(in super::super) fn read(source: &Source, part: Part<'_>) -> Result<FrontMatter, Vec<Fault>> {
    let root = match yaml::read(part) {
        Ok(Some(root)) => root,
        Ok(None) => return Ok(FrontMatter::default()),
        Err((line, problem)) => return Err(vec![source.fault(line, problem)]),
    };
    let Some(members) = root.as_map() else {
        return Err(vec![source.fault(root.line, FrontMatterProblem::NoMap)]);
    };
    let mut reader = Reader { source, faults: Vec::new(), read: FrontMatter::default() };
    let mut variant = None;
    for (key, node) in members {
        match key.text.as_str() {
            "variant" => variant = reader.text("variant", node),
            _ => reader.member(key, node),
        }
    }
    if let Some(variant) = variant {
        reader.add_variant(&variant, root.line);
    }
    if reader.faults.is_empty() { Ok(reader.read) } else { Err(reader.faults) }
}

struct Reader<'s> {
    source: &'s Source,
    faults: Vec<Fault>,
    read: FrontMatter,
}

impl Reader<'_> {
    fn member(&mut self, key: &Key, node: &Node) {
        match key.text.as_str() {
            "name" => self.read.name = self.name(node),
            "version" => self.read.version = self.version(node),
            "description" => self.read.description = self.text("description", node),
            "model" => self.read.model = self.text("model", node),
            "config" => self.read.config = self.map("config", node),
            "metadata" => self.read.metadata = self.map("metadata", node),
            "tools" => self.read.tools = self.texts("tools", node),
            "toolDefs" => self.read.tool_defs = self.values("toolDefs", node),
            "input" => self.input(node),
            "output" => self.output(node),
            other => match other.rsplit_once('.') {
                Some(("", _) | (_, "")) => {
                    self.fault(key.line, FrontMatterProblem::Namespace(other.into()));
                }
                Some((namespace, key)) => {
                    let namespace = self.read.ext.entry(namespace.into()).or_default();
                    namespace.insert(key.into(), node.to_json());
                }
                None => self.fault(key.line, FrontMatterProblem::UnknownKey(other.into())),
            },
        }
    }

    fn fault(&mut self, line: usize, problem: impl Into<Problem>) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(self.source.fault(line, problem));
        }
    }

    fn kind(&mut self, key: &str, node: &Node, wanted: &'static str) {
        self.fault(node.line, FrontMatterProblem::Kind { key: key.into(), wanted });
    }

    fn text(&mut self, key: &str, node: &Node) -> Option<String> {
        if node.as_text().is_none() {
            self.kind(key, node, TEXT);
        }
        node.as_text().map(Into::into)
    }

    fn map(&mut self, key: &str, node: &Node) -> Map<String, Value> {
        match node.to_json() {
            Value::Object(members) => members,
            Value::Null => Map::new(),
            _ => {
                self.kind(key, node, MAP);
                Map::new()
            }
        }
    }

    fn values(&mut self, key: &str, node: &Node) -> Vec<Value> {
        match node.to_json() {
            Value::Array(values) => values,
            _ => {
                self.kind(key, node, LIST);
                Vec::new()
            }
        }
    }

    fn texts(&mut self, key: &str, node: &Node) -> Vec<String> {
        let Yaml::List(items) = &node.value else {
            self.kind(key, node, "a list of texts");
            return Vec::new();
        };
        items.iter().filter_map(|item| self.text(key, item)).collect()
    }

    fn name(&mut self, node: &Node) -> Option<PromptName> {
        let text = self.text("name", node)?;
        let name = text.parse();
        name.map_err(|error: PromptNameError| self.fault(node.line, error)).ok()
    }

    fn add_variant(&mut self, variant: &str, line: usize) {
        let Some(name) = &self.read.name else { return };
        match format!("{name}.{variant}").parse::<PromptName>() {
            Ok(name) => self.read.name = Some(name),
            Err(error) => self.fault(line, error),
        }
    }

    fn version(&mut self, node: &Node) -> Option<Version> {
        let written = match node.to_json() {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let version = Version::parse(&written);
        version.map_err(|_| self.fault(node.line, FrontMatterProblem::Version(written))).ok()
    }

    fn input(&mut self, node: &Node) {
        let [schema, default] =
            self.members(node, "input", "`schema` and `default`", ["schema", "default"]);
        if let Some(schema) = schema {
            match picoschema::schema(schema) {
                Ok(value) => self.read.input = Input::new(value, schema),
                Err((line, problem)) => return self.fault(line, problem),
            }
        }
        let Some(node) = default else { return };
        self.read.input.defaults = self.map("default", node);
        for (name, problem) in self.read.input.wrong_defaults() {
            let line = node.get(&name).map_or(node.line, |value| value.line);
            self.fault(line, problem);
        }
    }

    fn output(&mut self, node: &Node) {
        let [format, schema] =
            self.members(node, "output", "`format` and `schema`", ["format", "schema"]);
        if let Some(format) = format {
            self.read.output.format = self.text("format", format);
        }
        match schema.map(picoschema::schema) {
            Some(Ok(schema)) => self.read.output.schema = Some(schema),
            Some(Err((line, problem))) => self.fault(line, problem),
            None => {}
        }
    }

    /// The members that a map may have; complains of others.
    fn members<'n, const N: usize>(
        &mut self,
        node: &'n Node,
        within: &'static str,
        known: &'static str,
        names: [&str; N],
    ) -> [Option<&'n Node>; N] {
        if node.as_map().is_none() {
            self.kind(within, node, MAP);
        }
        for (key, _) in node.as_map().into_iter().flatten() {
            if !names.contains(&key.text.as_str()) {
                let key_text = key.text.clone();
                let problem = FrontMatterProblem::UnknownMember { key: key_text, within, known };
                self.fault(key.line, problem);
            }
        }
        names.map(|name| node.get(name))
    }
}
