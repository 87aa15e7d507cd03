//! IPv4 addresses, and networks written as `192.0.2.0/24`.

use crate::candidate::Candidate;
use crate::context::{self, ContextWords};
use crate::kind::Kind;
use crate::text::{LabelledText, is_digit};

/// Four numbers up to 255. Software versions seldom have this form.
const IPV4_ADDRESS: f64 = 0.7;

const OCTETS: usize = 4;
const OCTET_DIGITS_MAX: usize = 3;
const PREFIX_BITS_MAX: u32 = 32;
const PREFIX_DIGITS_MAX: usize = 3;

/// Section and version numbers look like addresses. There are no supporting words: the form
/// is unusual enough.
pub(crate) const CONTEXT_WORDS: ContextWords = ContextWords {
    opposing: &[
        "version", "versions", "release", "build", "section", "chapter", "firmware", "kapitel",
    ],
    ..ContextWords::NONE
};

/// Returns the address whose first octet begins at this offset.
pub(crate) fn find(text: &LabelledText, at: usize) -> Option<Candidate> {
    if text.began_before(at) || text.byte_before(at) == b'.' {
        return None;
    }
    let end = end_of_octets(text, at)?;
    if text.goes_on_at(end) || is_part_of_version(text, at, end) {
        return None;
    }
    let end = end_with_prefix(text, end, PREFIX_BITS_MAX);
    Some(context::adjust_confidence(
        text,
        Candidate::new(Kind::Ip, at..end, IPV4_ADDRESS),
        &CONTEXT_WORDS,
    ))
}

/// Returns whether more numbers follow, as in `1.2.3.4.5`. If one of the octets has three
/// digits, it is an address nevertheless: versions and sections seldom have such numbers.
fn is_part_of_version(text: &LabelledText, at: usize, end: usize) -> bool {
    let more = text.byte(end) == b'.' && is_digit(text.byte(end + 1));
    let octets = text.whole.get(at..end).unwrap_or("").split('.');
    more && octets.map(str::len).all(|digits| digits < OCTET_DIGITS_MAX)
}

/// Returns the end of four octets.
fn end_of_octets(text: &LabelledText, at: usize) -> Option<usize> {
    let mut end = end_of_octet(text, at)?;
    for _ in 1..OCTETS {
        end = end_of_octet(text, end + 1).filter(|_| text.byte(end) == b'.')?;
    }
    Some(end)
}

fn end_of_octet(text: &LabelledText, at: usize) -> Option<usize> {
    let end = text.end_of_run(at, OCTET_DIGITS_MAX + 1, is_digit);
    let digits = text.whole.get(at..end)?;
    // Programs disagree whether `010` is eight or ten, so most reject it.
    let padded = digits.len() > 1 && digits.starts_with('0');
    (!padded && digits.parse::<u8>().is_ok()).then_some(end)
}

/// Returns the end of an address including the length of its network, if that follows.
pub(crate) fn end_with_prefix(text: &LabelledText, end: usize, bits_max: u32) -> usize {
    if text.byte(end) != b'/' {
        return end;
    }
    let stop = text.end_of_run(end + 1, PREFIX_DIGITS_MAX + 1, is_digit);
    let bits = text.whole.get(end + 1..stop).and_then(|digits| digits.parse::<u32>().ok());
    let fits = bits.is_some_and(|bits| bits <= bits_max) && !text.goes_on_at(stop);
    if fits { stop } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_at(text: &str, at: usize) -> Option<&str> {
        find(&LabelledText::unlabelled(text), at).and_then(|found| text.get(found.span))
    }

    #[test]
    fn recognises_four_octets() {
        assert_eq!(find_at("192.0.2.1", 0), Some("192.0.2.1"));
        assert_eq!(find_at("0.0.0.0", 0), Some("0.0.0.0"));
        assert_eq!(find_at("255.255.255.255:80", 0), Some("255.255.255.255"));
        assert_eq!(find_at("(10.0.0.1).", 1), Some("10.0.0.1"));
        assert_eq!(find_at("192.0.2.1.1", 0), Some("192.0.2.1"));
        assert_eq!(find_at("_192.0.2.1_", 1), Some("192.0.2.1"));
        assert_eq!(find_at("192.0.2.1.in-addr.arpa", 0), Some("192.0.2.1"));
    }

    #[test]
    fn includes_the_length_of_a_network() {
        assert_eq!(find_at("10.0.0.0/8.", 0), Some("10.0.0.0/8"));
        assert_eq!(find_at("0.0.0.0/0", 0), Some("0.0.0.0/0"));
        assert_eq!(find_at("10.0.0.0/33", 0), Some("10.0.0.0"));
        assert_eq!(find_at("10.0.0.0/123", 0), Some("10.0.0.0"));
        assert_eq!(find_at("10.0.0.0/path", 0), Some("10.0.0.0"));
    }

    #[test]
    fn rejects_other_dotted_numbers() {
        for text in ["256.0.0.1", "1.2.3", "1.2.3.", "1.2.3.x", "1.2.3.4567", "010.0.0.1", "1.2..3"]
        {
            assert_eq!(find_at(text, 0), None, "{text}");
        }
        assert_eq!(find_at("1.2.3.4.5", 0), None);
        assert_eq!(find_at("1.3.6.1.4.1.311", 0), None);
        assert_eq!(find_at("x10.0.0.1", 1), None);
        assert_eq!(find_at("1.10.0.0.1", 2), None);
        assert_eq!(find_at("10.0.0.1x", 0), None);
    }

    #[test]
    fn gives_versions_less_confidence() {
        let text = LabelledText::unlabelled("version 10.0.0.1");
        assert!(find(&text, 8).unwrap().confidence < 0.5);
    }
}
