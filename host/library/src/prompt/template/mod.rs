//! Templates: the part of Handlebars that dotprompt has, as a tree.
//!
//! A template is parsed once and never again. What is put into it later are values, and there
//! is no way from a value back into the parser.

mod form;
mod parse;
mod scan;
mod whitespace;
mod words;

use serde_json::Value;

use super::limits::{BLOCK_DEPTH_MAX, INDENT_MAX};

pub(super) use parse::parse;

/// A template or a part of one.
pub(super) type Nodes = Vec<Node>;

/// What a template is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// What is written as it stands.
    Text(String),
    /// `{{name}}`
    Value(Path),
    /// `{{json name indent=2}}`
    Json { value: Path, indent: usize },
    /// `{{role "system"}}`
    Role(Role),
    /// `{{history}}`
    History,
    /// `{{section "thought"}}`
    Section(String),
    /// `{{media url=photo contentType="image/png"}}`
    Media { line: usize, url: Expression, content_type: Option<Expression> },
    /// `{{#if …}} … {{else}} … {{/if}}`
    Block(Block),
    /// `{{> name}}`
    Partial(Partial),
}

/// A part of a template that is rendered once, several times or not at all.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    pub line: usize,
    pub header: Header,
    pub body: Nodes,
    pub otherwise: Nodes,
}

/// On what a block depends.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Header {
    If(Expression),
    Unless(Expression),
    Equal(Expression, Expression),
    NotEqual(Expression, Expression),
    /// With the names for the item, and for its index or key.
    Each(Path, Vec<String>),
    /// With the name for the value.
    With(Path, Option<String>),
}

/// Another template, rendered in this place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Partial {
    pub line: usize,
    pub name: String,
    /// What `this` is in it, where that is something else than here.
    pub context: Option<Path>,
    /// What else it knows.
    pub more: Vec<(String, Expression)>,
    /// What stands before each of its lines.
    pub indent: String,
}

/// A value that stands in the template, or the way to one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Literal(Value),
    Path(Path),
}

/// The way to a value: `../orders.0.id`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Path {
    pub line: usize,
    /// As it was written.
    pub written: String,
    pub start: Start,
    pub parts: Vec<String>,
}

/// Where a way begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Start {
    /// At a name of the block around it, or else at a member of what is rendered.
    Name,
    /// At what is rendered, so many blocks further out.
    This(usize),
    /// At all variables.
    Root,
    /// At what a loop knows.
    Loop(Turn),
}

/// What a loop knows of the turn it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Index,
    Key,
    First,
    Last,
}

/// Who says a message.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Who uses the model.
    User,
    /// The model.
    Model,
    /// Who runs the model.
    System,
    /// What the model has called.
    Tool,
}

impl Role {
    const ALL: [(&str, Self); 4] = [
        ("user", Self::User),
        ("model", Self::Model),
        ("system", Self::System),
        ("tool", Self::Tool),
    ];

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, role)| *role)
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = Self::ALL.iter().find(|(_, role)| role == self);
        f.write_str(name.map_or("", |(name, _)| name))
    }
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateProblem {
    /// A tag has no end.
    #[error(
        "the tag that starts here has no end: close it with `{0}`, or write `\\{{{{` for braces"
    )]
    Unclosed(&'static str),
    /// A tag is of a kind that prompts do not have.
    #[error("`{{{{{0}` is not read in prompts: {1}")]
    Kind(String, &'static str),
    /// A character that nothing starts with.
    #[error(
        "`{character}` means nothing in `{{{{{tag}}}}}`: templates know names, texts and numbers, and compare nothing"
    )]
    Character {
        /// Which character.
        character: char,
        /// In which tag.
        tag: String,
    },
    /// A text in a tag has no end.
    #[error("a text in `{{{{{0}}}}}` has no end: close it with a quote")]
    OpenText(String),
    /// A way to a value that is none.
    #[error("`{0}` is no way to a value: write names with dots between them")]
    Path(String),
    /// A variable of the host's that is none of the caller's.
    #[error(
        "`{0}` is not there: there are `@index`, `@key`, `@first`, `@last` and `@root`; whatever \
         else a prompt needs, it takes as a variable"
    )]
    Data(String),
    /// A tag is not written as it should be.
    #[error("`{{{{{tag}}}}}` is not written as it should be: {remedy}")]
    Form {
        /// The tag.
        tag: String,
        /// How it is written.
        remedy: &'static str,
    },
    /// A helper that is not there.
    #[error(
        "there is no helper `{0}`: there are `role`, `history`, `media`, `section` and `json`, and \
         the blocks `#if`, `#unless`, `#each`, `#with`, `#ifEquals` and `#unlessEquals`"
    )]
    Helper(String),
    /// A role that no model knows.
    #[error("there is no role `{0}`: there are `system`, `user`, `model` and `tool`")]
    Role(String),
    /// JSON is indented too far.
    #[error("`indent` is a whole number up to {INDENT_MAX}")]
    Indent,
    /// Something ends that has not begun.
    #[error("`{{{{{0}}}}}` closes nothing here: take it away, or open a block before it")]
    ClosesNothing(String),
    /// Something else ends than what has begun.
    #[error("`{{{{{found}}}}}` closes `{{{{#{open}}}}}` of line {line}: write `{{{{/{open}}}}}`")]
    ClosesOther {
        /// What stands there.
        found: String,
        /// What is open.
        open: &'static str,
        /// Since which line.
        line: usize,
    },
    /// A block has no end.
    #[error("`{{{{#{0}}}}}` is never closed: write `{{{{/{0}}}}}` where it ends")]
    NeverClosed(&'static str),
    /// Blocks are nested too deeply.
    #[error("more than {BLOCK_DEPTH_MAX} blocks within each other: make partials of some")]
    TooDeep,
}
