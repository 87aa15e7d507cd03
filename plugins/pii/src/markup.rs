//! Markup that readers do not see: HTML entities, tags within a line, and `%40` in links.

/// Long enough for every entity of the list, and for the number of every character.
const ENTITY_BYTES_MAX: usize = 16;

/// Entities for characters that values contain or that hide them. Others, such as `&eacute;`,
/// stay as they are.
const ENTITIES: [(&str, char); 25] = [
    ("nbsp", ' '),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("numsp", ' '),
    ("puncsp", ' '),
    ("hairsp", ' '),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("commat", '@'),
    ("period", '.'),
    ("colon", ':'),
    ("plus", '+'),
    ("hyphen", '-'),
    ("dash", '-'),
    ("ndash", '-'),
    ("lowbar", '_'),
    ("lpar", '('),
    ("rpar", ')'),
    ("sol", '/'),
    ("amp", '&'),
    ("shy", '\u{ad}'),
    ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
    ("ZeroWidthSpace", '\u{200b}'),
];

/// Elements that do not interrupt a line. `sub` and `sup` are missing: they hold footnote
/// marks, which belong to no value.
const INLINE_ELEMENTS: [&str; 26] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "tt", "u", "var", "wbr",
];

const COMMENT_START: &str = "!--";
const COMMENT_END: &str = "--";
const ENCODED_AT: &str = "%40";

/// What a part of the text is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Markup {
    /// Length of the part in bytes.
    pub(crate) length: usize,
    /// The character that it stands for, or nothing.
    pub(crate) character: Option<char>,
}

/// Reads the markup at the start of a text.
pub(crate) fn read_markup(text: &str) -> Option<Markup> {
    match text.as_bytes().first()? {
        b'&' => read_entity(text),
        b'<' => read_tag(text),
        _ => text
            .starts_with(ENCODED_AT)
            .then_some(Markup { length: ENCODED_AT.len(), character: Some('@') }),
    }
}

fn read_entity(text: &str) -> Option<Markup> {
    let inner = text.get(1..)?;
    let near = inner.as_bytes().iter().take(ENTITY_BYTES_MAX);
    let length = near.take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#').count();
    let name = inner.get(..length)?;
    let closed = inner.as_bytes().get(length) == Some(&b';');
    let character = match name.strip_prefix('#') {
        Some(number) => read_number(number)?,
        None if closed => ENTITIES.iter().find(|(known, _)| *known == name)?.1,
        None => return None,
    };
    Some(Markup { length: 1 + length + usize::from(closed), character: Some(character) })
}

fn read_number(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?)
}

/// Reads a tag or a comment. It ends at the next `>`, and contains no `<`, so that a text of
/// many `<` is read once.
fn read_tag(text: &str) -> Option<Markup> {
    let inner = text.get(1..)?;
    let name = inner.strip_prefix('/').unwrap_or(inner);
    let letters = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let comment = inner.starts_with(COMMENT_START);
    let character = match name.get(..letters)? {
        _ if comment => None,
        name if name.eq_ignore_ascii_case("br") => Some('\n'),
        name if is_inline(name) => None,
        _ => return None,
    };
    let length = inner.find(['<', '>']).filter(|end| inner.as_bytes().get(*end) == Some(&b'>'))?;
    let content = inner.get(..length)?;
    let closed = !comment || content.get(COMMENT_START.len()..)?.ends_with(COMMENT_END);
    closed.then_some(Markup { length: length + 2, character })
}

fn is_inline(name: &str) -> bool {
    INLINE_ELEMENTS.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_entities() {
        for (text, length, character) in [
            ("&#64;example", 5, '@'),
            ("&#x40;example", 6, '@'),
            ("&#X40 example", 5, '@'),
            ("&nbsp;1", 6, ' '),
            ("&commat;x", 8, '@'),
            ("&#8203;x", 7, '\u{200b}'),
            ("%40x", 3, '@'),
        ] {
            let expected = Markup { length, character: Some(character) };
            assert_eq!(read_markup(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn reads_tags_within_a_line() {
        for (text, length, character) in [
            ("<b>1", 3, None),
            ("</SPAN>1", 7, None),
            ("<span class=\"x\">1", 16, None),
            ("<wbr/>1", 6, None),
            ("<br>1", 4, Some('\n')),
            ("<br />1", 6, Some('\n')),
            ("<!-- 1 -->1", 10, None),
        ] {
            assert_eq!(read_markup(text), Some(Markup { length, character }), "{text}");
        }
    }

    #[test]
    fn leaves_everything_else() {
        for text in [
            "& 1",
            "&eacute;",
            "&nbsp",
            "&#;",
            "&#xD800;",
            "&#99999999999;",
            "&;",
            "<",
            "<b",
            "<b <i>",
            "<td>",
            "<bold>",
            "< b>",
            "<sup>2</sup>",
            "<!-->",
            "<!-- > -->",
            "%41",
            "%4",
            "",
        ] {
            assert_eq!(read_markup(text), None, "{text}");
        }
    }
}
