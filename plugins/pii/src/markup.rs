//! Markup that readers do not see: HTML entities, tags within a line, and `%40` in links.

/// Long enough for the name of every entity of the list.
const ENTITY_BYTES_MAX: usize = 24;

/// Entities for characters that values contain or that hide them. Others, such as `&eacute;`,
/// stay as they are.
#[rustfmt::skip]
const ENTITIES: [(&str, char); 58] = [
    ("nbsp", ' '), ("NonBreakingSpace", ' '), ("ensp", ' '), ("emsp", ' '), ("emsp13", ' '),
    ("emsp14", ' '), ("thinsp", ' '), ("ThinSpace", ' '), ("numsp", ' '), ("puncsp", ' '),
    ("hairsp", ' '), ("VeryThinSpace", ' '), ("MediumSpace", ' '),
    ("Tab", '\t'), ("NewLine", '\n'),
    ("commat", '@'), ("period", '.'), ("colon", ':'), ("plus", '+'), ("hyphen", '-'),
    ("dash", '-'), ("ndash", '-'), ("minus", '-'), ("lowbar", '_'), ("UnderBar", '_'),
    ("lpar", '('), ("rpar", ')'), ("sol", '/'), ("amp", '&'), ("AMP", '&'), ("num", '#'),
    ("percnt", '%'), ("ast", '*'), ("midast", '*'), ("apos", '\''), ("quot", '"'), ("QUOT", '"'),
    ("excl", '!'), ("dollar", '$'), ("Hat", '^'),
    ("shy", '\u{ad}'), ("zwj", '\u{200d}'), ("zwnj", '\u{200c}'), ("lrm", '\u{200e}'),
    ("rlm", '\u{200f}'), ("NoBreak", '\u{2060}'), ("ZeroWidthSpace", '\u{200b}'),
    ("NegativeThinSpace", '\u{200b}'), ("NegativeMediumSpace", '\u{200b}'),
    ("NegativeThickSpace", '\u{200b}'), ("NegativeVeryThinSpace", '\u{200b}'),
    ("af", '\u{2061}'), ("ApplyFunction", '\u{2061}'), ("it", '\u{2062}'),
    ("InvisibleTimes", '\u{2062}'), ("ic", '\u{2063}'), ("InvisibleComma", '\u{2063}'),
    ("bsol", '\\'),
];

/// Those that browsers read without the semicolon, too.
const OPEN_ENTITIES: [(&str, char); 3] = [("nbsp", ' '), ("shy", '\u{ad}'), ("amp", '&')];

/// Elements that begin a line, a cell or a paragraph, or are not shown. `sub` and `sup` are among
/// them, because they hold footnote marks, which belong to no value.
#[rustfmt::skip]
const SEPARATING_ELEMENTS: [&str; 86] = [
    "address", "article", "aside", "audio", "base", "blockquote", "body", "button", "canvas",
    "caption", "center", "col", "colgroup", "datalist", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "embed", "fieldset", "figcaption", "figure", "footer", "form", "frame",
    "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html",
    "iframe", "img", "input", "legend", "li", "link", "listing", "main", "math", "menu", "meta",
    "nav", "noscript", "object", "ol", "optgroup", "option", "p", "plaintext", "pre", "rp", "rt",
    "script", "search", "section", "select", "style", "sub", "summary", "sup", "svg", "table",
    "tbody", "td", "template", "textarea", "tfoot", "th", "thead", "title", "tr", "track", "ul",
    "video", "xmp", "picture",
];

/// Elements within a line. One that is in neither list may be from a document of data.
#[rustfmt::skip]
const INLINE_ELEMENTS: [&str; 36] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "blink", "cite", "code", "data", "del",
    "dfn", "em", "font", "i", "ins", "kbd", "label", "mark", "nobr", "output", "q", "ruby", "s",
    "samp", "slot", "small", "span", "strike", "strong", "time", "tt", "u", "var", "wbr",
];

const COMMENT_START: &str = "<!--";
const ENCODED_AT: &str = "%40";

/// What a part of the text is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Markup {
    /// Length of the part in bytes.
    pub(crate) length: usize,
    /// The character that it stands for, or nothing.
    pub(crate) character: Option<char>,
}

/// Reads markup, in time proportional to the text.
pub(crate) struct MarkupReader {
    /// How many more bytes may be read in vain, for the end of a quoted value. Without any left,
    /// quotes are not read.
    patience: usize,
    /// Whether a comment without an end was found. All that begin behind it have none either.
    has_open_comment: bool,
}

impl MarkupReader {
    /// Every byte of a text may be read in vain a few times: no text of people needs that.
    pub(crate) fn for_text(text: &str) -> Self {
        Self { patience: text.len().saturating_mul(4), has_open_comment: false }
    }

    /// Reads the markup at the start of a text.
    pub(crate) fn read(&mut self, text: &str) -> Option<Markup> {
        match text.as_bytes().first()? {
            b'&' => read_entity(text),
            b'<' => self.read_tag(text),
            _ => text
                .starts_with(ENCODED_AT)
                .then_some(Markup { length: ENCODED_AT.len(), character: Some('@') }),
        }
    }

    /// Reads a tag or a comment.
    fn read_tag(&mut self, text: &str) -> Option<Markup> {
        let character = read_kind(text)?;
        let length = match text.strip_prefix(COMMENT_START) {
            Some(comment) => COMMENT_START.len() + self.find_comment_end(comment)?,
            None => self.find_tag_end(text.as_bytes())?,
        };
        let separates =
            character == TagKind::End && text.get(length..)?.trim_start().starts_with('<');
        let character = (character == TagKind::LineBreak).then_some('\n');
        (!separates).then_some(Markup { length, character })
    }

    /// Returns the length of the rest of a comment.
    fn find_comment_end(&mut self, comment: &str) -> Option<usize> {
        // `<!-->` and `<!--->` are whole comments.
        if let Some(whole) = [">", "->"].iter().find(|whole| comment.starts_with(**whole)) {
            return Some(whole.len());
        }
        let mut from = 0;
        while !self.has_open_comment
            && let Some(found) = comment.get(from..).and_then(|rest| rest.find("--"))
        {
            from += found;
            let rest = comment.get(from..)?;
            if let Some(end) = ["-->", "--!>"].iter().find(|end| rest.starts_with(**end)) {
                return Some(from + end.len());
            }
            from += 1;
        }
        self.has_open_comment = true;
        None
    }

    /// Returns the length of a tag. It ends at the first `>` that is not in a quoted value. A `<`
    /// begins another one.
    fn find_tag_end(&mut self, tag: &[u8]) -> Option<usize> {
        let (mut quote, mut is_value, mut read) = (None, false, 0);
        let reads_quotes = self.patience > 0;
        for (at, byte) in tag.iter().enumerate().skip(1) {
            read = at;
            match (quote, byte) {
                (Some(open), _) if open == *byte => quote = None,
                (Some(_), _) => {}
                (None, b'>') => return Some(at + 1),
                (None, b'<') => break,
                (None, b'"' | b'\'') if is_value && reads_quotes => quote = Some(*byte),
                _ => {}
            }
            is_value = *byte == b'=' || (is_value && byte.is_ascii_whitespace());
        }
        self.patience = self.patience.saturating_sub(read);
        None
    }
}

fn read_entity(text: &str) -> Option<Markup> {
    let inner = text.get(1..)?;
    if let Some(number) = inner.strip_prefix('#') {
        let (length, character) = read_number(number)?;
        let closed = number.as_bytes().get(length) == Some(&b';');
        return Some(Markup {
            length: 2 + length + usize::from(closed),
            character: Some(character),
        });
    }
    let near = inner.as_bytes().iter().take(ENTITY_BYTES_MAX);
    let length = near.take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let name = inner.get(..length)?;
    if inner.as_bytes().get(length) == Some(&b';')
        && let Some((_, character)) = ENTITIES.iter().find(|(known, _)| *known == name)
    {
        return Some(Markup { length: length + 2, character: Some(*character) });
    }
    let (known, character) = OPEN_ENTITIES.iter().find(|(known, _)| name.starts_with(known))?;
    Some(Markup { length: 1 + known.len(), character: Some(*character) })
}

/// Reads the number of a character. It ends with the last digit, as in browsers, however many
/// there are. Returns its length, too.
fn read_number(text: &str) -> Option<(usize, char)> {
    let hexadecimal = text.strip_prefix(['x', 'X']);
    let (digits, radix) = hexadecimal.map_or((text, 10), |digits| (digits, 16));
    let end = digits.find(|next: char| !next.is_digit(radix)).unwrap_or(digits.len());
    let code = u32::from_str_radix(digits.get(..end)?, radix).ok()?;
    Some((text.len() - digits.len() + end, char::from_u32(code)?))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TagKind {
    LineBreak,
    /// The end of an element that HTML does not have. In documents of data, such as XML, the
    /// next one begins behind it.
    End,
    Other,
}

/// Returns what a tag or a comment is read as, if it separates nothing.
fn read_kind(text: &str) -> Option<TagKind> {
    let inner = text.get(1..)?;
    let is_end = inner.starts_with('/');
    let name = inner.get(usize::from(is_end)..)?;
    match name.as_bytes().first()? {
        first if first.is_ascii_alphabetic() => {}
        b'!' | b'?' => return Some(TagKind::Other),
        _ => return is_end.then_some(TagKind::Other),
    }
    let length = name
        .bytes()
        .position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b':' | b'_'))?;
    let (name, rest) = name.split_at_checked(length)?;
    // `<dana@example.com>` and `<int, int>` are no elements.
    let ends =
        rest.starts_with(|next: char| next.is_ascii_whitespace() || matches!(next, '/' | '>'));
    let is_in = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(name));
    if !ends || is_in(&SEPARATING_ELEMENTS) {
        return None;
    }
    Some(match () {
        () if name.eq_ignore_ascii_case("br") => TagKind::LineBreak,
        () if is_end && !is_in(&INLINE_ELEMENTS) => TagKind::End,
        () => TagKind::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_markup(text: &str) -> Option<Markup> {
        MarkupReader::for_text(text).read(text)
    }

    #[test]
    fn reads_entities() {
        for (text, length, character) in [
            ("&#64;example", 5, '@'),
            ("&#x40;example", 6, '@'),
            ("&#X40 example", 5, '@'),
            ("&#64example", 4, '@'),
            ("&#00000000000000000000064;", 26, '@'),
            ("&nbsp4111", 5, ' '),
            ("&shy", 4, '\u{ad}'),
            ("&lrm;x", 5, '\u{200e}'),
            ("&NoBreak;x", 9, '\u{2060}'),
            ("&NonBreakingSpace;1", 18, ' '),
            ("&period;x", 8, '.'),
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
            ("<!-- > -->1", 10, None),
            ("<!-- <b> --!>1", 13, None),
            ("<!-->1", 5, None),
            ("<!--->1", 6, None),
            ("<b title=\">\">1", 13, None),
            ("<b title = '<>'>1", 16, None),
            ("<b it's>1", 8, None),
            ("<time>1", 6, None),
            ("<x-y>1", 5, None),
            ("</x>1", 4, None),
            ("</b><i>1", 4, None),
            ("</>1", 3, None),
            ("<?x>1", 4, None),
            ("<!doctype>1", 10, None),
        ] {
            assert_eq!(read_markup(text), Some(Markup { length, character }), "{text}");
        }
    }

    #[test]
    fn reads_tags_behind_open_comments_and_quotes() {
        let open = "<!-- <b title=\"' <i x='\" ".repeat(50);
        let text = format!("{open}<b>1");
        let mut reader = MarkupReader::for_text(&text);
        let read = text.match_indices('<').filter_map(|(at, _)| reader.read(&text[at..]));
        assert_eq!(read.last(), Some(Markup { length: 3, character: None }));
    }

    #[test]
    fn leaves_everything_else() {
        for text in [
            "& 1",
            "&eacute;",
            "&#;",
            "&#xD800;",
            "&#99999999999;",
            "&;",
            "<",
            "<b",
            "<b <i>",
            "<td>",
            "</TD>",
            "</x><x>",
            "</x>\n  <y>",
            "<!-- >",
            "<b title=\">",
            "<dana@example.com>",
            "<int, int>",
            "<>",
            "< b>",
            "<sup>2</sup>",
            "%41",
            "%4",
            "",
        ] {
            assert_eq!(read_markup(text), None, "{text}");
        }
    }
}
