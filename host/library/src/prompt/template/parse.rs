//! From tags to a tree.

use super::super::limits::BLOCK_DEPTH_MAX;
use super::super::source::Part;
use super::form::Form;
use super::scan::{Kind, Tag, Token, scan};
use super::whitespace::settle;
use super::words::words;
use super::{Block, Header, Node, Nodes, TemplateProblem as Problem};

type Wrong = (usize, Problem);

/// The template that a text is.
pub(in super::super) fn parse(part: Part<'_>) -> Result<Nodes, Wrong> {
    let mut parser = Parser::default();
    for (indent, token) in settle(scan(part)?) {
        match token {
            Token::Text(text) if text.is_empty() => {}
            Token::Text(text) => parser.add(Node::Text(text)),
            Token::Tag(tag) => {
                parser.tag(&tag, indent).map_err(|problem| (tag.line, problem))?;
            }
        }
    }
    match parser.open.pop() {
        Some(open) => Err((open.block.line, Problem::NeverClosed(open.block.header.name()))),
        None => Ok(parser.root),
    }
}

#[derive(Default)]
struct Parser {
    root: Nodes,
    /// The blocks that are not closed yet, the innermost last.
    open: Vec<Open>,
}

struct Open {
    block: Block,
    /// Whether its `else` has come.
    in_otherwise: bool,
    /// Whether it is an `else if`, which ends where the block around it ends.
    chained: bool,
}

impl Parser {
    fn add(&mut self, node: Node) {
        let into = match self.open.last_mut() {
            None => &mut self.root,
            Some(open) if open.in_otherwise => &mut open.block.otherwise,
            Some(open) => &mut open.block.body,
        };
        into.push(node);
    }

    fn tag(&mut self, tag: &Tag<'_>, indent: String) -> Result<(), Problem> {
        let form = Form {
            tag,
            words: if tag.kind == Kind::Comment { Vec::new() } else { words(tag.inside)? },
        };
        match tag.kind {
            Kind::Comment => Ok(()),
            Kind::Value => form.value().map(|node| self.add(node)),
            Kind::Partial => form.partial(indent).map(|node| self.add(node)),
            Kind::Open => self.open(tag.line, form.header()?, false),
            Kind::Else if form.words.is_empty() => self.otherwise(),
            Kind::Else => {
                let header = form.header()?;
                self.otherwise()?;
                self.open(tag.line, header, true)
            }
            Kind::Close => self.close(&form),
        }
    }

    fn open(&mut self, line: usize, header: Header, chained: bool) -> Result<(), Problem> {
        if self.open.len() >= BLOCK_DEPTH_MAX {
            return Err(Problem::TooDeep);
        }
        let block = Block { line, header, body: Nodes::new(), otherwise: Nodes::new() };
        self.open.push(Open { block, in_otherwise: false, chained });
        Ok(())
    }

    fn otherwise(&mut self) -> Result<(), Problem> {
        match self.open.last_mut() {
            Some(open) if !open.in_otherwise => {
                open.in_otherwise = true;
                Ok(())
            }
            _ => Err(Problem::ClosesNothing("else".into())),
        }
    }

    fn close(&mut self, form: &Form<'_>) -> Result<(), Problem> {
        let found = format!("/{}", form.tag.inside.trim());
        loop {
            let Some(open) = self.open.pop() else { return Err(Problem::ClosesNothing(found)) };
            let (chained, name) = (open.chained, open.block.header.name());
            if !chained && found.trim_start_matches('/') != name {
                return Err(Problem::ClosesOther { found, open: name, line: open.block.line });
            }
            self.add(Node::Block(open.block));
            if !chained {
                return Ok(());
            }
        }
    }
}

impl Header {
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
    use super::super::super::source::Part;
    use super::super::{Expression, Role};
    use super::*;

    fn of(text: &str) -> Nodes {
        parse(Part { text, line: 1 }).unwrap()
    }

    fn wrong(text: &str, start: &str) {
        let (line, problem) = parse(Part { text, line: 1 }).unwrap_err();
        let message = format!("{line}: {problem}");
        assert!(message.starts_with(start), "{message}");
    }

    fn block(node: &Node) -> &Block {
        match node {
            Node::Block(block) => block,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn chains_end_together() {
        let nodes = of("{{#if a}}1{{else if b}}2{{else}}3{{/if}}4");
        let outer = block(&nodes[0]);
        let inner = block(&outer.otherwise[0]);
        assert_eq!(outer.body, [Node::Text("1".into())]);
        assert_eq!(inner.body, [Node::Text("2".into())]);
        assert_eq!(inner.otherwise, [Node::Text("3".into())]);
        assert_eq!(nodes[1], Node::Text("4".into()));
    }

    #[test]
    fn helpers_and_partials() {
        assert_eq!(of("{{role 'model'}}{{history}}"), [Node::Role(Role::Model), Node::History]);
        let nodes = of("  {{> item order.first size=2 }}\n");
        let Node::Partial(partial) = &nodes[0] else { panic!("{nodes:?}") };
        assert_eq!((partial.name.as_str(), partial.indent.as_str()), ("item", "  "));
        assert_eq!(partial.context.as_ref().unwrap().written, "order.first");
        assert_eq!(partial.more, [("size".into(), Expression::Literal(2.into()))]);
        let nodes = of("{{#each a as |b c|}}{{/each}}");
        assert!(matches!(&block(&nodes[0]).header, Header::Each(_, names) if *names == ["b", "c"]));
    }

    #[test]
    fn what_is_no_template_is_named_with_its_line() {
        wrong("a\n{{#if a}}\n", "2: `{{#if}}` is never closed");
        wrong("{{#if a}}\n{{#each b}}{{/if}}", "2: `{{/if}}` closes `{{#each}}` of line 2");
        wrong("{{/if}}", "1: `{{/if}}` closes nothing");
        wrong("{{else}}", "1: `{{else}}` closes nothing");
        wrong("{{#if a}}{{else}}{{else}}{{/if}}", "1: `{{else}}` closes nothing");
        wrong("{{#items}}{{/items}}", "1: there is no helper `#items`");
        wrong("{{#role \"a\"}}{{/role}}", "1: there is no helper `#role`");
        wrong("{{add a 1}}", "1: there is no helper `add`");
        wrong("{{role who}}", "1: `{{role who}}` is not written as it should be");
        wrong("{{role \"admin\"}}", "1: there is no role `admin`");
        wrong("{{media photo}}", "1: `{{media photo}}` is not written");
        wrong("{{json a indent=b}}", "1: `indent` is a whole number");
        wrong("{{> (lookup a b)}}", "1: `(` means nothing");
        wrong("{{> a/b}}", "1: `{{> a/b}}` is not");
        wrong("{{@state.a}}", "1: `@state.a` is not there");
        wrong("{{#if a b}}{{/if}}", "1: `{{#if a b}}` is not written");
        wrong(&"{{#if a}}".repeat(33), "1: more than 32 blocks");
    }
}
