//! Output of the renderer. Its size is counted while it grows, so that it cannot exceed the limit.

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{PrettyFormatter, Serializer};

use super::super::limits::{EXACT_NUMBER_MAX, RENDERED_BYTES_MAX};
use super::super::template::{MessageRole, ValuePath};
use super::{Media, RenderError};

/// A piece of rendered output.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Role(MessageRole),
    History,
    Section(String),
    Media(Media),
}

#[derive(Default)]
pub(super) struct RenderedPieces {
    pieces: Vec<Piece>,
    /// Bytes ever written. Text that a partial indents counts again each time.
    bytes: usize,
}

impl RenderedPieces {
    pub fn into_pieces(self) -> Vec<Piece> {
        self.pieces
    }

    pub fn push_text(&mut self, text: &str) -> Result<(), RenderError> {
        self.count(text.len())?;
        match self.pieces.last_mut() {
            Some(Piece::Text(before)) => before.push_str(text),
            _ => self.pieces.push(Piece::Text(text.into())),
        }
        Ok(())
    }

    pub fn push(&mut self, piece: Piece) -> Result<(), RenderError> {
        self.count(size_of::<Piece>())?;
        self.pieces.push(piece);
        Ok(())
    }

    /// Appends a piece that was counted before.
    fn append(&mut self, piece: Piece) {
        match (self.pieces.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
            (_, piece) => self.pieces.push(piece),
        }
    }

    fn count(&mut self, bytes: usize) -> Result<(), RenderError> {
        self.bytes += bytes;
        if self.bytes > RENDERED_BYTES_MAX { Err(RenderError::TooLarge) } else { Ok(()) }
    }

    /// Starts the output of a partial. Returns the pieces so far, to be passed to `indented`.
    pub fn start_partial(&mut self) -> Vec<Piece> {
        std::mem::take(&mut self.pieces)
    }

    /// Ends the output of a partial: indents each of its lines and appends it to the pieces before.
    pub fn finish_partial(&mut self, before: Vec<Piece>, indent: &str) -> Result<(), RenderError> {
        let apart = std::mem::replace(&mut self.pieces, before);
        if indent.is_empty() {
            apart.into_iter().for_each(|piece| self.append(piece));
            return Ok(());
        }
        let mut starts_line = true;
        for piece in apart {
            let Piece::Text(text) = piece else {
                self.push(piece)?;
                continue;
            };
            for line in text.split_inclusive('\n') {
                if starts_line {
                    self.push_text(indent)?;
                }
                self.push_text(line)?;
                starts_line = line.ends_with('\n');
            }
        }
        Ok(())
    }
}

/// Formats a value as text; lists, objects and null are errors.
pub(super) fn value_to_text(path: &ValuePath, value: &Value) -> Result<String, RenderError> {
    let no_text = |kind| Err(RenderError::NotText { path: path.text.clone(), kind });
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Null => Err(RenderError::MissingValue(path.text.clone())),
        Value::Array(_) => no_text("a list"),
        Value::Object(_) => no_text("an object"),
        Value::Number(number) if number.is_f64() => match number.as_f64() {
            Some(float) if float.abs() >= EXACT_NUMBER_MAX => {
                Err(RenderError::InexactNumber(number.to_string()))
            }
            _ => Ok(number.to_string()),
        },
        Value::Number(number) => Ok(number.to_string()),
    }
}

/// Formats a value as JSON with sorted members, so that equal values give equal text.
pub(super) fn value_to_json(value: &Value, indent: usize) -> String {
    let value = tollgate_model::sort_members(value);
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
