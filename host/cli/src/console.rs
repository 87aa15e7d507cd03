//! Terminal output: results go to standard output, everything else to standard error. Colour is used on
//! terminals only.

use std::error::Error;
use std::fmt::Display;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};
use tollgate_model::{TextFileError, TextFileErrors};
use tollgate_packages::Bump;
use tollgate_toolchain::BuildError;

use crate::file_errors::{render_errors, render_warnings};
use crate::hints;

pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const DOUBT: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const QUIET: Style = Style::new().dimmed();
pub(crate) const STRONG: Style = Style::new().bold();

/// Interval between a spinner's ticks. Work that is done sooner shows no spinner.
const TICK_INTERVAL: Duration = Duration::from_millis(100);

/// Prints a line of a result to standard output.
#[allow(clippy::print_stdout)]
pub(crate) fn print(line: impl Display) {
    anstream::println!("{line}");
}

/// Prints a note about a side effect to standard error.
#[allow(clippy::print_stderr)]
pub(crate) fn note(line: impl Display) {
    anstream::eprintln!("{QUIET}{line}{QUIET:#}");
}

/// Prints a warning, which does not stop the command.
#[allow(clippy::print_stderr)]
pub(crate) fn warn(line: impl Display) {
    anstream::eprintln!("{DOUBT}warning:{DOUBT:#} {line}");
}

/// Prints warnings about text files to standard error.
#[allow(clippy::print_stderr)]
pub(crate) fn warn_about_files(warnings: &[TextFileError]) {
    if !warnings.is_empty() {
        anstream::eprintln!("{}", render_warnings(warnings));
    }
}

/// Prints the error that stops the command, and its causes, each with its hint below it. Errors in
/// text files come first, with the lines that they are about.
#[allow(clippy::print_stderr)]
pub(crate) fn print_error(error: &anyhow::Error) {
    let in_files = error.chain().find_map(|cause| cause.downcast_ref::<TextFileErrors>());
    if let Some(TextFileErrors(errors)) = in_files {
        anstream::eprintln!("{}", render_errors(errors));
    }
    let shown = in_files.map(|errors| sanitize(&errors.to_string())).unwrap_or_default();
    let mut printed = String::new();
    for cause in error.chain() {
        let message = error_message(cause);
        // Errors that wrap errors in files end with their text.
        let message = message.strip_suffix(&shown).unwrap_or(&message).trim_end_matches(": ");
        match printed.as_str() {
            _ if message.is_empty() => continue,
            "" if in_files.is_some() => anstream::eprintln!("\n{BAD}error:{BAD:#} {message}"),
            "" => anstream::eprintln!("{BAD}error:{BAD:#} {message}"),
            // Some errors end with the text of their cause.
            before if before.ends_with(message) => {}
            _ => anstream::eprintln!("  because: {message}"),
        }
        let indent = if printed.is_empty() { "  " } else { "    " };
        message.clone_into(&mut printed);
        if let Some(hint) = hints::hint(cause) {
            anstream::eprintln!("{indent}{}", sanitize(&hint));
        }
    }
}

fn error_message(error: &(dyn Error + 'static)) -> String {
    match error.is::<BuildError>() {
        // Compilers colour their messages.
        true => error.to_string(),
        // Everything else may quote files and registries.
        false => sanitize(&error.to_string()),
    }
}

/// Applies a style to a text.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Formats a version bump, padded to the width of the widest.
pub(crate) fn format_bump(bump: Bump) -> String {
    let style = match bump {
        Bump::Major => BAD,
        Bump::Minor => DOUBT,
        Bump::Patch | Bump::None => GOOD,
    };
    paint(style, format!("{:5}", bump.to_string()))
}

/// Replaces control characters in text of foreign origin, so that it cannot move a terminal's cursor. Line breaks
/// and tabs stay.
pub(crate) fn sanitize(text: &str) -> String {
    text.replace(|c: char| c.is_control() && c != '\n' && c != '\t', "\u{fffd}")
}

/// Shows a spinner while something is in progress. Invisible unless standard error is a terminal.
pub(crate) fn spinner(message: &str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message(message.to_owned());
    spinner.enable_steady_tick(TICK_INTERVAL);
    spinner
}

/// Shows the progress of counted work. Invisible unless standard error is a terminal.
pub(crate) fn progress_bar(message: &str, count: u64) -> ProgressBar {
    let bar = ProgressBar::new(count).with_message(message.to_owned());
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}") {
        bar.set_style(style);
    }
    bar
}

/// Shows the progress of a transfer in bytes. Invisible unless standard error is a terminal.
pub(crate) fn transfer_bar(message: &str, bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(bytes).with_message(message.to_owned());
    if let Ok(style) =
        ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec}")
    {
        bar.set_style(style);
    }
    bar
}

/// Formats a size for people, e.g. `1.5 MiB`.
pub(crate) fn format_size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}
