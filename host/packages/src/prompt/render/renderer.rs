//! Walk over a template with values, producing pieces.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;
use tollgate_model::{TextFile, TextFileError, TextSpan};

use super::super::error::error_in;
use super::super::limits::{PARTIAL_DEPTH_MAX, STEPS_MAX};
use super::super::scope::{LoopValues, PathStartError, Scope};
use super::super::template::{Block, BlockHeader, Expression, Node, PartialCall, ValuePath};
use super::super::usage::TemplateUsageError;
use super::super::{PartialFile, PromptFile};
use super::pieces::{Piece, RenderedPieces, value_to_json, value_to_text};
use super::value::RenderValue;
use super::{Media, RenderError};

type Values<'s, 'v> = Scope<'s, RenderValue<'v>>;

pub(super) fn render(prompt: &PromptFile, variables: &Value) -> Result<Vec<Piece>, TextFileError> {
    let mut renderer = Renderer {
        partials: &prompt.partials,
        pieces: RenderedPieces::default(),
        steps: 0,
        depth: 0,
    };
    let scope = Scope::root(RenderValue::Value(variables));
    renderer.render_nodes(&prompt.template, &scope, prompt.text.text_file())?;
    Ok(renderer.pieces.into_pieces())
}

struct Renderer<'v> {
    partials: &'v BTreeMap<String, PartialFile>,
    pieces: RenderedPieces,
    steps: usize,
    /// Number of enclosing partials.
    depth: usize,
}

/// Returns a function that adds a place to an error.
fn error_at(
    file: &TextFile,
    span: impl Into<Option<TextSpan>>,
) -> impl Fn(RenderError) -> TextFileError {
    let span = span.into();
    move |error| error_in(file, span, error)
}

impl<'v> Renderer<'v> {
    fn render_nodes(
        &mut self,
        nodes: &'v [Node],
        scope: &Values<'_, 'v>,
        file: &'v TextFile,
    ) -> Result<(), TextFileError> {
        for node in nodes {
            self.render_node(node, scope, file)?;
        }
        Ok(())
    }

    fn render_node(
        &mut self,
        node: &'v Node,
        scope: &Values<'_, 'v>,
        file: &'v TextFile,
    ) -> Result<(), TextFileError> {
        self.count_step(file, None)?;
        let written = match node {
            Node::Block(block) => return self.render_block(block, scope, file),
            Node::Partial(partial) => return self.render_partial(partial, scope, file),
            Node::Text(text) => self.pieces.push_text(text),
            Node::Role(role) => self.pieces.push(Piece::Role(*role)),
            Node::History => self.pieces.push(Piece::History),
            Node::Section(name) => self.pieces.push(Piece::Section(name.clone())),
            Node::Value(path) => {
                let text = self.value_text(path, scope, file)?;
                self.pieces.push_text(&text)
            }
            Node::Json { value: path, indent } => {
                let value = resolve_path(path, scope, file)?;
                let value = value.value();
                let value = value.ok_or_else(|| missing_value_error(path, file))?;
                self.pieces.push_text(&value_to_json(&value, *indent))
            }
            Node::Media { url, content_type, .. } => {
                let url = self.expression_text(url, scope, file)?;
                let content_type = content_type.as_ref();
                let content_type = content_type
                    .map(|expression| self.expression_text(expression, scope, file))
                    .transpose()?;
                self.pieces.push(Piece::Media(Media { url, content_type }))
            }
        };
        written.map_err(error_at(file, node_span(node)))
    }

    fn count_step(
        &mut self,
        file: &TextFile,
        span: impl Into<Option<TextSpan>>,
    ) -> Result<(), TextFileError> {
        self.steps += 1;
        if self.steps > STEPS_MAX {
            Err(error_at(file, span)(RenderError::TooManySteps))
        } else {
            Ok(())
        }
    }

    fn value_text(
        &self,
        path: &ValuePath,
        scope: &Values<'_, 'v>,
        file: &TextFile,
    ) -> Result<String, TextFileError> {
        let value = resolve_path(path, scope, file)?;
        let value = value.value();
        let value = value.ok_or_else(|| missing_value_error(path, file))?;
        value_to_text(path, &value).map_err(error_at(file, path.span))
    }

    /// Formats an expression as text.
    fn expression_text(
        &self,
        expression: &Expression,
        scope: &Values<'_, 'v>,
        file: &TextFile,
    ) -> Result<String, TextFileError> {
        match expression {
            Expression::Path(path) => self.value_text(path, scope, file),
            Expression::Literal(Value::String(text)) => Ok(text.clone()),
            Expression::Literal(other) => Ok(other.to_string()),
        }
    }

    fn render_block(
        &mut self,
        block: &'v Block,
        scope: &Values<'_, 'v>,
        file: &'v TextFile,
    ) -> Result<(), TextFileError> {
        let condition = match &block.header {
            BlockHeader::If(value) => evaluate(value, scope, file)?.is_truthy(),
            BlockHeader::Unless(value) => !evaluate(value, scope, file)?.is_truthy(),
            BlockHeader::Equal(left, right) => {
                evaluate(left, scope, file)?.equals(&evaluate(right, scope, file)?)
            }
            BlockHeader::NotEqual(left, right) => {
                !evaluate(left, scope, file)?.equals(&evaluate(right, scope, file)?)
            }
            BlockHeader::Each(path, names) => {
                return self.render_each(block, path, names, scope, file);
            }
            BlockHeader::With(path, name) => {
                let value = resolve_path(path, scope, file)?;
                if value.is_truthy() {
                    let mut inner = scope.enter_block(value.clone());
                    inner.parameters.extend(name.iter().map(|name| (name.as_str(), value.clone())));
                    return self.render_nodes(&block.body, &inner, file);
                }
                false
            }
        };
        self.render_nodes(if condition { &block.body } else { &block.else_body }, scope, file)
    }

    fn render_each(
        &mut self,
        block: &'v Block,
        path: &ValuePath,
        names: &'v [String],
        scope: &Values<'_, 'v>,
        file: &'v TextFile,
    ) -> Result<(), TextFileError> {
        let value = resolve_path(path, scope, file)?;
        let items = loop_items(&value).ok_or_else(|| {
            error_at(file, path.span)(RenderError::NotIterable(path.text.clone()))
        })?;
        if items.is_empty() {
            return self.render_nodes(&block.else_body, scope, file);
        }
        let last = items.len() - 1;
        for (index, (key, item)) in items.into_iter().enumerate() {
            self.count_step(file, block.span)?;
            let key = RenderValue::Loop(key);
            let mut inner = scope.enter_block(RenderValue::Value(item));
            inner.parameters.extend(
                names.iter().map(String::as_str).zip([RenderValue::Value(item), key.clone()]),
            );
            inner.loop_values = Some(LoopValues {
                index: RenderValue::Loop(index.into()),
                key,
                first: RenderValue::Loop((index == 0).into()),
                last: RenderValue::Loop((index == last).into()),
            });
            self.render_nodes(&block.body, &inner, file)?;
        }
        Ok(())
    }

    fn render_partial(
        &mut self,
        partial: &'v PartialCall,
        scope: &Values<'_, 'v>,
        file: &'v TextFile,
    ) -> Result<(), TextFileError> {
        // `usage` checked both when the prompt was read.
        let new_error = |error: TemplateUsageError| error_in(file, Some(partial.span), error);
        let Some(partial_file) = self.partials.get(&partial.name) else {
            return Err(new_error(TemplateUsageError::UnknownPartial(partial.name.clone())));
        };
        if self.depth >= PARTIAL_DEPTH_MAX {
            return Err(new_error(TemplateUsageError::TooDeep));
        }
        let this = self.partial_context(partial, scope, file)?;
        self.depth += 1;
        let before = self.pieces.start_partial();
        let rendered = self.render_nodes(
            &partial_file.template,
            &scope.enter_partial(this),
            partial_file.text.text_file(),
        );
        let appended = self.pieces.finish_partial(before, &partial.indent);
        self.depth -= 1;
        rendered?;
        appended.map_err(error_at(file, partial.span))
    }

    /// Returns the value of `this` in a partial.
    fn partial_context(
        &self,
        partial: &'v PartialCall,
        scope: &Values<'_, 'v>,
        file: &TextFile,
    ) -> Result<RenderValue<'v>, TextFileError> {
        let this = match &partial.context {
            Some(path) => resolve_path(path, scope, file)?,
            None => scope.this.clone(),
        };
        if partial.arguments.is_empty() {
            return Ok(this);
        }
        let mut arguments = Vec::new();
        for (name, value) in &partial.arguments {
            arguments.push((name.as_str(), evaluate(value, scope, file)?));
        }
        Ok(RenderValue::Extended(Rc::new((this, arguments))))
    }
}

fn resolve_path<'v>(
    path: &ValuePath,
    scope: &Values<'_, 'v>,
    file: &TextFile,
) -> Result<RenderValue<'v>, TextFileError> {
    let new_error = |error: TemplateUsageError| error_in(file, Some(path.span), error);
    let (mut value, parts) = scope.resolve_start(path).map_err(|error| match error {
        PathStartError::OutsideOfScope => {
            new_error(TemplateUsageError::OutsideOfFile(path.text.clone()))
        }
        PathStartError::OutsideOfLoop => {
            new_error(TemplateUsageError::OutsideOfLoop(path.text.clone()))
        }
    })?;
    for part in parts {
        value = value.member(part);
    }
    Ok(value)
}

fn evaluate<'v>(
    expression: &'v Expression,
    scope: &Values<'_, 'v>,
    file: &TextFile,
) -> Result<RenderValue<'v>, TextFileError> {
    match expression {
        Expression::Literal(value) => Ok(RenderValue::Value(value)),
        Expression::Path(path) => resolve_path(path, scope, file),
    }
}

/// Returns the items of a list, or the members of an object sorted by name, each with its index or
/// name; `None` if the value cannot be iterated.
fn loop_items<'v>(value: &RenderValue<'v>) -> Option<Vec<(Value, &'v Value)>> {
    match value {
        RenderValue::Absent | RenderValue::Value(Value::Null) => Some(Vec::new()),
        RenderValue::Value(Value::Array(items)) => {
            Some(items.iter().enumerate().map(|(index, item)| (index.into(), item)).collect())
        }
        RenderValue::Value(Value::Object(members)) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let with_name =
                |(name, item): (&String, &'v Value)| (Value::String(name.clone()), item);
            Some(members.into_iter().map(with_name).collect())
        }
        RenderValue::Value(_) | RenderValue::Loop(_) | RenderValue::Extended(_) => None,
    }
}

fn missing_value_error(path: &ValuePath, file: &TextFile) -> TextFileError {
    error_at(file, path.span)(RenderError::MissingValue(path.text.clone()))
}

fn node_span(node: &Node) -> Option<TextSpan> {
    match node {
        Node::Value(path) | Node::Json { value: path, .. } => Some(path.span),
        Node::Media { span, .. } => Some(*span),
        _ => None,
    }
}
