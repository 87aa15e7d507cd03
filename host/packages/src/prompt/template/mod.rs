//! Templates: the subset of Handlebars that dotprompt uses, parsed into a tree.
//!
//! A template is parsed once, when its file is read. Values are inserted into the tree and never
//! parsed, so a value cannot act as a template.

mod parse;
mod scan;
mod tag_form;
mod tag_words;
mod whitespace;

use serde_json::Value;
use tollgate_model::TextSpan;

use super::limits::{BLOCK_DEPTH_MAX, INDENT_MAX};

pub(super) use parse::parse;

/// A template, or the body of a block.
pub(super) type Template = Vec<Node>;

/// A node of a template.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// Literal text.
    Text(String),
    /// `{{name}}`
    Value(ValuePath),
    /// `{{json name indent=2}}`
    Json { value: ValuePath, indent: usize },
    /// `{{role "system"}}`
    Role(MessageRole),
    /// `{{history}}`
    History,
    /// `{{section "thought"}}`
    Section(String),
    /// `{{media url=photo contentType="image/png"}}`
    Media { span: TextSpan, url: Expression, content_type: Option<Expression> },
    /// `{{#if …}} … {{else}} … {{/if}}`
    Block(Block),
    /// `{{> name}}`
    Partial(PartialCall),
}

/// A block, rendered once, repeatedly or not at all.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    /// Place of the opening tag.
    pub span: TextSpan,
    pub header: BlockHeader,
    pub body: Template,
    pub else_body: Template,
}

/// Condition or loop of a block.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum BlockHeader {
    If(Expression),
    Unless(Expression),
    Equal(Expression, Expression),
    NotEqual(Expression, Expression),
    /// A path, and the names for the item and for its index or key.
    Each(ValuePath, Vec<String>),
    /// A path, and the name for the value.
    With(ValuePath, Option<String>),
}

/// Call of a partial: another template, rendered in this place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PartialCall {
    pub span: TextSpan,
    pub name: String,
    /// Path to the value of `this` in the partial; `None` to keep the current one.
    pub context: Option<ValuePath>,
    /// Named arguments, which the partial sees as members of `this`.
    pub arguments: Vec<(String, Expression)>,
    /// Indentation added to each line of the partial.
    pub indent: String,
}

/// A literal, or a path to a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Literal(Value),
    Path(ValuePath),
}

/// A path to a value, such as `../orders.0.id`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ValuePath {
    /// Place of the tag that contains the path.
    pub span: TextSpan,
    /// Source text, for messages.
    pub text: String,
    pub start: PathStart,
    pub parts: Vec<String>,
}

/// Start of a path.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum PathStart {
    /// A block parameter, or else a member of `this`.
    Name,
    /// `this`, as many blocks further out.
    This(usize),
    /// `@root`, the object of all variables.
    Root,
    /// A loop variable such as `@index`.
    Loop(LoopVariable),
}

/// A variable of the innermost loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoopVariable {
    Index,
    Key,
    First,
    Last,
}

/// Author of a message.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum MessageRole {
    /// The person who uses the model.
    User,
    /// The model.
    Model,
    /// The operator, who gives the instructions.
    System,
    /// A tool that the model called.
    Tool,
}

impl MessageRole {
    const ALL: [(&str, Self); 4] = [
        ("user", Self::User),
        ("model", Self::Model),
        ("system", Self::System),
        ("tool", Self::Tool),
    ];

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, role)| *role)
    }
}

impl std::fmt::Display for MessageRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = Self::ALL.iter().find(|(_, role)| role == self);
        f.write_str(name.map_or("", |(name, _)| name))
    }
}

/// Error with its place in the file.
type TemplateErrorAt = (TextSpan, TemplateError);

/// Error in the syntax of a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("the tag that starts here is not closed")]
    UnclosedTag(&'static str),
    /// Handlebars syntax that prompts do not support, with a remedy.
    #[error("`{{{{{0}` is not supported in prompts")]
    UnsupportedSyntax(String, &'static str),
    #[error("unexpected `{character}` in `{{{{{tag}}}}}`")]
    UnexpectedCharacter { character: char, tag: String },
    #[error("a quoted text in `{{{{{0}}}}}` is not closed")]
    UnclosedText(String),
    #[error("`{0}` is not a valid path")]
    InvalidPath(String),
    /// A context variable (`@…`) that prompts do not support.
    #[error("unknown variable `{0}`")]
    UnknownContextVariable(String),
    #[error("invalid tag `{{{{{tag}}}}}`")]
    InvalidTag {
        tag: String,
        /// Correct form, completing "expected …".
        remedy: &'static str,
    },
    #[error("unknown helper `{0}`")]
    UnknownHelper(String),
    #[error("unknown role `{0}`")]
    UnknownRole(String),
    #[error("`indent` must be a whole number up to {INDENT_MAX}")]
    InvalidIndent,
    /// A closing tag or `else` without an open block.
    #[error("`{{{{{0}}}}}` belongs to no open block")]
    NoOpenBlock(String),
    #[error("`{{{{{found}}}}}` does not match `{{{{#{open}}}}}` of line {line}")]
    MismatchedClose {
        found: String,
        /// Name of the innermost open block.
        open: &'static str,
        line: usize,
    },
    #[error("`{{{{#{0}}}}}` is never closed")]
    UnclosedBlock(&'static str),
    #[error("more than {BLOCK_DEPTH_MAX} nested blocks")]
    TooDeep,
}

impl TemplateError {
    pub(super) fn help(&self) -> Option<String> {
        let help = match self {
            Self::InvalidIndent => return None,
            Self::UnclosedTag(braces) => {
                return Some(format!("add `{braces}`, or write `\\{{{{` for literal braces"));
            }
            Self::InvalidTag { remedy, .. } => return Some(format!("expected {remedy}")),
            Self::MismatchedClose { open, .. } => {
                return Some(format!("write `{{{{/{open}}}}}`"));
            }
            Self::UnclosedBlock(name) => {
                return Some(format!("add `{{{{/{name}}}}}` where it ends"));
            }
            Self::UnsupportedSyntax(_, remedy) => remedy,
            Self::UnexpectedCharacter { .. } => {
                "use only names, quoted texts and numbers; there are no comparisons or \
                 subexpressions"
            }
            Self::UnclosedText(_) => "add the closing quote",
            Self::InvalidPath(_) => "write names separated by dots",
            Self::UnknownContextVariable(_) => {
                "use `@index`, `@key`, `@first`, `@last` or `@root`; declare anything else as an \
                 input variable"
            }
            Self::UnknownHelper(_) => {
                "use `role`, `history`, `media`, `section` or `json`, or one of the blocks `#if`, \
                 `#unless`, `#each`, `#with`, `#ifEquals` and `#unlessEquals`"
            }
            Self::UnknownRole(_) => "use `system`, `user`, `model` or `tool`",
            Self::NoOpenBlock(_) => "remove it, or open a block before it",
            Self::TooDeep => "move some of them into partials",
        };
        Some(help.into())
    }
}
