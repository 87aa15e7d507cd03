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
    /// Number of the line that the output starts in, counted from 1, if the source has several outputs.
    pub line: Option<u64>,
    /// Number of the element, counted from 0, if the source is a JSON array.
    pub element: Option<u64>,
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
        let (line, element) = (None, None);
        Self { id: file.clone(), has_own_id: false, file, line, element, bytes }
    }

    /// Creates the origin of a line, or of what starts in it.
    pub(super) fn of_line(file: String, line: u64, id: Option<String>, bytes: usize) -> Self {
        let place = format!("{file}:{line}");
        let (has_own_id, id) = (id.is_some(), id.unwrap_or(place));
        Self { id, has_own_id, file, line: Some(line), element: None, bytes }
    }

    /// Creates the origin of an element of an array.
    pub(super) fn of_element(
        file: String,
        line: u64,
        element: u64,
        id: Option<String>,
        bytes: usize,
    ) -> Self {
        let place = format!("{file}#/{element}");
        let (has_own_id, id) = (id.is_some(), id.unwrap_or(place));
        Self { id, has_own_id, file, line: Some(line), element: Some(element), bytes }
    }

    /// Creates the origin of an object: a whole source, or an element of an array whose lines were not counted.
    pub(super) fn of_object(
        file: String,
        element: Option<u64>,
        id: Option<String>,
        bytes: usize,
    ) -> Self {
        let place = match element {
            Some(element) => format!("{file}#/{element}"),
            None => file.clone(),
        };
        let (has_own_id, id) = (id.is_some(), id.unwrap_or(place));
        Self { id, has_own_id, file, line: None, element, bytes }
    }

    /// Returns the source and the line, `FILE:LINE`, or the JSON pointer of an element, `FILE#/ELEMENT`. It is the key of the
    /// output in its batch, because ids of senders need not be unique.
    pub fn place(&self) -> String {
        let Self { file, line, element, .. } = self;
        match (element, line) {
            // Several elements can start in one line.
            (Some(element), _) => format!("{file}#/{element}"),
            (None, Some(line)) => format!("{file}:{line}"),
            (None, None) => file.clone(),
        }
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
