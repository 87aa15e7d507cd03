//! Walk over a template in the order of rendering, with declared types instead of values. Unlike
//! rendering, it visits both branches of every block.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value;
use tollgate_model::{TextFile, TextFileError, TextSpan};

use super::super::PartialFile;
use super::super::error::{error_in, list_names};
use super::super::limits::{ERRORS_MAX, PARTIAL_DEPTH_MAX, STEPS_MAX};
use super::super::scope::{LoopValues, PathStartError, Scope};
use super::super::shape::{ShapeKind, ValueShape};
use super::super::template::{Block, BlockHeader, Expression, Node, PartialCall, ValuePath};
use super::{TemplateUsageError, VariableUse};

pub(super) struct UsageChecker<'p> {
    partials: &'p BTreeMap<String, PartialFile>,
    schema: &'p Value,
    uses: BTreeSet<VariableUse>,
    errors: Vec<TextFileError>,
    steps: usize,
}

/// The file being checked, and the partials that led there from the prompt.
struct CurrentFile<'p> {
    file: &'p TextFile,
    chain: Vec<&'p str>,
}

type Shapes<'s, 'p> = Scope<'s, ValueShape<'p>>;

impl<'p> UsageChecker<'p> {
    pub fn new(partials: &'p BTreeMap<String, PartialFile>, schema: &'p Value) -> Self {
        Self { partials, schema, uses: BTreeSet::new(), errors: Vec::new(), steps: 0 }
    }

    pub fn check(
        mut self,
        file: &'p TextFile,
        template: &'p [Node],
    ) -> (Vec<VariableUse>, Vec<TextFileError>) {
        let scope = Scope::root(ValueShape::Schema(self.schema));
        self.check_nodes(template, &scope, &CurrentFile { file, chain: Vec::new() });
        (self.uses.into_iter().collect(), self.errors)
    }

    fn add_error(
        &mut self,
        current: &CurrentFile<'p>,
        span: impl Into<Option<TextSpan>>,
        error: TemplateUsageError,
    ) {
        let error = error_in(current.file, span.into(), error);
        // A partial that is included twice would report the same error twice.
        if self.errors.len() < ERRORS_MAX && !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    fn check_nodes(
        &mut self,
        nodes: &'p [Node],
        scope: &Shapes<'_, 'p>,
        current: &CurrentFile<'p>,
    ) {
        for node in nodes {
            self.steps += 1;
            if self.steps > STEPS_MAX {
                return self.add_error(current, None, TemplateUsageError::TooManyParts);
            }
            match node {
                Node::Text(_) | Node::Role(_) | Node::History | Node::Section(_) => {}
                Node::Value(path) => self.check_text(path, scope, current),
                Node::Json { value, .. } => {
                    self.resolve_path(value, scope, current);
                }
                Node::Media { url, content_type, .. } => {
                    for expression in [Some(url), content_type.as_ref()].into_iter().flatten() {
                        if let Expression::Path(path) = expression {
                            self.check_text(path, scope, current);
                        }
                    }
                }
                Node::Block(block) => self.check_block(block, scope, current),
                Node::Partial(partial) => self.check_partial(partial, scope, current),
            }
        }
    }

    /// Resolves a path. Reports an invalid path and then treats it as `Any`, so that it causes no
    /// further errors.
    fn resolve_path(
        &mut self,
        path: &'p ValuePath,
        scope: &Shapes<'_, 'p>,
        current: &CurrentFile<'p>,
    ) -> ValueShape<'p> {
        let (mut shape, parts) = match scope.resolve_start(path) {
            Ok(start) => start,
            Err(PathStartError::OutsideOfScope) => {
                self.add_error(
                    current,
                    path.span,
                    TemplateUsageError::OutsideOfFile(path.text.clone()),
                );
                return ValueShape::Any;
            }
            Err(PathStartError::OutsideOfLoop) => {
                self.add_error(
                    current,
                    path.span,
                    TemplateUsageError::OutsideOfLoop(path.text.clone()),
                );
                return ValueShape::Any;
            }
        };
        if let Some(first) = parts.first() {
            self.record_use(&shape, first, path.span, current);
        }
        for part in parts {
            let Some(member) = shape.member(part) else {
                let known = list_names(shape.member_names().into_iter());
                let error = TemplateUsageError::Undeclared { path: path.text.clone(), known };
                self.add_error(current, path.span, error);
                return ValueShape::Any;
            };
            shape = member;
        }
        shape
    }

    fn check_expression(
        &mut self,
        expression: &'p Expression,
        scope: &Shapes<'_, 'p>,
        current: &CurrentFile<'p>,
    ) -> ValueShape<'p> {
        match expression {
            Expression::Literal(_) => ValueShape::Single,
            Expression::Path(path) => self.resolve_path(path, scope, current),
        }
    }

    fn check_text(
        &mut self,
        path: &'p ValuePath,
        scope: &Shapes<'_, 'p>,
        current: &CurrentFile<'p>,
    ) {
        let kind = match self.resolve_path(path, scope, current).kind() {
            ShapeKind::List => "a list",
            ShapeKind::Object => "an object",
            ShapeKind::Any | ShapeKind::Single => return,
        };
        let error = TemplateUsageError::NotText { path: path.text.clone(), kind };
        self.add_error(current, path.span, error);
    }

    fn check_block(&mut self, block: &'p Block, scope: &Shapes<'_, 'p>, current: &CurrentFile<'p>) {
        match &block.header {
            BlockHeader::If(value) | BlockHeader::Unless(value) => {
                self.check_expression(value, scope, current);
                self.check_nodes(&block.body, scope, current);
            }
            BlockHeader::Equal(left, right) | BlockHeader::NotEqual(left, right) => {
                self.check_expression(left, scope, current);
                self.check_expression(right, scope, current);
                self.check_nodes(&block.body, scope, current);
            }
            BlockHeader::With(path, name) => {
                let shape = self.resolve_path(path, scope, current);
                let mut inner = scope.enter_block(shape.clone());
                inner.parameters.extend(name.iter().map(|name| (name.as_str(), shape.clone())));
                self.check_nodes(&block.body, &inner, current);
            }
            BlockHeader::Each(path, names) => {
                let shape = self.resolve_path(path, scope, current);
                if shape.kind() == ShapeKind::Single {
                    self.add_error(
                        current,
                        path.span,
                        TemplateUsageError::NotIterable(path.text.clone()),
                    );
                }
                self.check_nodes(&block.body, &loop_scope(scope, shape.item(), names), current);
            }
        }
        self.check_nodes(&block.else_body, scope, current);
    }

    fn check_partial(
        &mut self,
        partial: &'p PartialCall,
        scope: &Shapes<'_, 'p>,
        current: &CurrentFile<'p>,
    ) {
        let name = partial.name.as_str();
        let Some(partial_file) = self.partials.get(name) else {
            return self.add_error(
                current,
                partial.span,
                TemplateUsageError::UnknownPartial(name.into()),
            );
        };
        let mut chain = current.chain.clone();
        chain.push(name);
        if current.chain.contains(&name) {
            return self.add_error(
                current,
                partial.span,
                TemplateUsageError::PartialCycle(chain.join(" > ")),
            );
        }
        if chain.len() > PARTIAL_DEPTH_MAX {
            return self.add_error(current, partial.span, TemplateUsageError::TooDeep);
        }
        let mut this = match &partial.context {
            Some(path) => self.resolve_path(path, scope, current),
            None => scope.this.clone(),
        };
        if !partial.arguments.is_empty() {
            let mut arguments = Vec::new();
            for (name, value) in &partial.arguments {
                arguments.push((name.as_str(), self.check_expression(value, scope, current)));
            }
            this = ValueShape::Extended(Rc::new((this, arguments)));
        }
        let current = CurrentFile { file: partial_file.text.text_file(), chain };
        self.check_nodes(&partial_file.template, &scope.enter_partial(this), &current);
    }

    /// Records the use of an input variable, unless the name is an argument of a partial.
    fn record_use(
        &mut self,
        start: &ValueShape<'p>,
        name: &str,
        span: TextSpan,
        current: &CurrentFile<'p>,
    ) {
        let mut shape = start;
        while let ValueShape::Extended(arguments) = shape {
            if arguments.1.iter().any(|(added, _)| *added == name) {
                return;
            }
            shape = &arguments.0;
        }
        // Only members of the root object are input variables. Compared by address, because an
        // equal schema may occur further inside.
        if matches!(shape, ValueShape::Schema(schema) if std::ptr::eq(*schema, self.schema)) {
            self.uses.insert(VariableUse {
                variable: name.into(),
                file: current.file.name().into(),
                line: current.file.line_at(span.start),
            });
        }
    }
}

/// Creates the scope of a loop's body.
fn loop_scope<'s, 'p>(
    scope: &'s Shapes<'_, 'p>,
    item: ValueShape<'p>,
    names: &'s [String],
) -> Shapes<'s, 'p>
where
    'p: 's,
{
    let mut inner = scope.enter_block(item.clone());
    let single = ValueShape::Single;
    inner.loop_values = Some(LoopValues {
        index: single.clone(),
        key: single.clone(),
        first: single.clone(),
        last: single.clone(),
    });
    inner.parameters.extend(names.iter().map(String::as_str).zip([item, single]));
    inner
}
