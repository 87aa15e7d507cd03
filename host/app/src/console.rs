//! How the tool talks: colour only on a terminal, results on standard output, all else
//! on standard error.

use std::fmt::Display;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use anyhow::anyhow;
use indicatif::{ProgressBar, ProgressStyle};
use tollgate_library::Bump;

pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const DOUBT: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const QUIET: Style = Style::new().dimmed();
pub(crate) const STRONG: Style = Style::new().bold();

/// How long something may take before it shows that it is at work.
const PATIENCE: Duration = Duration::from_millis(100);

/// A line of a result.
#[allow(clippy::print_stdout)]
pub(crate) fn say(line: impl Display) {
    anstream::println!("{line}");
}

/// What was done besides what was asked for.
#[allow(clippy::print_stderr)]
pub(crate) fn note(line: impl Display) {
    anstream::eprintln!("{QUIET}{line}{QUIET:#}");
}

/// Something that is wrong but stops nothing.
#[allow(clippy::print_stderr)]
pub(crate) fn warn(line: impl Display) {
    anstream::eprintln!("{DOUBT}warning:{DOUBT:#} {line}");
}

/// Why the tool stops: the error, and what led to it.
#[allow(clippy::print_stderr)]
pub(crate) fn fail(error: &anyhow::Error) {
    anstream::eprintln!("{BAD}error:{BAD:#} {error}");
    for cause in error.chain().skip(1) {
        anstream::eprintln!("  because: {cause}");
    }
}

/// Text in a style.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// How far a version has to move, as wide as the widest.
pub(crate) fn bump(bump: Bump) -> String {
    let style = match bump {
        Bump::Major => BAD,
        Bump::Minor => DOUBT,
        Bump::Patch | Bump::None => GOOD,
    };
    paint(style, format!("{:5}", bump.to_string()))
}

/// Text that somebody else wrote, with its lines: nothing in it moves the cursor of a terminal.
pub(crate) fn harmless(text: &str) -> String {
    text.replace(|c: char| c.is_control() && c != '\n' && c != '\t', "\u{fffd}")
}

/// Everything that is wrong with what somebody wrote, as one error.
pub(crate) fn wrong(faults: &[impl Display]) -> anyhow::Error {
    let all: Vec<_> = faults.iter().map(|fault| harmless(&fault.to_string())).collect();
    match all.as_slice() {
        [only] => anyhow!(only.clone()),
        all => {
            anyhow!("{} things are wrong:\n  {}", all.len(), all.join("\n").replace('\n', "\n  "))
        }
    }
}

/// Shows that something goes on; nothing where nobody looks.
pub(crate) fn spinner(what: &str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message(what.to_owned());
    spinner.enable_steady_tick(PATIENCE);
    spinner
}

/// Shows how far a counted piece of work is; nothing where nobody looks.
pub(crate) fn progress(what: &str, count: u64) -> ProgressBar {
    let bar = ProgressBar::new(count).with_message(what.to_owned());
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}") {
        bar.set_style(style);
    }
    bar
}

/// Shows how many bytes have come or gone; nothing where nobody looks.
pub(crate) fn transfer(what: &str, bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(bytes).with_message(what.to_owned());
    if let Ok(style) =
        ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec}")
    {
        bar.set_style(style);
    }
    bar
}

/// A size that reads well.
pub(crate) fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}
