//! Words of the commands that this tool prints for people to type or paste.

use std::borrow::Cow;

/// Quotes a word so that a shell reads it as one argument: with single quotes, or not at all where it needs none. Names in
/// gate files and file names are chosen by others, and must not run anything when a command with them is pasted.
pub(crate) fn quote_word(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=@:^,%+".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => Cow::Borrowed(word),
        false => Cow::Owned(format!("'{}'", word.replace('\'', r"'\''"))),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn quotes_only_what_a_shell_would_read_as_more_than_a_word() {
        for plain in ["welcome-email", "acme/claims@^1.2", "tone=yes", "a_b.c:d"] {
            assert_eq!(quote_word(plain), plain);
        }
        assert_eq!(quote_word("it's so"), r"'it'\''s so'");
        assert_eq!(quote_word(""), "''");
    }

    #[test]
    fn a_shell_reads_one_word_and_runs_nothing() {
        for word in [
            "",
            "tone'; touch PWNED; echo '",
            "$(touch PWNED) `touch PWNED` ${HOME} \\",
            "a\nb\t*?[x] ~ !! > < | & ; # \"",
            "acme/claims@>=1.0, <2",
            "日本 é \u{202e}",
        ] {
            let line = format!("printf '%s' {}", quote_word(word));
            let ran = Command::new("sh").args(["-c", &line]).output().unwrap();
            assert_eq!(String::from_utf8(ran.stdout).unwrap(), word);
        }
    }
}
