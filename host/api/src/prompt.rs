//! Prompts. Members that a `.prompt` file names itself keep the spelling of dotprompt, such as `toolDefs`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;
use serde_json::{Map, Value};
use tollgate_model::{Digest, FormatVersion, PromptName, TextFileError};
use tollgate_packages::prompt::{PromptFile, PromptOutput, PromptVariable};

/// Name, version and file of a prompt.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PromptIdentity {
    /// `null` if the file states none.
    pub name: Option<PromptName>,
    /// `null` if the file states none.
    pub version: Option<Version>,
    /// Digest of the prompt with its partials.
    pub digest: Digest,
    pub file: String,
}

/// Prompts in a folder.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PromptListDocument {
    pub format: FormatVersion<1>,
    pub prompts: Vec<PromptListEntry>,
}

/// Prompts of a project, as a server lists them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ProjectPromptsDocument {
    #[serde(flatten)]
    pub list: PromptListDocument,
    /// Faults of files that are not listed, because they are no valid prompts.
    pub faults: Vec<PromptFault>,
}

/// Prompt in a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PromptListEntry {
    #[serde(flatten)]
    pub identity: PromptIdentity,
    /// Model that it is written for.
    pub model: Option<String>,
    pub description: Option<String>,
    /// Names of its variables.
    pub variables: Vec<String>,
}

/// Prompt with its metadata, variables and text.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PromptDocument {
    pub format: FormatVersion<1>,
    #[serde(flatten)]
    pub identity: PromptIdentity,
    pub description: Option<String>,
    #[serde(flatten)]
    pub request: ModelRequest,
    pub input: DeclaredInput,
    /// Author-defined data.
    pub metadata: Map<String, Value>,
    /// Keys of other programs, by namespace.
    pub ext: BTreeMap<String, Map<String, Value>>,
    /// Pieces of template that it includes.
    pub partials: Vec<IncludedPartial>,
    /// Content of the file.
    pub text: String,
}

/// Settings, tools and output that a prompt requests from a model, besides its messages.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ModelRequest {
    /// Model that the prompt is written for.
    pub model: Option<String>,
    /// Settings of the model.
    pub config: Map<String, Value>,
    /// Names of the tools that the model may call.
    pub tools: Vec<String>,
    /// Tools that the prompt itself defines.
    #[serde(rename = "toolDefs")]
    pub tool_defs: Vec<Value>,
    pub output: DeclaredOutput,
}

/// Declared output of the model.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DeclaredOutput {
    /// `text`, `json`, or another format that the caller knows.
    pub format: Option<String>,
    /// JSON Schema of the output.
    pub schema: Option<Value>,
}

/// Declared variables of a prompt.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DeclaredInput {
    /// JSON Schema of the object of all variables; `null` if the prompt takes none.
    pub schema: Option<Value>,
    pub variables: Vec<DeclaredVariable>,
}

/// Variable of a prompt.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DeclaredVariable {
    pub name: String,
    /// Line of the declaration, counted from 1.
    pub line: usize,
    /// Whether the caller has to give a value.
    pub required: bool,
    /// Value if the caller gives none.
    pub default: Option<Value>,
    /// JSON Schema of the value.
    pub schema: Value,
    /// Places in the templates that use it.
    pub uses: Vec<TemplatePlace>,
}

/// Place in a template.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TemplatePlace {
    pub file: String,
    pub line: usize,
}

/// Partial that a prompt includes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IncludedPartial {
    pub name: String,
    pub file: String,
}

/// Faults of the prompts in a folder.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PromptCheckDocument {
    pub format: FormatVersion<1>,
    /// Number of prompts.
    pub prompts: usize,
    pub faults: Vec<PromptFault>,
}

/// Fault of a prompt.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PromptFault {
    pub file: String,
    /// Line, counted from 1; `null` if it concerns the whole file.
    pub line: Option<usize>,
    /// Column, counted from 1; `null` if it concerns the whole file.
    pub column: Option<usize>,
    pub message: String,
    /// Remedy, if there is one.
    pub help: Option<String>,
}

impl From<&PromptFile> for PromptIdentity {
    fn from(prompt: &PromptFile) -> Self {
        Self {
            name: prompt.name(),
            version: prompt.version().cloned(),
            digest: prompt.digest(),
            file: prompt.text().file().into(),
        }
    }
}

impl From<&PromptFile> for PromptListEntry {
    fn from(prompt: &PromptFile) -> Self {
        let front = &prompt.front_matter;
        Self {
            identity: prompt.into(),
            model: front.model.clone(),
            description: front.description.clone(),
            variables: front.input.variables.iter().map(|one| one.name.clone()).collect(),
        }
    }
}

impl From<&PromptFile> for PromptDocument {
    fn from(prompt: &PromptFile) -> Self {
        let front = &prompt.front_matter;
        let variables = front.input.variables.iter();
        let partials = prompt.partials().map(|(name, source)| IncludedPartial {
            name: name.into(),
            file: source.file().into(),
        });
        Self {
            format: FormatVersion,
            identity: prompt.into(),
            description: front.description.clone(),
            request: prompt.into(),
            input: DeclaredInput {
                schema: front.input.schema.clone(),
                variables: variables.map(|one| DeclaredVariable::new(prompt, one)).collect(),
            },
            metadata: front.metadata.clone(),
            ext: front.ext.clone(),
            partials: partials.collect(),
            text: prompt.text().as_str().into(),
        }
    }
}

impl From<&PromptFile> for ModelRequest {
    fn from(prompt: &PromptFile) -> Self {
        let front = &prompt.front_matter;
        let PromptOutput { format, schema } = front.output.clone();
        Self {
            model: front.model.clone(),
            config: front.config.clone(),
            tools: front.tools.clone(),
            tool_defs: front.tool_defs.clone(),
            output: DeclaredOutput { format, schema },
        }
    }
}

impl DeclaredVariable {
    fn new(prompt: &PromptFile, variable: &PromptVariable) -> Self {
        let input = &prompt.front_matter.input;
        let uses = prompt.variable_uses().iter().filter(|used| used.variable == variable.name);
        let place = |file: &String, line| TemplatePlace { file: file.clone(), line };
        Self {
            name: variable.name.clone(),
            line: variable.line,
            required: input.must_be_given(variable),
            default: input.defaults.get(&variable.name).cloned(),
            schema: variable.schema.clone(),
            uses: uses.map(|used| place(&used.file, used.line)).collect(),
        }
    }
}

impl PromptListDocument {
    pub fn new(prompts: &[PromptFile]) -> Self {
        Self { format: FormatVersion, prompts: prompts.iter().map(Into::into).collect() }
    }
}

impl PromptCheckDocument {
    pub fn new(prompts: usize, faults: &[TextFileError]) -> Self {
        Self { format: FormatVersion, prompts, faults: faults.iter().map(Into::into).collect() }
    }
}

impl From<&TextFileError> for PromptFault {
    fn from(error: &TextFileError) -> Self {
        Self {
            file: error.file.name().into(),
            line: error.line(),
            column: error.column(),
            message: error.message.clone(),
            help: error.help.clone(),
        }
    }
}
