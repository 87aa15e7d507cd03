//! Prompts: `.prompt` files in the format of dotprompt.
//!
//! A file has YAML front matter (name, version, model, input variables, output) and a Handlebars
//! template that renders to messages. Reading a file reports all errors that can be found without
//! values for the variables, in one go. This module does not call models.

mod diff;
mod digest;
mod error;
mod folder;
mod front_matter;
mod limits;
mod picoschema;
mod render;
mod scope;
mod shape;
mod template;
mod text;
mod usage;
mod variables;
mod yaml;

use std::collections::BTreeMap;
use std::path::Path;

use semver::Version;
use tollgate_model::{Digest, PromptName, PromptRef, TextFileError, TextFileErrors};

pub use diff::{ChangeSection, Hunk, PromptChange, PromptDiff};
pub use folder::PromptFolder;
pub use front_matter::{FrontMatter, PromptOutput};
pub use limits::FILE_BYTES_MAX;
pub use render::{Media, MessageContent, PromptMessage};
pub use template::MessageRole;
pub use text::PromptText;
pub use usage::VariableUse;
pub use variables::{PromptInput, PromptVariable};

use limits::PARTIALS_MAX;
use template::{Node, Template};
use text::PromptTextError;

/// File name extension of prompts, without the dot.
pub const EXTENSION: &str = "prompt";

/// A prompt that was read and validated.
#[derive(Clone, Debug)]
pub struct PromptFile {
    pub front_matter: FrontMatter,
    text: PromptText,
    template: Template,
    partials: BTreeMap<String, PartialFile>,
    uses: Vec<VariableUse>,
    canonical: Vec<u8>,
    digest: Digest,
}

/// A template fragment that several prompts can include.
#[derive(Clone, Debug)]
struct PartialFile {
    text: PromptText,
    template: Template,
}

/// Loads a partial by name; `None` if there is no partial of that name.
type LoadPartial<'a> = &'a dyn Fn(&str) -> Option<Result<PromptText, TextFileError>>;

impl PromptFile {
    /// Reads a prompt file, and the partials it includes from the same folder. The file may be a link
    /// to anywhere, because the caller names it; a partial may not.
    pub fn read(path: &Path) -> Result<Self, TextFileErrors> {
        Self::parse_in_folder(Path::new(""), path, PromptText::read(path)?)
    }

    /// Reads a prompt file that a folder contains. No link leads out of the folder. Its files are
    /// named by their paths below `root`.
    fn read_in_folder(root: &Path, path: &Path) -> Result<Self, TextFileErrors> {
        Self::parse_in_folder(root, path, PromptText::read_in_folder(root, path)?)
    }

    fn parse_in_folder(root: &Path, path: &Path, text: PromptText) -> Result<Self, TextFileErrors> {
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse(text, &|name| {
            let path = folder.join(format!("_{name}.{EXTENSION}"));
            // A pipe or a link that leads nowhere is an error, and not a partial that is missing.
            let is_there = root.join(&path).symlink_metadata().is_ok();
            is_there.then(|| PromptText::read_in_folder(root, &path))
        })
    }

    /// Parses a prompt; `partials` loads the partials that it includes.
    pub fn parse(text: PromptText, partials: LoadPartial<'_>) -> Result<Self, TextFileErrors> {
        let mut errors = Vec::new();
        let (front, body) = text.split()?;
        let front_matter = match front.map(|part| front_matter::read(&text, part)) {
            Some(Ok(front_matter)) => front_matter,
            Some(Err(front_matter_errors)) => {
                errors.extend(front_matter_errors);
                FrontMatter::default()
            }
            None => FrontMatter::default(),
        };
        let template = template::parse(body).unwrap_or_else(|(span, error)| {
            errors.push(text.error_at(span, error));
            Template::new()
        });
        let partials = collect_partials(&template, partials, &mut errors);
        if !errors.is_empty() {
            return Err(TextFileErrors(errors));
        }
        let canonical = digest::encode(&text, front.is_some(), &partials);
        let digest = Digest::of(&canonical);
        // Filled below: the check needs the assembled prompt.
        let uses = Vec::new();
        let mut prompt = Self { front_matter, text, template, partials, uses, canonical, digest };
        let (uses, errors) = usage::check_usage(&prompt);
        prompt.uses = uses;
        if errors.is_empty() { Ok(prompt) } else { Err(TextFileErrors(errors)) }
    }

    /// Reads a prompt from the canonical bytes of a published package. `file` is the name shown in
    /// errors, and gives the prompt its name if the front matter has none.
    pub fn from_canonical_bytes(file: &str, bytes: &[u8]) -> Result<Self, TextFileErrors> {
        let (text, partials) = digest::decode(file, bytes)?;
        Self::parse(text, &|name| partials.get(name).cloned().map(Ok))
    }

    /// Returns the normalised bytes of the prompt and its partials, which the digest covers.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        self.canonical.clone()
    }

    /// Returns the name from the front matter, or else from the file name.
    pub fn name(&self) -> Option<PromptName> {
        let from_file_name =
            || folder::parse_file_name(Path::new(self.text.file())).ok().map(|file| file.name);
        self.front_matter.name.clone().or_else(from_file_name)
    }

    pub fn version(&self) -> Option<&Version> {
        self.front_matter.version.as_ref()
    }

    /// Returns the digest of the canonical bytes.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Returns the reference that a subject made with this prompt carries, or `None` if the prompt
    /// has no version.
    pub fn to_prompt_ref(&self) -> Option<PromptRef> {
        Some(PromptRef {
            name: self.name()?.to_string(),
            version: self.version()?.to_string(),
            digest: self.digest.to_string(),
        })
    }

    pub fn text(&self) -> &PromptText {
        &self.text
    }

    /// Iterates over the included partials, ordered by name.
    pub fn partials(&self) -> impl Iterator<Item = (&str, &PromptText)> {
        self.partials.iter().map(|(name, partial)| (name.as_str(), &partial.text))
    }

    /// Returns every place that uses an input variable.
    pub fn variable_uses(&self) -> &[VariableUse] {
        &self.uses
    }
}

/// Loads all partials that a template includes, directly or through other partials.
fn collect_partials(
    template: &Template,
    partials: LoadPartial<'_>,
    errors: &mut Vec<TextFileError>,
) -> BTreeMap<String, PartialFile> {
    let mut collected = BTreeMap::new();
    let mut pending = partial_names(template);
    while let Some(name) = pending.pop() {
        if collected.contains_key(&name) || collected.len() >= PARTIALS_MAX {
            continue;
        }
        // A missing partial is reported by `usage`, which knows the line that includes it.
        match partials(&name).map(|text| text.and_then(parse_partial)) {
            Some(Ok(partial)) => {
                pending.extend(partial_names(&partial.template));
                collected.insert(name, partial);
            }
            Some(Err(error)) if !errors.contains(&error) => errors.push(error),
            _ => {}
        }
    }
    collected
}

fn parse_partial(text: PromptText) -> Result<PartialFile, TextFileError> {
    let (front, body) = text.split()?;
    if let Some(front) = front {
        let fence = text.text_file().line_span(front.line().saturating_sub(1));
        return Err(text.error_at(fence, PromptTextError::PartialWithFrontMatter));
    }
    let template = template::parse(body).map_err(|(span, error)| text.error_at(span, error))?;
    Ok(PartialFile { template, text })
}

/// Returns the names of the partials that these nodes include directly.
fn partial_names(nodes: &[Node]) -> Vec<String> {
    let mut names = Vec::new();
    for node in nodes {
        match node {
            Node::Partial(partial) => names.push(partial.name.clone()),
            Node::Block(block) => {
                names.extend(partial_names(&block.body));
                names.extend(partial_names(&block.else_body));
            }
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests;
