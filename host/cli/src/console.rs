//! Terminal output: results go to standard output, everything else to standard error. Colour is used on terminals only.
//!
//! No other module writes to either (`clippy.toml` forbids it), and everything goes out as
//! [`terminal_text`](crate::styled_text::terminal_text), but for what another program reads.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this module is the one that writes"
)]

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};
use tollgate_model::{TextFileError, TextFileErrors, reveal_hidden};
use tollgate_packages::Bump;
use tollgate_toolchain::BuildError;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

use crate::file_errors::{render_errors, render_warnings};
use crate::hints;
use crate::styled_text::{TerminalWriter, terminal_text};

pub(crate) use crate::styled_text::{paint, strip_styles};

pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const DOUBT: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const QUIET: Style = Style::new().dimmed();
pub(crate) const STRONG: Style = Style::new().bold();

/// Interval between a spinner's ticks. Work that is done sooner shows no spinner.
const TICK_INTERVAL: Duration = Duration::from_millis(100);

/// Prints a line of a result to standard output.
pub(crate) fn print(line: impl Display) {
    anstream::println!("{}", terminal_text(line));
}

/// Prints a text below a heading, indented.
pub(crate) fn print_indented(text: &str) {
    indented_lines(text).iter().for_each(print);
}

/// Returns the lines of a text below a heading. What people, models and files wrote may have several lines: all but the first
/// get a bar, so that none reads as a heading or as another statement.
fn indented_lines(text: &str) -> Vec<String> {
    let bars = std::iter::once("  ").chain(std::iter::repeat("    | "));
    bars.zip(text.lines()).map(|(bar, line)| format!("{bar}{line}")).collect()
}

/// Prints a note about a side effect to standard error.
pub(crate) fn note(line: impl Display) {
    print_to_stderr(paint(QUIET, line));
}

/// Receiver of spans and messages, such as one beside the log on standard error.
pub(crate) type FurtherLog = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts to log messages of this importance or more to standard error, one line each, and hands all of them to another
/// receiver too, if there is one.
pub(crate) fn start_log(level: LevelFilter, further: Option<FurtherLog>) {
    // Messages say themselves what they are about, so no span is written with them.
    let is_logged = filter_fn(move |metadata| metadata.is_event() && *metadata.level() <= level);
    let log = tracing_subscriber::fmt::layer()
        .with_target(false)
        .with_ansi(false)
        .with_writer(|| LogWriter)
        .with_filter(is_logged);
    let receivers: Vec<FurtherLog> = further.into_iter().chain([log.boxed()]).collect();
    // There is one log, and who started it first decides.
    let _ = tracing_subscriber::registry().with(receivers).try_init();
}

/// Writes messages of the log, in which nothing acts either.
struct LogWriter;

impl Write for LogWriter {
    fn write(&mut self, message: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(message);
        print_to_stderr(text.trim_end_matches('\n'));
        Ok(message.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Prints a warning, which does not stop the command.
pub(crate) fn warn(line: impl Display) {
    print_to_stderr(format!("{} {line}", paint(DOUBT, "warning:")));
}

/// Prints warnings about text files to standard error.
pub(crate) fn warn_about_files(warnings: &[TextFileError]) {
    if !warnings.is_empty() {
        print_to_stderr(render_warnings(warnings));
    }
}

fn print_to_stderr(line: impl Display) {
    anstream::eprintln!("{}", terminal_text(line));
}

/// Returns standard output for text that is written in pieces, as [`print`] prints it.
pub(crate) fn open_output() -> Box<dyn Write> {
    Box::new(TerminalWriter::new(anstream::stdout()))
}

/// Returns standard output for a format that a program reads, byte for byte. A terminal is no such program.
pub(crate) fn open_exact_output() -> Box<dyn Write> {
    match is_output_on_terminal() {
        true => open_output(),
        false => Box::new(std::io::stdout()),
    }
}

/// Returns whether standard output is a terminal.
pub(crate) fn is_output_on_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Returns whether a person can be asked: input and messages are on a terminal.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question on standard error and returns the line that is typed, or `None` at the end of the input.
pub(crate) fn ask(question: impl Display) -> io::Result<Option<String>> {
    anstream::eprint!("{}: ", terminal_text(question));
    io::stderr().flush()?;
    let mut line = String::new();
    if io::stdin().read_line(&mut line)? == 0 {
        anstream::eprintln!();
        return Ok(None);
    }
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(Some(line))
}

/// Prints help, or why the arguments cannot be used, in clap's styles. It must quote no hidden characters.
pub(crate) fn print_styled_message(message: &clap::Error) {
    drop(message.print());
}

/// Prints why the arguments cannot be used, whatever it quotes.
pub(crate) fn print_plain_message(message: &clap::Error) {
    print_to_stderr(message.render().to_string().trim_end());
}

/// Prints the error that stops the command, and its causes, each with its hint below it. Errors in
/// text files come first, with the lines that they are about.
pub(crate) fn print_error(error: &anyhow::Error) {
    let in_files = error.chain().find_map(|cause| cause.downcast_ref::<TextFileErrors>());
    if let Some(TextFileErrors(errors)) = in_files {
        print_to_stderr(render_errors(errors));
    }
    let shown = in_files.map(ToString::to_string).unwrap_or_default();
    let mut printed = String::new();
    for cause in error.chain() {
        let message = match cause.is::<BuildError>() {
            true => strip_styles(&cause.to_string()),
            false => cause.to_string(),
        };
        // Errors that wrap errors in files end with their text.
        let message = message.strip_suffix(&shown).unwrap_or(&message).trim_end_matches(": ");
        match printed.as_str() {
            _ if message.is_empty() => continue,
            "" => {
                let gap = if in_files.is_some() { "\n" } else { "" };
                print_to_stderr(format!("{gap}{} {message}", paint(BAD, "error:")));
            }
            // Some errors end with the text of their cause.
            before if before.ends_with(message) => {}
            _ => print_to_stderr(format!("  because: {message}")),
        }
        let indent = if printed.is_empty() { "  " } else { "    " };
        message.clone_into(&mut printed);
        if let Some(hint) = hints::hint(cause) {
            print_to_stderr(format!("{indent}{hint}"));
        }
    }
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

/// Shows a spinner while something is in progress. Invisible unless standard error is a terminal.
pub(crate) fn spinner(message: &str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message(reveal_hidden(message).into_owned());
    spinner.enable_steady_tick(TICK_INTERVAL);
    spinner
}

/// Shows the progress of counted work. Invisible unless standard error is a terminal.
pub(crate) fn progress_bar(message: &str, count: u64) -> ProgressBar {
    let bar = ProgressBar::new(count).with_message(reveal_hidden(message).into_owned());
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}") {
        bar.set_style(style);
    }
    bar
}

/// Shows the progress of a transfer in bytes. Invisible unless standard error is a terminal.
pub(crate) fn transfer_bar(message: &str, bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(bytes).with_message(reveal_hidden(message).into_owned());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_line_is_no_heading_and_no_statement() {
        let evidence = "the page\nwho owned the decision\n  Nobody";
        let lines = ["  the page", "    | who owned the decision", "    |   Nobody"];
        assert_eq!(indented_lines(evidence), lines);
        assert_eq!(indented_lines("one line"), ["  one line"]);
    }
}
