//! Parser: builds the tree of a template from tokens.

use tollgate_model::{TextFile, TextSpan};

use super::super::limits::BLOCK_DEPTH_MAX;
use super::super::text::TextSection;
use super::scan::{Tag, TagKind, Token, scan};
use super::tag_form::TagForm;
use super::tag_words::split_words;
use super::whitespace::trim_whitespace;
use super::{Block, BlockHeader, Node, Template, TemplateError, TemplateErrorAt};

/// Parses a template.
pub(in super::super) fn parse(part: TextSection<'_>) -> Result<Template, TemplateErrorAt> {
    let mut parser = TemplateParser { file: part.file, root: Template::new(), open: Vec::new() };
    for (indent, token) in trim_whitespace(scan(part)?) {
        match token {
            Token::Text(text) if text.is_empty() => {}
            Token::Text(text) => parser.add_node(Node::Text(text)),
            Token::Tag(tag) => {
                parser.add_tag(&tag, indent).map_err(|error| (tag.span, error))?;
            }
        }
    }
    match parser.open.pop() {
        Some(open) => {
            Err((open.block.span, TemplateError::UnclosedBlock(open.block.header.name())))
        }
        None => Ok(parser.root),
    }
}

struct TemplateParser<'t> {
    file: &'t TextFile,
    root: Template,
    /// Open blocks, innermost last.
    open: Vec<OpenBlock>,
}

struct OpenBlock {
    block: Block,
    /// Whether its `else` was read.
    in_else: bool,
    /// Whether it is an `else if`, which ends together with the enclosing block.
    chained: bool,
}

impl TemplateParser<'_> {
    fn add_node(&mut self, node: Node) {
        let into = match self.open.last_mut() {
            None => &mut self.root,
            Some(open) if open.in_else => &mut open.block.else_body,
            Some(open) => &mut open.block.body,
        };
        into.push(node);
    }

    fn add_tag(&mut self, tag: &Tag<'_>, indent: String) -> Result<(), TemplateError> {
        let form = TagForm {
            tag,
            words: if tag.kind == TagKind::Comment {
                Vec::new()
            } else {
                split_words(tag.content)?
            },
        };
        match tag.kind {
            TagKind::Comment => Ok(()),
            TagKind::Value => form.value_node().map(|node| self.add_node(node)),
            TagKind::Partial => form.partial_node(indent).map(|node| self.add_node(node)),
            TagKind::Open => self.open_block(tag.span, form.block_header()?, false),
            TagKind::Else if form.words.is_empty() => self.enter_else(),
            TagKind::Else => {
                let header = form.block_header()?;
                self.enter_else()?;
                self.open_block(tag.span, header, true)
            }
            TagKind::Close => self.close_block(&form),
        }
    }

    fn open_block(
        &mut self,
        span: TextSpan,
        header: BlockHeader,
        chained: bool,
    ) -> Result<(), TemplateError> {
        if self.open.len() >= BLOCK_DEPTH_MAX {
            return Err(TemplateError::TooDeep);
        }
        let block = Block { span, header, body: Template::new(), else_body: Template::new() };
        self.open.push(OpenBlock { block, in_else: false, chained });
        Ok(())
    }

    fn enter_else(&mut self) -> Result<(), TemplateError> {
        match self.open.last_mut() {
            Some(open) if !open.in_else => {
                open.in_else = true;
                Ok(())
            }
            _ => Err(TemplateError::NoOpenBlock("else".into())),
        }
    }

    fn close_block(&mut self, form: &TagForm<'_>) -> Result<(), TemplateError> {
        let found = format!("/{}", form.tag.content.trim());
        loop {
            let Some(open) = self.open.pop() else { return Err(TemplateError::NoOpenBlock(found)) };
            let (chained, name) = (open.chained, open.block.header.name());
            // `{{/if}}` also closes the `else if` blocks inside, which have no closing tag of their own.
            if !chained && found.trim_start_matches('/') != name {
                return Err(TemplateError::MismatchedClose {
                    found,
                    open: name,
                    line: self.file.line_at(open.block.span.start),
                });
            }
            self.add_node(Node::Block(open.block));
            if !chained {
                return Ok(());
            }
        }
    }
}

impl BlockHeader {
    fn name(&self) -> &'static str {
        match self {
            Self::If(_) => "if",
            Self::Unless(_) => "unless",
            Self::Equal(..) => "ifEquals",
            Self::NotEqual(..) => "unlessEquals",
            Self::Each(..) => "each",
            Self::With(..) => "with",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Expression, MessageRole};
    use super::*;

    fn parse_text(text: &str) -> Template {
        parse(TextSection::whole(&TextFile::new("a", text))).unwrap()
    }

    fn assert_error(text: &str, start: &str) {
        let file = TextFile::new("a", text);
        let (span, error) = parse(TextSection::whole(&file)).unwrap_err();
        let help = error.help().unwrap_or_default();
        let message = format!("{}: {error}: {help}", file.line_at(span.start));
        assert!(message.starts_with(start), "{message}");
    }

    fn block(node: &Node) -> &Block {
        match node {
            Node::Block(block) => block,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn closes_else_if_chains_together() {
        let nodes = parse_text("{{#if a}}1{{else if b}}2{{else}}3{{/if}}4");
        let outer = block(&nodes[0]);
        let inner = block(&outer.else_body[0]);
        assert_eq!(outer.body, [Node::Text("1".into())]);
        assert_eq!(inner.body, [Node::Text("2".into())]);
        assert_eq!(inner.else_body, [Node::Text("3".into())]);
        assert_eq!(nodes[1], Node::Text("4".into()));
    }

    #[test]
    fn parses_helpers_and_partials() {
        assert_eq!(
            parse_text("{{role 'model'}}{{history}}"),
            [Node::Role(MessageRole::Model), Node::History]
        );
        let nodes = parse_text("  {{> item order.first size=2 }}\n");
        let Node::Partial(partial) = &nodes[0] else { panic!("{nodes:?}") };
        assert_eq!((partial.name.as_str(), partial.indent.as_str()), ("item", "  "));
        assert_eq!(partial.context.as_ref().unwrap().text, "order.first");
        assert_eq!(partial.arguments, [("size".into(), Expression::Literal(2.into()))]);
        let nodes = parse_text("{{#each a as |b c|}}{{/each}}");
        assert!(
            matches!(&block(&nodes[0]).header, BlockHeader::Each(_, names) if *names == ["b", "c"])
        );
    }

    #[test]
    fn reports_syntax_errors_with_their_line() {
        assert_error("a\n{{#if a}}\n", "2: `{{#if}}` is never closed");
        assert_error(
            "{{#if a}}\n{{#each b}}{{/if}}",
            "2: `{{/if}}` does not match `{{#each}}` of line 2",
        );
        assert_error("{{/if}}", "1: `{{/if}}` belongs to no open block");
        assert_error("{{else}}", "1: `{{else}}` belongs to no open block");
        assert_error("{{#if a}}{{else}}{{else}}{{/if}}", "1: `{{else}}` belongs to no open block");
        assert_error("{{#items}}{{/items}}", "1: unknown helper `#items`");
        assert_error("{{#role \"a\"}}{{/role}}", "1: unknown helper `#role`");
        assert_error("{{add a 1}}", "1: unknown helper `add`");
        assert_error("{{role who}}", "1: invalid tag `{{role who}}`: expected `{{role");
        assert_error("{{role \"admin\"}}", "1: unknown role `admin`");
        assert_error("{{media photo}}", "1: invalid tag `{{media photo}}`");
        assert_error("{{json a indent=b}}", "1: `indent` must be a whole number");
        assert_error("{{> (lookup a b)}}", "1: unexpected `(`");
        assert_error("{{> a/b}}", "1: invalid tag `{{> a/b}}`");
        assert_error("{{@state.a}}", "1: unknown variable `@state.a`");
        assert_error("{{#if a b}}{{/if}}", "1: invalid tag `{{#if a b}}`");
        assert_error(&"{{#if a}}".repeat(33), "1: more than 32 nested blocks");
    }
}
