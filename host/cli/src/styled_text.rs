//! Text for a terminal: the styles of this tool act, and nothing else in it does.
//!
//! Printed lines quote outputs, files, contracts, registries and arguments. All of them go through [`terminal_text`],
//! which spells out every hidden character, so no place that prints something can forget to. Only the styles of this tool
//! come out as escape sequences, because they are marked in a way that no text from outside can imitate.

use std::fmt::Display;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Write};
use std::sync::LazyLock;

use anstyle::Style;
use tollgate_model::reveal_hidden;

/// Stand-in for the escape character in styles of this tool until they are printed. Any fixed text could be in what is
/// quoted, so every process chooses another one, once.
static STYLE_MARK: LazyLock<String> =
    LazyLock::new(|| format!("{:016x}", RandomState::new().build_hasher().finish()));

/// Applies a style to a text.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    let (start, end) = (mark_styles(style.render()), mark_styles(style.render_reset()));
    format!("{start}{text}{end}")
}

/// Marks the escape sequences in a text as styles of this tool. The text must have no others.
pub(crate) fn mark_styles(styled: impl Display) -> String {
    styled.to_string().replace('\u{1b}', &STYLE_MARK)
}

/// Returns a text as it is printed: hidden characters are spelled out, and styles of this tool are escape sequences.
pub(crate) fn terminal_text(text: impl Display) -> String {
    reveal_hidden(&text.to_string()).replace(&*STYLE_MARK, "\u{1b}")
}

/// Removes the styles of this tool from a text, and the colours of a compiler's messages.
pub(crate) fn strip_styles(text: &str) -> String {
    anstream::adapter::strip_str(&text.replace(&*STYLE_MARK, "\u{1b}")).to_string()
}

/// A stream that writes each line as [`terminal_text`], when it is complete or flushed.
pub(crate) struct TerminalWriter<W> {
    to: W,
    /// Start of a line that is not complete yet.
    line: Vec<u8>,
}

impl<W: Write> TerminalWriter<W> {
    pub(crate) fn new(to: W) -> Self {
        Self { to, line: Vec::new() }
    }

    fn write_lines(&mut self, lines: &[u8]) -> io::Result<()> {
        self.to.write_all(terminal_text(String::from_utf8_lossy(lines)).as_bytes())
    }
}

impl<W: Write> Write for TerminalWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        if let Some(end) = self.line.iter().rposition(|byte| *byte == b'\n') {
            let rest = self.line.split_off(end + 1);
            let lines = std::mem::replace(&mut self.line, rest);
            self.write_lines(&lines)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.line);
        self.write_lines(&rest)?;
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::{BAD, STRONG};

    #[test]
    fn prints_only_the_styles_of_this_tool() {
        let line = paint(BAD, format!("\u{1b}[8m{}\u{9b}8m\r", paint(STRONG, "a\u{202e}b")));
        let (bad, strong) = (BAD.render(), STRONG.render());
        let expected = format!(
            "{bad}\\u{{1b}}[8m{strong}a\\u{{202e}}b{}\\u{{9b}}8m\\u{{d}}{}",
            STRONG.render_reset(),
            BAD.render_reset()
        );
        assert_eq!(terminal_text(line), expected);
    }

    #[test]
    fn strips_its_own_styles_and_those_of_compilers() {
        assert_eq!(strip_styles(&paint(BAD, format!("a{}", paint(STRONG, "b")))), "ab");
        assert_eq!(strip_styles("\u{1b}[31merror\u{1b}[0m: c"), "error: c");
    }

    #[test]
    fn writes_pieces_as_whole_lines() {
        let mut out = TerminalWriter::new(Vec::new());
        let text = format!("{} 日\u{202e}\nrest\u{9b}", paint(BAD, "a"));
        text.bytes().for_each(|byte| out.write_all(&[byte]).unwrap());
        let expected = format!("{}a{} 日\\u{{202e}}\n", BAD.render(), BAD.render_reset());
        assert_eq!(String::from_utf8(out.to.clone()).unwrap(), expected);
        out.flush().unwrap();
        assert_eq!(String::from_utf8(out.to).unwrap(), expected + "rest\\u{9b}");
    }
}
