//! From the words of one tag to what it means.

use serde_json::Value;

use super::super::limits::INDENT_MAX;
use super::scan::{Kind, Tag};
use super::words::{Word, path};
use super::{Expression, Header, Node, Partial, Role, TemplateProblem as Problem};

/// A tag and its words.
pub(super) struct Form<'t> {
    pub tag: &'t Tag<'t>,
    pub words: Vec<Word>,
}

/// What stands in a tag behind its first word.
#[derive(Default)]
struct Arguments {
    plain: Vec<Expression>,
    named: Vec<(String, Expression)>,
    /// `as |item index|`
    names: Vec<String>,
}

impl Form<'_> {
    fn wrong<T>(&self, remedy: &'static str) -> Result<T, Problem> {
        let sign = match self.tag.kind {
            Kind::Open => "#",
            Kind::Partial => "> ",
            Kind::Else => "else ",
            Kind::Value | Kind::Close | Kind::Comment => "",
        };
        Err(Problem::Form { tag: format!("{sign}{}", self.tag.inside.trim()), remedy })
    }

    /// What a tag puts in its place.
    pub fn value(&self) -> Result<Node, Problem> {
        let Some(Word::Name(name)) = self.words.first() else {
            return self.wrong("it names a variable, such as `{{name}}`");
        };
        let mut arguments = self.arguments()?;
        match name.as_str() {
            "role" => self.role(&arguments),
            "history" if self.words.len() == 1 => Ok(Node::History),
            "section" => match self.only_text(&arguments) {
                Some(name) => Ok(Node::Section(name.into())),
                None => self.wrong("`{{section \"thought\"}}`"),
            },
            "media" => self.media(&mut arguments),
            "json" => self.json(arguments),
            name if self.words.len() == 1 => Ok(Node::Value(path(name, self.tag.line)?)),
            name => Err(Problem::Helper(name.into())),
        }
    }

    fn only_text<'a>(&self, arguments: &'a Arguments) -> Option<&'a str> {
        match (arguments.plain.as_slice(), arguments.named.is_empty()) {
            ([Expression::Literal(Value::String(text))], true) => Some(text),
            _ => None,
        }
    }

    /// A role stands in the template itself: no value decides who says something.
    fn role(&self, arguments: &Arguments) -> Result<Node, Problem> {
        match self.only_text(arguments) {
            Some(name) => {
                Role::named(name).map(Node::Role).ok_or_else(|| Problem::Role(name.into()))
            }
            None => self.wrong("`{{role \"system\"}}`, with the role in quotes"),
        }
    }

    fn media(&self, arguments: &mut Arguments) -> Result<Node, Problem> {
        const REMEDY: &str = "`{{media url=photo}}`, or with `contentType=\"image/png\"` as well";
        let (mut url, mut content_type) = (None, None);
        for (name, value) in arguments.named.drain(..) {
            match name.as_str() {
                "url" => url = Some(value),
                "contentType" => content_type = Some(value),
                _ => return self.wrong(REMEDY),
            }
        }
        match url {
            Some(url) if arguments.plain.is_empty() => {
                Ok(Node::Media { line: self.tag.line, url, content_type })
            }
            _ => self.wrong(REMEDY),
        }
    }

    fn json(&self, arguments: Arguments) -> Result<Node, Problem> {
        let mut indent = 0;
        for (name, value) in arguments.named {
            indent = match value {
                Expression::Literal(Value::Number(number)) if name == "indent" => {
                    let number = number.as_u64().filter(|number| *number <= INDENT_MAX);
                    number.ok_or(Problem::Indent)? as usize
                }
                _ => return Err(Problem::Indent),
            };
        }
        match <[Expression; 1]>::try_from(arguments.plain) {
            Ok([Expression::Path(value)]) => Ok(Node::Json { value, indent }),
            _ => self.wrong("`{{json name}}`, or `{{json name indent=2}}`"),
        }
    }

    /// The partial that it names.
    pub fn partial(&self, indent: String) -> Result<Node, Problem> {
        let arguments = self.arguments()?;
        let is_name =
            |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        match (self.words.first(), <[Expression; 1]>::try_from(arguments.plain)) {
            (Some(Word::Name(name)), context) if is_name(name) => {
                let context = match context {
                    Ok([Expression::Path(path)]) => Some(path),
                    Err(none) if none.is_empty() => None,
                    _ => return self.wrong(PARTIAL),
                };
                let (line, name) = (self.tag.line, name.clone());
                Ok(Node::Partial(Partial { line, name, context, more: arguments.named, indent }))
            }
            _ => self.wrong(PARTIAL),
        }
    }

    /// The block that it opens.
    pub fn header(&self) -> Result<Header, Problem> {
        let Some(Word::Name(name)) = self.words.first() else {
            return self.wrong("a block has a name, such as `{{#if name}}`");
        };
        let arguments = self.arguments()?;
        let names = arguments.names;
        let mut plain = arguments.plain.into_iter();
        let header = match (name.as_str(), plain.next(), plain.next()) {
            ("if", Some(value), None) => Header::If(value),
            ("unless", Some(value), None) => Header::Unless(value),
            ("ifEquals", Some(one), Some(other)) => Header::Equal(one, other),
            ("unlessEquals", Some(one), Some(other)) => Header::NotEqual(one, other),
            ("each", Some(Expression::Path(path)), None) if names.len() <= 2 => {
                return self.finished(Header::Each(path, names), &arguments.named, plain.next());
            }
            ("with", Some(Expression::Path(path)), None) if names.len() <= 1 => {
                let header = Header::With(path, names.into_iter().next());
                return self.finished(header, &arguments.named, plain.next());
            }
            ("if" | "unless" | "ifEquals" | "unlessEquals" | "each" | "with", ..) => {
                return self.wrong(BLOCK);
            }
            (other, ..) => return Err(Problem::Helper(format!("#{other}"))),
        };
        if !names.is_empty() {
            return self.wrong(BLOCK);
        }
        self.finished(header, &arguments.named, plain.next())
    }

    fn finished(
        &self,
        header: Header,
        named: &[(String, Expression)],
        next: Option<Expression>,
    ) -> Result<Header, Problem> {
        if named.is_empty() && next.is_none() { Ok(header) } else { self.wrong(BLOCK) }
    }

    fn arguments(&self) -> Result<Arguments, Problem> {
        let mut arguments = Arguments::default();
        let mut words = self.words.iter().skip(1).peekable();
        while let Some(word) = words.next() {
            match word {
                Word::Name(name) if words.peek() == Some(&&Word::Equals) => {
                    words.next();
                    let Some(value) = words.next() else { return self.wrong(NAMED) };
                    arguments.named.push((name.clone(), self.expression(value)?));
                }
                Word::Name(name) if name == "as" && words.peek() == Some(&&Word::Bar) => {
                    let names = words.by_ref().filter_map(|word| match word {
                        Word::Name(name) => Some(name.clone()),
                        _ => None,
                    });
                    arguments.names = names.collect();
                }
                word => arguments.plain.push(self.expression(word)?),
            }
        }
        Ok(arguments)
    }

    fn expression(&self, word: &Word) -> Result<Expression, Problem> {
        match word {
            Word::Literal(value) => Ok(Expression::Literal(value.clone())),
            Word::Name(name) => path(name, self.tag.line).map(Expression::Path),
            Word::Equals | Word::Bar => self.wrong(NAMED),
        }
    }
}

const NAMED: &str = "a name, then `=`, then a value";
const PARTIAL: &str = "`{{> name}}`, with letters, digits, `-` and `_`; then perhaps a variable \
    that it is about, and more as `name=value`";
const BLOCK: &str = "`{{#if name}}`, `{{#unless name}}`, `{{#each names}}`, \
    `{{#each names as |name index|}}`, `{{#with name}}` or `{{#ifEquals name \"text\"}}`";
