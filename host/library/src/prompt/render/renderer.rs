//! Going through a template with values.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use super::super::fault::Fault;
use super::super::limits::{PARTIAL_DEPTH_MAX, STEPS_MAX};
use super::super::scope::{NoStart, Scope, Turns};
use super::super::template::{Block, Expression, Header, Node, Partial, Path};
use super::super::usage::UsageProblem;
use super::super::{PartialFile, PromptFile};
use super::given::Given;
use super::pieces::{Piece, Pieces, json_of, text_of};
use super::{Media, RenderProblem as Problem};

type Values<'s, 'v> = Scope<'s, Given<'v>>;

pub(super) fn render(prompt: &PromptFile, variables: &Value) -> Result<Vec<Piece>, Fault> {
    let mut renderer =
        Renderer { partials: &prompt.partials, pieces: Pieces::default(), steps: 0, depth: 0 };
    let scope = Scope::root(Given::Value(variables));
    renderer.nodes(&prompt.template, &scope, &prompt.source.file)?;
    Ok(renderer.pieces.into_pieces())
}

struct Renderer<'v> {
    partials: &'v BTreeMap<String, PartialFile>,
    pieces: Pieces,
    steps: usize,
    /// How many partials it is in.
    depth: usize,
}

/// Says where something is wrong.
fn at(file: &str, line: usize) -> impl Fn(Problem) -> Fault {
    move |problem| Fault { file: file.into(), line: Some(line), problem: problem.into() }
}

impl<'v> Renderer<'v> {
    fn nodes(
        &mut self,
        nodes: &'v [Node],
        scope: &Values<'_, 'v>,
        file: &'v str,
    ) -> Result<(), Fault> {
        for node in nodes {
            self.node(node, scope, file)?;
        }
        Ok(())
    }

    fn node(&mut self, node: &'v Node, scope: &Values<'_, 'v>, file: &'v str) -> Result<(), Fault> {
        self.step(file, 1)?;
        let written = match node {
            Node::Block(block) => return self.block(block, scope, file),
            Node::Partial(partial) => return self.partial(partial, scope, file),
            Node::Text(text) => self.pieces.text(text),
            Node::Role(role) => self.pieces.add(Piece::Role(*role)),
            Node::History => self.pieces.add(Piece::History),
            Node::Section(name) => self.pieces.add(Piece::Section(name.clone())),
            Node::Value(path) => {
                let text = self.text(path, scope, file)?;
                self.pieces.text(&text)
            }
            Node::Json { value: path, indent } => {
                let given = find(path, scope, file)?;
                let value = given.value();
                let value = value.ok_or_else(|| not_given(path, file))?;
                self.pieces.text(&json_of(&value, *indent))
            }
            Node::Media { url, content_type, .. } => {
                let url = self.written(url, scope, file)?;
                let content_type = content_type.as_ref();
                let content_type =
                    content_type.map(|one| self.written(one, scope, file)).transpose()?;
                self.pieces.add(Piece::Media(Media { url, content_type }))
            }
        };
        written.map_err(at(file, line_of(node)))
    }

    fn step(&mut self, file: &str, line: usize) -> Result<(), Fault> {
        self.steps += 1;
        if self.steps > STEPS_MAX { Err(at(file, line)(Problem::TooManySteps)) } else { Ok(()) }
    }

    fn text(&self, path: &Path, scope: &Values<'_, 'v>, file: &str) -> Result<String, Fault> {
        let given = find(path, scope, file)?;
        let value = given.value();
        let value = value.ok_or_else(|| not_given(path, file))?;
        text_of(path, &value).map_err(at(file, path.line))
    }

    /// An expression as a text.
    fn written(
        &self,
        expression: &Expression,
        scope: &Values<'_, 'v>,
        file: &str,
    ) -> Result<String, Fault> {
        match expression {
            Expression::Path(path) => self.text(path, scope, file),
            Expression::Literal(Value::String(text)) => Ok(text.clone()),
            Expression::Literal(other) => Ok(other.to_string()),
        }
    }

    fn block(
        &mut self,
        block: &'v Block,
        scope: &Values<'_, 'v>,
        file: &'v str,
    ) -> Result<(), Fault> {
        let holds = match &block.header {
            Header::If(value) => expression(value, scope, file)?.holds(),
            Header::Unless(value) => !expression(value, scope, file)?.holds(),
            Header::Equal(one, other) => {
                expression(one, scope, file)?.equals(&expression(other, scope, file)?)
            }
            Header::NotEqual(one, other) => {
                !expression(one, scope, file)?.equals(&expression(other, scope, file)?)
            }
            Header::Each(path, names) => return self.each(block, path, names, scope, file),
            Header::With(path, name) => {
                let given = find(path, scope, file)?;
                if given.holds() {
                    let mut inner = scope.within(given.clone());
                    inner.names.extend(name.iter().map(|name| (name.as_str(), given.clone())));
                    return self.nodes(&block.body, &inner, file);
                }
                false
            }
        };
        self.nodes(if holds { &block.body } else { &block.otherwise }, scope, file)
    }

    fn each(
        &mut self,
        block: &'v Block,
        path: &Path,
        names: &'v [String],
        scope: &Values<'_, 'v>,
        file: &'v str,
    ) -> Result<(), Fault> {
        let given = find(path, scope, file)?;
        let items = items(&given)
            .ok_or_else(|| at(file, path.line)(Problem::NoList(path.written.clone())))?;
        if items.is_empty() {
            return self.nodes(&block.otherwise, scope, file);
        }
        let last = items.len() - 1;
        for (index, (key, item)) in items.into_iter().enumerate() {
            self.step(file, block.line)?;
            let key = Given::Turn(key);
            let mut inner = scope.within(Given::Value(item));
            inner
                .names
                .extend(names.iter().map(String::as_str).zip([Given::Value(item), key.clone()]));
            inner.turn = Some(Turns {
                index: Given::Turn(index.into()),
                key,
                first: Given::Turn((index == 0).into()),
                last: Given::Turn((index == last).into()),
            });
            self.nodes(&block.body, &inner, file)?;
        }
        Ok(())
    }

    fn partial(
        &mut self,
        partial: &'v Partial,
        scope: &Values<'_, 'v>,
        file: &'v str,
    ) -> Result<(), Fault> {
        // Both have been looked at when the prompt was read.
        let wrong = |problem: UsageProblem| Fault {
            file: file.into(),
            line: Some(partial.line),
            problem: problem.into(),
        };
        let Some(named) = self.partials.get(&partial.name) else {
            return Err(wrong(UsageProblem::NoPartial(partial.name.clone())));
        };
        if self.depth >= PARTIAL_DEPTH_MAX {
            return Err(wrong(UsageProblem::TooDeep));
        }
        let this = self.context(partial, scope, file)?;
        self.depth += 1;
        let before = self.pieces.apart();
        let rendered = self.nodes(&named.template, &scope.partial(this), &named.source.file);
        let put = self.pieces.indented(before, &partial.indent);
        self.depth -= 1;
        rendered?;
        put.map_err(at(file, partial.line))
    }

    /// What a partial is about.
    fn context(
        &self,
        partial: &'v Partial,
        scope: &Values<'_, 'v>,
        file: &str,
    ) -> Result<Given<'v>, Fault> {
        let this = match &partial.context {
            Some(path) => find(path, scope, file)?,
            None => scope.this.clone(),
        };
        if partial.more.is_empty() {
            return Ok(this);
        }
        let mut more = Vec::new();
        for (name, value) in &partial.more {
            more.push((name.as_str(), expression(value, scope, file)?));
        }
        Ok(Given::More(Rc::new((this, more))))
    }
}

fn find<'v>(path: &Path, scope: &Values<'_, 'v>, file: &str) -> Result<Given<'v>, Fault> {
    let fault = |problem: UsageProblem| Fault {
        file: file.into(),
        line: Some(path.line),
        problem: problem.into(),
    };
    let (mut given, parts) = scope.start(path).map_err(|problem| match problem {
        NoStart::Outside => fault(UsageProblem::Outside(path.written.clone())),
        NoStart::NoLoop => fault(UsageProblem::NoLoop(path.written.clone())),
    })?;
    for part in parts {
        given = given.member(part);
    }
    Ok(given)
}

fn expression<'v>(
    expression: &'v Expression,
    scope: &Values<'_, 'v>,
    file: &str,
) -> Result<Given<'v>, Fault> {
    match expression {
        Expression::Literal(value) => Ok(Given::Value(value)),
        Expression::Path(path) => find(path, scope, file),
    }
}

/// What there is to go through, with what each is called: members in the order of their names.
fn items<'v>(given: &Given<'v>) -> Option<Vec<(Value, &'v Value)>> {
    match given {
        Given::Absent | Given::Value(Value::Null) => Some(Vec::new()),
        Given::Value(Value::Array(items)) => {
            Some(items.iter().enumerate().map(|(index, item)| (index.into(), item)).collect())
        }
        Given::Value(Value::Object(members)) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let named = |(name, item): (&String, &'v Value)| (Value::String(name.clone()), item);
            Some(members.into_iter().map(named).collect())
        }
        Given::Value(_) | Given::Turn(_) | Given::More(_) => None,
    }
}

fn not_given(path: &Path, file: &str) -> Fault {
    at(file, path.line)(Problem::NotGiven(path.written.clone()))
}

fn line_of(node: &Node) -> usize {
    match node {
        Node::Value(path) | Node::Json { value: path, .. } => path.line,
        Node::Media { line, .. } => *line,
        _ => 1,
    }
}
