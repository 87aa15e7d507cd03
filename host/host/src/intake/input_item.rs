//! Outputs as they were read, each with the place that it came from.

use tollgate_model::Subject;

use super::error::IntakeError;

/// The place that an output was read from, and the id that its sender gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputOrigin {
    /// The sender's id; without one, the place.
    pub id: String,
    /// Whether the sender gave the id.
    pub has_own_id: bool,
    /// Name of the source as the caller gave it, such as the path of a file.
    pub file: String,
    /// Line number, counted from 1, if the source has one output per line.
    pub line: Option<u64>,
    /// Number of bytes read.
    pub bytes: usize,
}

/// An output that was read, or the reason why it could not be.
#[derive(Debug)]
#[non_exhaustive]
pub struct InputItem {
    pub origin: InputOrigin,
    pub subject: Result<Subject, IntakeError>,
}

impl InputOrigin {
    /// Creates the origin of an output that is a whole source.
    pub(super) fn of_source(file: String, bytes: usize) -> Self {
        Self { id: file.clone(), has_own_id: false, file, line: None, bytes }
    }

    /// Creates the origin of a line.
    pub(super) fn of_line(file: String, line: u64, id: Option<String>, bytes: usize) -> Self {
        let has_own_id = id.is_some();
        let id = id.unwrap_or_else(|| format_place(&file, Some(line)));
        Self { id, has_own_id, file, line: Some(line), bytes }
    }

    /// Returns the source and the line, `FILE:LINE`. It is the key of the output in its batch, because ids of senders
    /// need not be unique.
    pub fn place(&self) -> String {
        format_place(&self.file, self.line)
    }
}

impl InputItem {
    /// Creates an output that is a whole source. Within a batch the name of the source has to be unique.
    pub fn new(file: impl Into<String>, subject: Subject) -> Self {
        let origin = InputOrigin::of_source(file.into(), subject.size_bytes());
        Self { origin, subject: Ok(subject) }
    }

    /// Creates the item of a source that could not be read.
    pub fn unreadable(file: impl Into<String>, error: IntakeError) -> Self {
        Self { origin: InputOrigin::of_source(file.into(), 0), subject: Err(error) }
    }

    /// Sets the id by which the sender knows the output. Runs are found by it; it need not be unique.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        (self.origin.id, self.origin.has_own_id) = (id.into(), true);
        self
    }
}

fn format_place(file: &str, line: Option<u64>) -> String {
    match line {
        Some(number) => format!("{file}:{number}"),
        None => file.to_owned(),
    }
}
