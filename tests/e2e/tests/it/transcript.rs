//! The transcript of a test: each command that it ran, with exit code, stdout and stderr, compared
//! with a file in `snapshots/`. Only what differs from run to run is masked: hashes, moments,
//! durations, sizes, ports, temporary folders and the progress of cargo. The middle of a long
//! output is left out. `INSTA_UPDATE=always` writes the files anew.

use std::cell::RefCell;
use std::fmt::Write;
use std::path::Path;

use regex::{Captures, Regex};

use crate::tool::{Ran, repository, target};

/// The commands of the test that this thread runs.
#[derive(Default)]
struct Transcript {
    text: String,
    folders: Vec<String>,
    /// The first digits of each hash, in the order in which they came up.
    hashes: Vec<String>,
    /// Number of transcripts that this test has compared so far.
    compared: usize,
}

thread_local! {
    static TRANSCRIPT: RefCell<Transcript> = RefCell::default();
}

/// Digits that tell one hash from another. The tool shortens hashes to as many.
const HASH_DIGITS: usize = 12;

/// An output with more lines than this is shortened to its first and last lines.
const LINES_MAX: usize = 80;
const FIRST_LINES: usize = 30;
const LAST_LINES: usize = 10;

/// Shows paths below this folder as `[folder]` from now on.
pub fn mask_folder(folder: &Path) {
    TRANSCRIPT.with_borrow_mut(|own| {
        own.folders.push(folder.canonicalize().unwrap().display().to_string());
        own.folders.push(folder.display().to_string());
    });
}

pub fn add(ran: &Ran) {
    TRANSCRIPT.with_borrow_mut(|own| {
        let mut step = format!("$ {}", own.mask(&ran.line));
        if ran.code != 0 {
            writeln!(step, "(exit code {})", ran.code).unwrap();
        }
        step.push_str(&shorten(&own.mask(&ran.out)));
        let err = shorten(&own.mask(&ran.err));
        if !err.is_empty() {
            write!(step, "(stderr)\n{err}").unwrap();
        }
        own.text.push_str(step.trim_end());
        own.text.push_str("\n\n");
    });
}

/// Returns the text with a note in place of the middle of very many lines.
fn shorten(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() <= LINES_MAX {
        return text.to_owned();
    }
    let (first, last) = (&lines[..FIRST_LINES], &lines[lines.len() - LAST_LINES..]);
    let omitted = lines.len() - FIRST_LINES - LAST_LINES;
    format!("{}\n[{omitted} more lines]\n{}\n", first.join("\n"), last.join("\n"))
}

/// Compares what was added since the last time with the file named after the test, and begins a
/// new transcript.
pub fn compare() {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or_default();
    let Some((text, number)) = take() else { return };
    assert!(test.contains("::"), "only the thread of a test may drop a `Place`");
    let (module, name) = test.rsplit_once("::").unwrap();
    let name = if number == 1 { name.to_owned() } else { format!("{name}-{number}") };
    compare_text(module, &name, &text);
}

/// Compares what was added since the last time with the file of this name.
pub fn compare_as(module: &str, name: &str) {
    let (text, _) = take().unwrap();
    compare_text(module, name, &text);
}

/// Takes what was added, and returns it with the number of this transcript in its test. Returns
/// `None` in a test that has already failed, because that failure is the one to read.
fn take() -> Option<(String, usize)> {
    let transcript = TRANSCRIPT.with_borrow_mut(|own| {
        own.hashes.clear();
        let text = std::mem::take(&mut own.text);
        (!text.is_empty()).then(|| {
            own.compared += 1;
            (text, own.compared)
        })
    });
    transcript.filter(|_| !std::thread::panicking())
}

fn compare_text(module: &str, name: &str, text: &str) {
    if NOT_COMPARED.contains(&module) {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshots");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder.join(module.replace("::", "/")));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text.trim_end()));
}

/// Modules that are not compared: what compilers and package managers print differs from machine to machine, and with
/// what is installed already. Their tests assert exit codes, and the output that matters.
const NOT_COMPARED: [&str; 7] =
    ["author", "generated", "javascript", "languages", "machine", "missing", "packages"];

/// Patterns that differ from run to run, and what is shown instead.
const MASKS: &[(&str, &str)] = &[
    (r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z| UTC)?", "[moment]"),
    (r"\b20\d{2}-\d{2}-\d{2}-[0-9a-f]{8}\b", "[batch]"),
    (r"\b20\d{2}-\d{2}-\d{2}\b", "[date]"),
    (r#"("(?:[a-z-]+-)?(?:us|ms|time|fuel|seconds)(?:-[a-z]+)?"): ?\d+(\.\d+)?"#, "$1: [number]"),
    (r#"(time|timestamp)="[^"]*""#, "$1=\"[time]\""),
    (r"\b[\d,.]+ fuel\b", "[number] fuel"),
    (r"\b\d+(\.\d+)? ?(ns|µs|us|ms|min|h)\b", "[time]"),
    (r"\b\d+(\.\d+)? (s|seconds?|minutes?|hours?|days?)\b", "[time]"),
    (r"\b\d+(\.\d+)? ?(B|bytes|KiB|MiB|GiB|kB|MB)\b", "[size]"),
    (r"(localhost|127\.0\.0\.1):\d+", "$1:[port]"),
    (r"\b1[78]\d{11}\b", "[milliseconds]"),
    (r"\.tmp[A-Za-z0-9]{6}\b", "[temporary]"),
    (r"\b(compiled|from the cache)$", "[compiled or from the cache]"),
    (r"/sha256/[0-9a-f]{2}/", "/sha256/[digits]/"),
    (r"\b[A-Za-z0-9+/]{43,}={0,2}", "[base64]"),
];

/// Progress of cargo. It depends on what is compiled already, and on who else compiles.
const CARGO_PROGRESS: &str =
    r"^ {2,11}(Adding|Blocking|Compiling|Downloaded|Downloading|Finished|Locking|Updating) ";

impl Transcript {
    fn mask(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for folder in &self.folders {
            text = text.replace(folder, "[folder]");
        }
        text = text.replace(&target().display().to_string(), "[target]");
        text = text.replace(&repository().display().to_string(), "[repository]");
        let progress = Regex::new(CARGO_PROGRESS).unwrap();
        let lines = text.lines().filter(|line| !progress.is_match(line));
        lines.fold(String::new(), |masked, line| masked + &self.mask_line(line) + "\n")
    }

    fn mask_line(&mut self, line: &str) -> String {
        let hash = Regex::new(
            r"(sha256:)?\b([0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}|[0-9a-f]{16}|[0-9a-f]{12})\b",
        )
        .unwrap();
        let mut masked = hash.replace_all(line, |found: &Captures<'_>| {
            let digits = found[2][..HASH_DIGITS].to_owned();
            let place = self.hashes.iter().position(|known| *known == digits);
            let place = place.unwrap_or_else(|| {
                self.hashes.push(digits);
                self.hashes.len() - 1
            });
            format!("[hash-{}]", place + 1)
        });
        for (pattern, instead) in MASKS {
            let pattern = Regex::new(pattern).unwrap();
            masked = pattern.replace_all(&masked, *instead).into_owned().into();
        }
        if masked == line {
            return line.to_owned();
        }
        // Columns are as wide as what is masked, so they would differ too.
        let spaces = Regex::new(r"(\S) {2,}").unwrap();
        let rules = Regex::new(r"─{2,}|-{4,}").unwrap();
        rules.replace_all(&spaces.replace_all(&masked, "$1  "), "──").into_owned()
    }
}
