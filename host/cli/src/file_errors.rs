//! Errors in text files as people see them: the message, the line with the wrong part marked, and
//! the help below it. The look is that of the Rust compiler. Very many errors are a list, a line each.

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use tollgate_model::{TextFile, TextFileError, TextSpan, reveal_hidden};

use crate::console::{BAD, DOUBT};
use crate::styled_text::{mark_styles, paint};

/// More errors than this do not fit on a screen with their lines, and are listed.
const SHOWN_ERRORS_MAX: usize = 12;

/// Renders errors with an empty line between them, in styles for the console.
pub(crate) fn render_errors(errors: &[TextFileError]) -> String {
    match errors.len() > SHOWN_ERRORS_MAX {
        true => list_by_file(errors, &paint(BAD, "error:")),
        false => render(errors, &Level::ERROR),
    }
}

/// Lists errors a line each, below the name of their file. A help that several have is given once.
fn list_by_file(errors: &[TextFileError], label: &str) -> String {
    let mut lines = Vec::new();
    for in_file in errors.chunk_by(|one, next| one.file.name() == next.file.name()) {
        let file = in_file.first().map(|error| reveal(error.file.name())).unwrap_or_default();
        let plural = if in_file.len() == 1 { "" } else { "s" };
        lines.push(format!("{label} {} error{plural} in {file}", in_file.len()));
        let mut helps: Vec<String> = Vec::new();
        for error in in_file {
            let line = error.line().map(|line| line.to_string()).unwrap_or_default();
            lines.push(format!("{line:>5}  {}", reveal(&error.message).replace('\n', " ")));
            let help = error.help.as_deref().map(reveal);
            helps.extend(help.filter(|help| !helps.contains(help)));
        }
        lines.extend(helps.into_iter().map(|help| format!("  help: {help}")));
    }
    lines.join("\n")
}

/// Renders errors that do not stop the command, in the same way.
pub(crate) fn render_warnings(errors: &[TextFileError]) -> String {
    match errors.len() > SHOWN_ERRORS_MAX {
        true => list_by_file(errors, &paint(DOUBT, "warning:")),
        false => render(errors, &Level::WARNING),
    }
}

fn render(errors: &[TextFileError], level: &Level<'static>) -> String {
    let rendered = errors.iter().map(|error| render_error(error, level.clone()));
    rendered.collect::<Vec<_>>().join("\n\n")
}

fn render_error(error: &TextFileError, level: Level<'static>) -> String {
    // The renderer writes escape sequences, so there must be no others when they are marked as styles.
    let (title, path) = (reveal(&error.message), reveal(error.file.name()));
    let help = error.help.as_deref().map(reveal);
    let report = level.primary_title(title);
    let report = match error.span {
        Some(span) => {
            let line = MarkedLine::of(&error.file, span);
            let mark = AnnotationKind::Primary.span(line.start..line.end);
            let snippet = Snippet::source(line.text).line_start(line.number).annotation(mark);
            report.element(snippet.path(path))
        }
        None => report.element(Origin::path(path)),
    };
    let report = match &help {
        Some(help) => report.element(Level::HELP.message(help.as_str())),
        None => report,
    };
    let renderer = Renderer::styled().error(BAD).warning(DOUBT).hyperlink(false);
    mark_styles(renderer.render(&[report]))
}

/// Spells out hidden characters. Carriage returns before line breaks go first: the renderer removes a line break at the
/// end of a text, and would leave its carriage return.
fn reveal(text: &str) -> String {
    reveal_hidden(&text.replace("\r\n", "\n")).into_owned()
}

/// Line of a file, with the range of bytes to mark in it.
struct MarkedLine {
    number: usize,
    text: String,
    start: usize,
    end: usize,
}

impl MarkedLine {
    /// Returns the line in which a span starts. Of a span over several lines only the first is
    /// shown: the rest of a table or block says nothing about the error.
    fn of(file: &TextFile, span: TextSpan) -> Self {
        let number = file.line_at(span.start);
        let TextSpan { start, end } = file.line_span(number);
        let line = file.text().get(start..end).unwrap_or_default();
        let marked_start = line.floor_char_boundary(span.start.saturating_sub(start));
        let marked_end = line.ceil_char_boundary(span.end.saturating_sub(start).max(marked_start));
        let (before, rest) = line.split_at_checked(marked_start).unwrap_or((line, ""));
        let (marked, after) =
            rest.split_at_checked(marked_end - marked_start).unwrap_or((rest, ""));
        // Revealed apart, because a character that is spelled out has another length.
        let [before, marked, after] = [before, marked, after].map(reveal_hidden);
        let (start, end) = (before.len(), before.len() + marked.len());
        Self { number, text: format!("{before}{marked}{after}"), start, end }
    }
}

#[cfg(test)]
mod tests;
