//! Code fences of Markdown, in which language models wrap documents.

/// Shortest fence.
const FENCE_CHARACTERS_MIN: usize = 3;

/// Longest name of a language behind a fence: that of any format of documents, and shorter than the number of a payment card.
/// The name is taken off without being judged, so it must have no room for anything else.
const LANGUAGE_CHARACTERS_MAX: usize = 12;

/// Returns what stands in a code fence, if the fence is around the whole text: nothing but blank space may be outside of
/// it, and no other fence of its length or longer inside.
pub(crate) fn strip_code_fence(text: &str) -> Option<&str> {
    let text = text.trim();
    let fence = text.chars().next().filter(|character| matches!(character, '`' | '~'))?;
    let (opening, rest) = text.split_once('\n')?;
    let opened = fence_length(opening, fence);
    let language = opening.trim_start_matches(fence).trim();
    if opened < FENCE_CHARACTERS_MIN || !is_language(language) {
        return None;
    }
    let (inside, closing) = rest.rsplit_once('\n').unwrap_or(("", rest));
    let closes = |line: &str| {
        let line = line.trim();
        fence_length(line, fence) >= opened && line.trim_start_matches(fence).is_empty()
    };
    let is_whole = closes(closing) && !inside.lines().any(closes);
    is_whole.then_some(inside.strip_suffix('\r').unwrap_or(inside))
}

/// Returns whether a line of a text begins like a code fence, whether or not the fence has an end.
pub(crate) fn has_code_fence(text: &str) -> bool {
    let is_fence = |line: &str, fence| fence_length(line, fence) >= FENCE_CHARACTERS_MIN;
    text.lines().map(str::trim_start).any(|line| is_fence(line, '`') || is_fence(line, '~'))
}

/// Returns whether a text can be the name of a language, or is empty.
fn is_language(text: &str) -> bool {
    let is_allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'_' | b'#' | b'.');
    text.len() <= LANGUAGE_CHARACTERS_MAX && text.bytes().all(is_allowed)
}

fn fence_length(line: &str, fence: char) -> usize {
    line.chars().take_while(|character| *character == fence).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_stands_in_the_fence() {
        for (text, inside) in [
            ("```json\n{}\n```", "{}"),
            ("\n```\n{\n}\n```  \n\n", "{\n}"),
            ("````json\n[\"```\"]\n````", "[\"```\"]"),
            ("~~~ JSON\n1\n~~~", "1"),
            ("```json\r\n{}\r\n```\r\n", "{}"),
            ("```json\n```", ""),
            ("```\n{}\n`````", "{}"),
            ("```json5\n{}\n```", "{}"),
            ("```x_y-z+1.0#\n{}\n```", "{}"),
        ] {
            assert_eq!(strip_code_fence(text), Some(inside), "{text:?}");
        }
    }

    #[test]
    fn leaves_every_other_text_alone() {
        for text in [
            "",
            "{}",
            "```",
            "```json",
            "```json {}```",
            "``\n{}\n``",
            "Here it is:\n```json\n{}\n```",
            "```json\n{}\n```\nDone.",
            "```json\n{}\n```\nand\n```json\n{}\n```",
            "````json\n{}\n```",
            "```json\n{}\n~~~",
            "```here is your json\n{}\n```",
            "```https://evil.example/?card=4111111111111111\n{}\n```",
            "```4111111111111111\n{}\n```",
            "```dana@a.eu\n{}\n```",
            "```jsön\n{}\n```",
            "~~~js`on\n{}\n~~~",
        ] {
            assert_eq!(strip_code_fence(text), None, "{text:?}");
        }
    }

    #[test]
    fn finds_a_fence_that_cannot_be_taken_off() {
        for text in ["Here it is:\n```json\n{}\n```", "  ~~~json\n{}", "a\r\n```\r\n"] {
            assert!(has_code_fence(text), "{text:?}");
        }
        for text in ["", "{}", "``\n{}\n``", "{\"a\": \"```", "a ```json"] {
            assert!(!has_code_fence(text), "{text:?}");
        }
    }
}
