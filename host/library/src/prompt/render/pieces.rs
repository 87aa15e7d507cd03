//! What rendering writes, counted while it is written.

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{PrettyFormatter, Serializer};

use super::super::limits::{EXACT_NUMBER_MAX, RENDERED_BYTES_MAX};
use super::super::template::{Path, Role};
use super::{Media, RenderProblem as Problem};

/// A piece of what is rendered.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Role(Role),
    History,
    Section(String),
    Media(Media),
}

#[derive(Default)]
pub(super) struct Pieces {
    pieces: Vec<Piece>,
    /// Of all that was ever written, so that partials within partials count as well.
    bytes: usize,
}

impl Pieces {
    pub fn into_pieces(self) -> Vec<Piece> {
        self.pieces
    }

    pub fn text(&mut self, text: &str) -> Result<(), Problem> {
        self.count(text.len())?;
        match self.pieces.last_mut() {
            Some(Piece::Text(before)) => before.push_str(text),
            _ => self.pieces.push(Piece::Text(text.into())),
        }
        Ok(())
    }

    pub fn add(&mut self, piece: Piece) -> Result<(), Problem> {
        self.count(size_of::<Piece>())?;
        self.pieces.push(piece);
        Ok(())
    }

    /// Adds what has been counted.
    fn append(&mut self, piece: Piece) {
        match (self.pieces.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
            (_, piece) => self.pieces.push(piece),
        }
    }

    fn count(&mut self, bytes: usize) -> Result<(), Problem> {
        self.bytes += bytes;
        if self.bytes > RENDERED_BYTES_MAX { Err(Problem::TooLarge) } else { Ok(()) }
    }

    /// What comes now is written apart, to be put in with `indented`.
    pub fn apart(&mut self) -> Vec<Piece> {
        std::mem::take(&mut self.pieces)
    }

    /// Puts what was written apart behind what stood here before, each of its lines indented.
    pub fn indented(&mut self, before: Vec<Piece>, indent: &str) -> Result<(), Problem> {
        let apart = std::mem::replace(&mut self.pieces, before);
        if indent.is_empty() {
            apart.into_iter().for_each(|piece| self.append(piece));
            return Ok(());
        }
        let mut starts_line = true;
        for piece in apart {
            let Piece::Text(text) = piece else {
                self.add(piece)?;
                continue;
            };
            for line in text.split_inclusive('\n') {
                if starts_line {
                    self.text(indent)?;
                }
                self.text(line)?;
                starts_line = line.ends_with('\n');
            }
        }
        Ok(())
    }
}

/// A value as a text.
pub(super) fn text_of(path: &Path, value: &Value) -> Result<String, Problem> {
    let no_text = |kind| Err(Problem::NoText { path: path.written.clone(), kind });
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Null => Err(Problem::NotGiven(path.written.clone())),
        Value::Array(_) => no_text("a list"),
        Value::Object(_) => no_text("an object"),
        Value::Number(number) if number.is_f64() => match number.as_f64() {
            Some(float) if float.abs() >= EXACT_NUMBER_MAX => {
                Err(Problem::Inexact(number.to_string()))
            }
            _ => Ok(number.to_string()),
        },
        Value::Number(number) => Ok(number.to_string()),
    }
}

/// A value as JSON, its members in the order of their names: the same values are the same
/// text, in whatever order they were given.
pub(super) fn json_of(value: &Value, indent: usize) -> String {
    let value = tollgate_model::in_order(value);
    if indent == 0 {
        return value.to_string();
    }
    let spaces = " ".repeat(indent);
    let mut written = Vec::new();
    let formatter = PrettyFormatter::with_indent(spaces.as_bytes());
    // Writing into memory does not fail, and JSON is UTF-8.
    let _ = value.serialize(&mut Serializer::with_formatter(&mut written, formatter));
    String::from_utf8(written).unwrap_or_default()
}
