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

/// The longest name of an element that is read.
const ELEMENT_BYTES_MAX: usize = 6;

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
    let is_comment = inner.starts_with(COMMENT_START);
    let character = if is_comment { None } else { read_element(inner.as_bytes())? };
    let length = inner.bytes().position(|byte| matches!(byte, b'<' | b'>'))?;
    let (content, rest) = inner.split_at_checked(length)?;
    let ends = !is_comment || content.get(COMMENT_START.len()..)?.ends_with(COMMENT_END);
    (ends && rest.starts_with('>')).then_some(Markup { length: length + 2, character })
}

/// Returns what a tag of an element within a line is read as. `sub` and `sup` are not among
/// these: they hold footnote marks, which belong to no value.
fn read_element(tag: &[u8]) -> Option<Option<char>> {
    let name = tag.strip_prefix(b"/").unwrap_or(tag);
    let name = name.get(..name.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count())?;
    let mut lower_case = [0; ELEMENT_BYTES_MAX];
    let lower_case = lower_case.get_mut(..name.len())?;
    lower_case.copy_from_slice(name);
    lower_case.make_ascii_lowercase();
    match &*lower_case {
        b"br" => Some(Some('\n')),
        b"a" | b"abbr" | b"b" | b"bdi" | b"bdo" | b"big" | b"cite" | b"code" | b"del" | b"dfn"
        | b"em" | b"font" | b"i" | b"ins" | b"kbd" | b"mark" | b"q" | b"s" | b"samp" | b"small"
        | b"span" | b"strong" | b"tt" | b"u" | b"var" | b"wbr" => Some(None),
        _ => None,
    }
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
