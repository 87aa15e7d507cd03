//! Prompts: `.prompt` files in the format of dotprompt.
//!
//! A file has front matter in YAML, which says who it is and what it takes, and a template in
//! Handlebars, which becomes messages. Everything that can be known to be wrong without any
//! variables is told when the file is read, all of it at once.

mod diff;
mod digest;
mod fault;
mod folder;
mod front_matter;
mod limits;
mod picoschema;
mod render;
mod scope;
mod shape;
mod source;
mod template;
mod usage;
mod variables;
mod yaml;

use std::collections::BTreeMap;
use std::path::Path;

use semver::Version;
use tollgate_model::{Digest, Prompt, PromptName};

pub use diff::{Change, Diff, Hunk, Section};
pub use fault::{Fault, Faults, Problem};
pub use folder::{Folder, FolderProblem, Twice};
pub use front_matter::{FrontMatter, FrontMatterProblem, Output};
pub use limits::FILE_BYTES_MAX;
pub use picoschema::SchemaProblem;
pub use render::{Content, Media, Message, RenderProblem};
pub use source::{Source, SourceProblem};
pub use template::{Role, TemplateProblem};
pub use usage::{UsageProblem, Use};
pub use variables::{Input, Variable};
pub use yaml::YamlProblem;

use limits::PARTIALS_MAX;
use template::{Node, Nodes};

/// How files of prompts end.
pub const EXTENSION: &str = "prompt";

/// A prompt that has been read and found to be right.
#[derive(Clone, Debug)]
pub struct PromptFile {
    /// What it says of itself.
    pub front_matter: FrontMatter,
    source: Source,
    template: Nodes,
    partials: BTreeMap<String, PartialFile>,
    uses: Vec<Use>,
    canonical: Vec<u8>,
    digest: Digest,
}

/// A part of templates that several prompts name.
#[derive(Clone, Debug)]
struct PartialFile {
    source: Source,
    template: Nodes,
}

/// Where partials come from: nothing where there is none of this name.
type Partials<'a> = &'a dyn Fn(&str) -> Option<Result<Source, Fault>>;

impl PromptFile {
    /// Reads a file, and the partials that it names from the same folder.
    pub fn read(path: &Path) -> Result<Self, Faults> {
        let source = Source::read(path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse(source, &|name| {
            let path = folder.join(format!("_{name}.{EXTENSION}"));
            path.is_file().then(|| Source::read(&path))
        })
    }

    /// Reads a text; `partials` gives what it names.
    pub fn parse(source: Source, partials: Partials<'_>) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let (front, body) = source.cut()?;
        let front_matter = match front.map(|part| front_matter::read(&source, part)) {
            Some(Ok(front_matter)) => front_matter,
            Some(Err(wrong)) => {
                faults.extend(wrong);
                FrontMatter::default()
            }
            None => FrontMatter::default(),
        };
        let template = template::parse(body).unwrap_or_else(|(line, problem)| {
            faults.push(source.fault(line, problem));
            Nodes::new()
        });
        let partials = collect(&template, partials, &mut faults);
        if !faults.is_empty() {
            return Err(Faults(faults));
        }
        let canonical = digest::bytes(&source, front.is_some(), &partials);
        let digest = Digest::of(&canonical);
        let uses = Vec::new();
        let mut prompt = Self { front_matter, source, template, partials, uses, canonical, digest };
        let (uses, faults) = usage::look(&prompt);
        prompt.uses = uses;
        if faults.is_empty() { Ok(prompt) } else { Err(Faults(faults)) }
    }

    /// Reads a prompt from its canonical bytes, as it was published under the name of this file.
    pub fn unpack(file: &str, bytes: &[u8]) -> Result<Self, Faults> {
        let (source, partials) = digest::split(file, bytes)?;
        Self::parse(source, &|name| partials.get(name).cloned().map(Ok))
    }

    /// Its text and those of its partials, in the one spelling that counts.
    pub fn canonical(&self) -> Vec<u8> {
        self.canonical.clone()
    }

    /// What it is called: as it says itself, or else as its file is called.
    pub fn name(&self) -> Option<PromptName> {
        let of_file = || folder::file_name(Path::new(&self.source.file)).ok().map(|file| file.name);
        self.front_matter.name.clone().or_else(of_file)
    }

    /// Its prompt version.
    pub fn version(&self) -> Option<&Version> {
        self.front_matter.version.as_ref()
    }

    /// What identifies its bytes, and those of its partials.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What a subject says that was made with it; nothing, while it has no version.
    pub fn as_prompt(&self) -> Option<Prompt> {
        Some(Prompt {
            name: self.name()?.to_string(),
            version: self.version()?.to_string(),
            digest: self.digest.to_string(),
        })
    }

    /// Its text.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The partials that it is made of, by their names.
    pub fn partials(&self) -> impl Iterator<Item = (&str, &Source)> {
        self.partials.iter().map(|(name, partial)| (name.as_str(), &partial.source))
    }

    /// Where it names its variables.
    pub fn uses(&self) -> &[Use] {
        &self.uses
    }
}

/// Every partial that a template is made of, those of partials included.
fn collect(
    template: &Nodes,
    partials: Partials<'_>,
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, PartialFile> {
    let mut collected = BTreeMap::new();
    let mut wanted = named(template);
    while let Some(name) = wanted.pop() {
        if collected.contains_key(&name) || collected.len() >= PARTIALS_MAX {
            continue;
        }
        // One that is missing is told where it is named.
        match partials(&name).map(|source| source.and_then(partial)) {
            Some(Ok(partial)) => {
                wanted.extend(named(&partial.template));
                collected.insert(name, partial);
            }
            Some(Err(fault)) if !faults.contains(&fault) => faults.push(fault),
            _ => {}
        }
    }
    collected
}

fn partial(source: Source) -> Result<PartialFile, Fault> {
    let (front, body) = source.cut()?;
    if front.is_some() {
        return Err(source.fault(1, SourceProblem::PartialWithFrontMatter));
    }
    let template = template::parse(body).map_err(|(line, problem)| source.fault(line, problem))?;
    Ok(PartialFile { template, source })
}

/// The partials that a template names.
fn named(nodes: &[Node]) -> Vec<String> {
    let mut names = Vec::new();
    for node in nodes {
        match node {
            Node::Partial(partial) => names.push(partial.name.clone()),
            Node::Block(block) => {
                names.extend(named(&block.body));
                names.extend(named(&block.otherwise));
            }
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests;
