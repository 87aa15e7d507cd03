//! Going through a template as rendering does, with shapes in place of values.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value;

use super::super::PartialFile;
use super::super::fault::{Fault, listed};
use super::super::limits::{FAULTS_MAX, PARTIAL_DEPTH_MAX, STEPS_MAX};
use super::super::scope::{NoStart, Scope, Turns};
use super::super::shape::{Kind, Shape};
use super::super::template::{Block, Expression, Header, Node, Partial, Path};
use super::{UsageProblem, Use};

pub(super) struct Looker<'p> {
    partials: &'p BTreeMap<String, PartialFile>,
    schema: &'p Value,
    uses: BTreeSet<Use>,
    faults: Vec<Fault>,
    steps: usize,
}

/// Which file it is about, and which partials led there.
struct Within<'p> {
    file: &'p str,
    chain: Vec<&'p str>,
}

type Shapes<'s, 'p> = Scope<'s, Shape<'p>>;

impl<'p> Looker<'p> {
    pub fn new(partials: &'p BTreeMap<String, PartialFile>, schema: &'p Value) -> Self {
        Self { partials, schema, uses: BTreeSet::new(), faults: Vec::new(), steps: 0 }
    }

    pub fn all(mut self, file: &'p str, template: &'p [Node]) -> (Vec<Use>, Vec<Fault>) {
        let scope = Scope::root(Shape::Schema(self.schema));
        self.nodes(template, &scope, &Within { file, chain: Vec::new() });
        (self.uses.into_iter().collect(), self.faults)
    }

    fn fault(&mut self, within: &Within<'p>, line: usize, problem: UsageProblem) {
        let fault = Fault { file: within.file.into(), line: Some(line), problem: problem.into() };
        // A partial that is named twice is wrong once.
        if self.faults.len() < FAULTS_MAX && !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    fn nodes(&mut self, nodes: &'p [Node], scope: &Shapes<'_, 'p>, within: &Within<'p>) {
        for node in nodes {
            self.steps += 1;
            if self.steps > STEPS_MAX {
                return self.fault(within, 1, UsageProblem::TooMany);
            }
            match node {
                Node::Text(_) | Node::Role(_) | Node::History | Node::Section(_) => {}
                Node::Value(path) => self.text(path, scope, within),
                Node::Json { value, .. } => {
                    self.shape(value, scope, within);
                }
                Node::Media { url, content_type, .. } => {
                    for expression in [Some(url), content_type.as_ref()].into_iter().flatten() {
                        if let Expression::Path(path) = expression {
                            self.text(path, scope, within);
                        }
                    }
                }
                Node::Block(block) => self.block(block, scope, within),
                Node::Partial(partial) => self.partial(partial, scope, within),
            }
        }
    }

    /// What a way leads to. What is wrong with it is told, and then taken for anything.
    fn shape(&mut self, path: &'p Path, scope: &Shapes<'_, 'p>, within: &Within<'p>) -> Shape<'p> {
        let (mut shape, parts) = match scope.start(path) {
            Ok(start) => start,
            Err(NoStart::Outside) => {
                self.fault(within, path.line, UsageProblem::Outside(path.written.clone()));
                return Shape::Any;
            }
            Err(NoStart::NoLoop) => {
                self.fault(within, path.line, UsageProblem::NoLoop(path.written.clone()));
                return Shape::Any;
            }
        };
        if let Some(first) = parts.first() {
            self.note(&shape, first, path.line, within);
        }
        for part in parts {
            let Some(member) = shape.member(part) else {
                let known = listed(shape.names().into_iter());
                let problem = UsageProblem::Undeclared { path: path.written.clone(), known };
                self.fault(within, path.line, problem);
                return Shape::Any;
            };
            shape = member;
        }
        shape
    }

    fn expression(
        &mut self,
        expression: &'p Expression,
        scope: &Shapes<'_, 'p>,
        within: &Within<'p>,
    ) -> Shape<'p> {
        match expression {
            Expression::Literal(_) => Shape::Single,
            Expression::Path(path) => self.shape(path, scope, within),
        }
    }

    fn text(&mut self, path: &'p Path, scope: &Shapes<'_, 'p>, within: &Within<'p>) {
        let kind = match self.shape(path, scope, within).kind() {
            Kind::List => "a list",
            Kind::Object => "an object",
            Kind::Any | Kind::Single => return,
        };
        let problem = UsageProblem::NoText { path: path.written.clone(), kind };
        self.fault(within, path.line, problem);
    }

    fn block(&mut self, block: &'p Block, scope: &Shapes<'_, 'p>, within: &Within<'p>) {
        match &block.header {
            Header::If(value) | Header::Unless(value) => {
                self.expression(value, scope, within);
                self.nodes(&block.body, scope, within);
            }
            Header::Equal(one, other) | Header::NotEqual(one, other) => {
                self.expression(one, scope, within);
                self.expression(other, scope, within);
                self.nodes(&block.body, scope, within);
            }
            Header::With(path, name) => {
                let shape = self.shape(path, scope, within);
                let mut inner = scope.within(shape.clone());
                inner.names.extend(name.iter().map(|name| (name.as_str(), shape.clone())));
                self.nodes(&block.body, &inner, within);
            }
            Header::Each(path, names) => {
                let shape = self.shape(path, scope, within);
                if shape.kind() == Kind::Single {
                    self.fault(within, path.line, UsageProblem::NoList(path.written.clone()));
                }
                self.nodes(&block.body, &turn(scope, shape.item(), names), within);
            }
        }
        self.nodes(&block.otherwise, scope, within);
    }

    fn partial(&mut self, partial: &'p Partial, scope: &Shapes<'_, 'p>, within: &Within<'p>) {
        let name = partial.name.as_str();
        let Some(file) = self.partials.get(name) else {
            return self.fault(within, partial.line, UsageProblem::NoPartial(name.into()));
        };
        let mut chain = within.chain.clone();
        chain.push(name);
        if within.chain.contains(&name) {
            return self.fault(within, partial.line, UsageProblem::Circle(chain.join(" > ")));
        }
        if chain.len() > PARTIAL_DEPTH_MAX {
            return self.fault(within, partial.line, UsageProblem::TooDeep);
        }
        let mut this = match &partial.context {
            Some(path) => self.shape(path, scope, within),
            None => scope.this.clone(),
        };
        if !partial.more.is_empty() {
            let mut more = Vec::new();
            for (name, value) in &partial.more {
                more.push((name.as_str(), self.expression(value, scope, within)));
            }
            this = Shape::More(Rc::new((this, more)));
        }
        let within = Within { file: &file.source.file, chain };
        self.nodes(&file.template, &scope.partial(this), &within);
    }

    /// Remembers who names a variable.
    fn note(&mut self, start: &Shape<'p>, name: &str, line: usize, within: &Within<'p>) {
        let mut shape = start;
        while let Shape::More(more) = shape {
            if more.1.iter().any(|(added, _)| *added == name) {
                return;
            }
            shape = &more.0;
        }
        if matches!(shape, Shape::Schema(schema) if std::ptr::eq(*schema, self.schema)) {
            self.uses.insert(Use { variable: name.into(), file: within.file.into(), line });
        }
    }
}

/// What is known in a turn of a loop.
fn turn<'s, 'p>(scope: &'s Shapes<'_, 'p>, item: Shape<'p>, names: &'s [String]) -> Shapes<'s, 'p>
where
    'p: 's,
{
    let mut inner = scope.within(item.clone());
    let single = Shape::Single;
    inner.turn = Some(Turns {
        index: single.clone(),
        key: single.clone(),
        first: single.clone(),
        last: single.clone(),
    });
    inner.names.extend(names.iter().map(String::as_str).zip([item, single]));
    inner
}
