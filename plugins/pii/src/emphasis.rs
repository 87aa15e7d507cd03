//! Markdown within a value: the stars and underscores of emphasis, and backslashes in front of
//! signs.

/// The longest separators between two groups of a number, ` - ` and `) (`, with `***` around
/// both groups.
const SEPARATOR_BYTES_MAX: usize = 6;

/// How far in front of an emphasised part of a domain the `@` may be.
const DOMAIN_BYTES_MAX: usize = 64;

/// Returns the sign that a backslash at the start protects, if values contain it.
pub(crate) fn read_escape(text: &[u8]) -> Option<u8> {
    match text {
        [b'\\', sign @ (b'@' | b'.' | b':' | b'-' | b'_' | b'+' | b'(' | b')' | b'/'), ..] => {
            Some(*sign)
        }
        _ => None,
    }
}

/// Returns the length of the stars and underscores at the start of a text, if they emphasise
/// the beginning or the end of a part of a value. Those around a whole value are no part of it.
pub(crate) fn read_emphasis(before: &[u8], text: &[u8]) -> Option<usize> {
    let left = before.last().copied().unwrap_or(b' ');
    // Each run is read once, from its start.
    if is_delimiter(left) {
        return None;
    }
    let length = text.iter().take_while(|byte| is_delimiter(**byte)).count();
    let (run, behind) = text.split_at_checked(length)?;
    let right = behind.first().copied().unwrap_or(b' ');
    let is_word = left.is_ascii_alphanumeric() && right.is_ascii_alphanumeric();
    // `snake_case` is a name, `4*1024` a product, and `2 * 3` and `* 3` emphasise nothing.
    let is_other = (is_word && run.contains(&b'_'))
        || (run == b"*" && left.is_ascii_digit() && right.is_ascii_digit())
        || (left.is_ascii_whitespace() && right.is_ascii_whitespace());
    (length > 0 && !is_other && is_within_value(before, behind)).then_some(length)
}

/// Returns whether a value that ends one text may go on in the other.
fn is_within_value(before: &[u8], behind: &[u8]) -> bool {
    let separator = |byte: &&u8| b" -./():+*_\t\r\n".contains(byte);
    let near = |bytes: &mut dyn Iterator<Item = &u8>| {
        let apart = bytes.take(SEPARATOR_BYTES_MAX + 1).enumerate();
        apart.skip_while(|(_, byte)| separator(byte)).map(|(_, byte)| *byte).next()
    };
    let left = near(&mut before.iter().rev()).unwrap_or(b' ');
    let right = near(&mut behind.iter()).unwrap_or(b' ');
    let tight = |byte: Option<&u8>| byte.is_some_and(|byte| !byte.is_ascii_whitespace());
    if left.is_ascii_digit() && right.is_ascii_digit() {
        return true;
    }
    if tight(before.last()) && tight(behind.first()) {
        let goes_on = is_value_byte(left) && is_value_byte(right);
        let number = left.is_ascii_digit() || right.is_ascii_digit();
        return goes_on && (number || right == b'@' || is_markup(right) || is_in_domain(before));
    }
    // The groups of an IBAN, and those that are written otherwise.
    let group = |byte: u8| byte.is_ascii_uppercase() || is_markup(byte);
    (left.is_ascii_digit() && group(right)) || (group(left) && right.is_ascii_digit())
}

/// Returns whether the word at the end of a text has an `@`.
fn is_in_domain(text: &[u8]) -> bool {
    let mut near = text.iter().rev().take(DOMAIN_BYTES_MAX);
    near.find(|byte| **byte == b'@' || byte.is_ascii_whitespace()) == Some(&b'@')
}

fn is_value_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'@' || is_markup(byte)
}

/// Returns whether a byte may be read as another one.
fn is_markup(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'\\' | b'%' | 0x7f..) || byte < b'\t'
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'*' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<usize> {
        let at = text.find(['*', '_']).unwrap();
        read_emphasis(&text.as_bytes()[..at], &text.as_bytes()[at..])
    }

    #[test]
    fn reads_emphasis_within_values() {
        for (text, length) in [
            ("dana@**example", 2),
            ("dana@_example", 1),
            ("dana@example**.com", 2),
            ("dana@exam**ple", 2),
            ("dana**@example", 2),
            ("dana**&#64;example", 2),
            ("+44 **20", 2),
            ("4111***_ 1111", 4),
            ("41**11", 2),
            ("GB82 *WEST", 1),
            ("GB82 WEST_ 1234", 1),
            ("2001:db8:**abcd", 2),
            ("4111\n**1111", 2),
            ("4111*** - ***1111", 3),
            ("dana@example**.**com", 2),
        ] {
            assert_eq!(read(text), Some(length), "{text}");
        }
    }

    #[test]
    fn leaves_other_stars_and_underscores() {
        for text in [
            "are **5 apples",
            "**4111",
            "4111**",
            "word **word",
            "word**: word",
            "self._name",
            "exam**ple",
            "order_1",
            "4*1024",
            "2 * 3",
            "1\n* 2",
            "4111 **** 1111",
            "*",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read_emphasis(b"4111 *", b"*1111"), None);
    }

    #[test]
    fn reads_protected_signs() {
        assert_eq!(read_escape(b"\\@example"), Some(b'@'));
        for text in ["\\n", "\\\\", "\\&#64;", "\\", ""] {
            assert_eq!(read_escape(text.as_bytes()), None, "{text}");
        }
    }
}
