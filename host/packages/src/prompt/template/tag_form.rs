//! Interpretation of a single tag: from its words to a node or a block header.

use serde_json::Value;

use super::super::limits::INDENT_MAX;
use super::scan::{Tag, TagKind};
use super::tag_words::{Word, parse_path};
use super::{BlockHeader, Expression, MessageRole, Node, PartialCall, TemplateError};

/// A tag, split into words.
pub(super) struct TagForm<'t> {
    pub tag: &'t Tag<'t>,
    pub words: Vec<Word>,
}

/// Arguments after the first word of a tag.
#[derive(Default)]
struct TagArguments {
    plain: Vec<Expression>,
    named: Vec<(String, Expression)>,
    /// `as |item index|`
    names: Vec<String>,
}

impl TagForm<'_> {
    fn invalid_tag<T>(&self, remedy: &'static str) -> Result<T, TemplateError> {
        let sign = match self.tag.kind {
            TagKind::Open => "#",
            TagKind::Partial => "> ",
            TagKind::Else => "else ",
            TagKind::Value | TagKind::Close | TagKind::Comment => "",
        };
        Err(TemplateError::InvalidTag { tag: format!("{sign}{}", self.tag.content.trim()), remedy })
    }

    /// Interprets a value tag or an inline helper.
    pub fn value_node(&self) -> Result<Node, TemplateError> {
        let Some(Word::Name(name)) = self.words.first() else {
            return self.invalid_tag("a variable name, such as `{{name}}`");
        };
        let mut arguments = self.parse_arguments()?;
        match name.as_str() {
            "role" => self.role_node(&arguments),
            "history" if self.words.len() == 1 => Ok(Node::History),
            "section" => match self.single_text(&arguments) {
                Some(name) => Ok(Node::Section(name.into())),
                None => self.invalid_tag("`{{section \"thought\"}}`"),
            },
            "media" => self.media_node(&mut arguments),
            "json" => self.json_node(arguments),
            name if self.words.len() == 1 => Ok(Node::Value(parse_path(name, self.tag.span)?)),
            name => Err(TemplateError::UnknownHelper(name.into())),
        }
    }

    fn single_text<'a>(&self, arguments: &'a TagArguments) -> Option<&'a str> {
        match (arguments.plain.as_slice(), arguments.named.is_empty()) {
            ([Expression::Literal(Value::String(text))], true) => Some(text),
            _ => None,
        }
    }

    /// Interprets `{{role "…"}}`. The role must be a literal, so that no value can decide who
    /// speaks.
    fn role_node(&self, arguments: &TagArguments) -> Result<Node, TemplateError> {
        match self.single_text(arguments) {
            Some(name) => MessageRole::from_name(name)
                .map(Node::Role)
                .ok_or_else(|| TemplateError::UnknownRole(name.into())),
            None => self.invalid_tag("`{{role \"system\"}}`, with the role in quotes"),
        }
    }

    fn media_node(&self, arguments: &mut TagArguments) -> Result<Node, TemplateError> {
        const REMEDY: &str = "`{{media url=photo}}`, optionally with `contentType=\"image/png\"`";
        let (mut url, mut content_type) = (None, None);
        for (name, value) in arguments.named.drain(..) {
            match name.as_str() {
                "url" => url = Some(value),
                "contentType" => content_type = Some(value),
                _ => return self.invalid_tag(REMEDY),
            }
        }
        match url {
            Some(url) if arguments.plain.is_empty() => {
                Ok(Node::Media { span: self.tag.span, url, content_type })
            }
            _ => self.invalid_tag(REMEDY),
        }
    }

    fn json_node(&self, arguments: TagArguments) -> Result<Node, TemplateError> {
        let mut indent = 0;
        for (name, value) in arguments.named {
            indent = match value {
                Expression::Literal(Value::Number(number)) if name == "indent" => {
                    let number = number.as_u64().filter(|number| *number <= INDENT_MAX);
                    number.ok_or(TemplateError::InvalidIndent)? as usize
                }
                _ => return Err(TemplateError::InvalidIndent),
            };
        }
        match <[Expression; 1]>::try_from(arguments.plain) {
            Ok([Expression::Path(value)]) => Ok(Node::Json { value, indent }),
            _ => self.invalid_tag("`{{json name}}` or `{{json name indent=2}}`"),
        }
    }

    /// Interprets a partial call.
    pub fn partial_node(&self, indent: String) -> Result<Node, TemplateError> {
        let arguments = self.parse_arguments()?;
        let is_name =
            |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        match (self.words.first(), <[Expression; 1]>::try_from(arguments.plain)) {
            (Some(Word::Name(name)), context) if is_name(name) => {
                let context = match context {
                    Ok([Expression::Path(path)]) => Some(path),
                    // `try_from` returns the arguments unless there is exactly one.
                    Err(none) if none.is_empty() => None,
                    _ => return self.invalid_tag(PARTIAL_FORM),
                };
                let (span, name) = (self.tag.span, name.clone());
                Ok(Node::Partial(PartialCall {
                    span,
                    name,
                    context,
                    arguments: arguments.named,
                    indent,
                }))
            }
            _ => self.invalid_tag(PARTIAL_FORM),
        }
    }

    /// Interprets the opening tag of a block.
    pub fn block_header(&self) -> Result<BlockHeader, TemplateError> {
        let Some(Word::Name(name)) = self.words.first() else {
            return self.invalid_tag("a block name, such as `{{#if name}}`");
        };
        let arguments = self.parse_arguments()?;
        let names = arguments.names;
        let mut plain = arguments.plain.into_iter();
        let header = match (name.as_str(), plain.next(), plain.next()) {
            ("if", Some(value), None) => BlockHeader::If(value),
            ("unless", Some(value), None) => BlockHeader::Unless(value),
            ("ifEquals", Some(one), Some(other)) => BlockHeader::Equal(one, other),
            ("unlessEquals", Some(one), Some(other)) => BlockHeader::NotEqual(one, other),
            ("each", Some(Expression::Path(path)), None) if names.len() <= 2 => {
                return self.without_rest(
                    BlockHeader::Each(path, names),
                    &arguments.named,
                    plain.next(),
                );
            }
            ("with", Some(Expression::Path(path)), None) if names.len() <= 1 => {
                let header = BlockHeader::With(path, names.into_iter().next());
                return self.without_rest(header, &arguments.named, plain.next());
            }
            ("if" | "unless" | "ifEquals" | "unlessEquals" | "each" | "with", ..) => {
                return self.invalid_tag(BLOCK_FORM);
            }
            (other, ..) => return Err(TemplateError::UnknownHelper(format!("#{other}"))),
        };
        if !names.is_empty() {
            return self.invalid_tag(BLOCK_FORM);
        }
        self.without_rest(header, &arguments.named, plain.next())
    }

    fn without_rest(
        &self,
        header: BlockHeader,
        named: &[(String, Expression)],
        next: Option<Expression>,
    ) -> Result<BlockHeader, TemplateError> {
        if named.is_empty() && next.is_none() { Ok(header) } else { self.invalid_tag(BLOCK_FORM) }
    }

    fn parse_arguments(&self) -> Result<TagArguments, TemplateError> {
        let mut arguments = TagArguments::default();
        let mut words = self.words.iter().skip(1).peekable();
        while let Some(word) = words.next() {
            match word {
                Word::Name(name) if words.peek() == Some(&&Word::Equals) => {
                    words.next();
                    let Some(value) = words.next() else { return self.invalid_tag(NAMED_FORM) };
                    arguments.named.push((name.clone(), self.parse_expression(value)?));
                }
                Word::Name(name) if name == "as" && words.peek() == Some(&&Word::Bar) => {
                    let names = words.by_ref().filter_map(|word| match word {
                        Word::Name(name) => Some(name.clone()),
                        _ => None,
                    });
                    arguments.names = names.collect();
                }
                word => arguments.plain.push(self.parse_expression(word)?),
            }
        }
        Ok(arguments)
    }

    fn parse_expression(&self, word: &Word) -> Result<Expression, TemplateError> {
        match word {
            Word::Literal(value) => Ok(Expression::Literal(value.clone())),
            Word::Name(name) => parse_path(name, self.tag.span).map(Expression::Path),
            Word::Equals | Word::Bar => self.invalid_tag(NAMED_FORM),
        }
    }
}

const NAMED_FORM: &str = "a name, `=` and a value";
const PARTIAL_FORM: &str = "`{{> name}}` with a name of letters, digits, `-` and `_`, optionally followed \
    by a variable and by `name=value`";
const BLOCK_FORM: &str = "`{{#if name}}`, `{{#unless name}}`, `{{#each names}}`, \
    `{{#each names as |name index|}}`, `{{#with name}}` or `{{#ifEquals name \"text\"}}`";
