//! IPv4 addresses, and networks written as `192.0.2.0/24`.

use crate::candidate::Candidate;
use crate::context::{self, Words};
use crate::kind::Kind;
use crate::text::{Text, is_digit, is_word};

/// Four numbers up to 255. Software versions have this form too, but rarely.
const DOTTED: f64 = 0.7;

const OCTETS: usize = 4;
const OCTET_DIGITS_MAX: usize = 3;
const PREFIX_BITS_MAX: u32 = 32;
const PREFIX_DIGITS_MAX: usize = 3;

/// Section and version numbers look like addresses. Nothing speaks for one: it is
/// unusual enough as it is.
pub(crate) const WORDS: Words = Words {
    pro: &[],
    contra: &[
        "version", "versions", "release", "build", "section", "chapter", "firmware", "kapitel",
    ],
};

/// An address whose first octet begins here.
pub(crate) fn find(text: &Text, at: usize) -> Option<Candidate> {
    let before = text.byte_before(at);
    if is_word(before) || before == b'.' {
        return None;
    }
    let end = octets(text, at)?;
    if is_word(text.byte(end)) {
        return None;
    }
    let end = with_prefix(text, end, PREFIX_BITS_MAX);
    Some(context::weigh(text, Candidate::new(Kind::Ip, at..end, DOTTED), &WORDS))
}

/// Where four octets end that begin here. What comes behind them is not looked at:
/// the address in `192.0.2.1.1` is as good as any.
fn octets(text: &Text, at: usize) -> Option<usize> {
    let mut end = octet(text, at)?;
    for _ in 1..OCTETS {
        end = octet(text, end + 1).filter(|_| text.byte(end) == b'.')?;
    }
    Some(end)
}

fn octet(text: &Text, at: usize) -> Option<usize> {
    let end = text.run(at, OCTET_DIGITS_MAX + 1, is_digit);
    let digits = text.whole.get(at..end)?;
    // `010` is eight to some programs and ten to others, so it is no address to most.
    let padded = digits.len() > 1 && digits.starts_with('0');
    (!padded && digits.parse::<u8>().is_ok()).then_some(end)
}

/// The end of an address together with the length of its network, if that follows.
pub(crate) fn with_prefix(text: &Text, end: usize, bits_max: u32) -> usize {
    if text.byte(end) != b'/' {
        return end;
    }
    let stop = text.run(end + 1, PREFIX_DIGITS_MAX + 1, is_digit);
    let bits = text.whole.get(end + 1..stop).and_then(|digits| digits.parse::<u32>().ok());
    let fits = bits.is_some_and(|bits| bits <= bits_max) && !is_word(text.byte(stop));
    if fits { stop } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_at(text: &str, at: usize) -> Option<&str> {
        find(&Text::of(text), at).and_then(|found| text.get(found.span))
    }

    #[test]
    fn four_octets_make_an_address() {
        assert_eq!(find_at("192.0.2.1", 0), Some("192.0.2.1"));
        assert_eq!(find_at("0.0.0.0", 0), Some("0.0.0.0"));
        assert_eq!(find_at("255.255.255.255:80", 0), Some("255.255.255.255"));
        assert_eq!(find_at("(10.0.0.1).", 1), Some("10.0.0.1"));
        assert_eq!(find_at("192.0.2.1.1", 0), Some("192.0.2.1"));
    }

    #[test]
    fn a_network_is_taken_with_its_length() {
        assert_eq!(find_at("10.0.0.0/8.", 0), Some("10.0.0.0/8"));
        assert_eq!(find_at("0.0.0.0/0", 0), Some("0.0.0.0/0"));
        assert_eq!(find_at("10.0.0.0/33", 0), Some("10.0.0.0"));
        assert_eq!(find_at("10.0.0.0/123", 0), Some("10.0.0.0"));
        assert_eq!(find_at("10.0.0.0/path", 0), Some("10.0.0.0"));
    }

    #[test]
    fn other_dotted_numbers_are_none() {
        for text in ["256.0.0.1", "1.2.3", "1.2.3.", "1.2.3.x", "1.2.3.4567", "010.0.0.1", "1.2..3"]
        {
            assert_eq!(find_at(text, 0), None, "{text}");
        }
        assert_eq!(find_at("x10.0.0.1", 1), None);
        assert_eq!(find_at("1.10.0.0.1", 2), None);
        assert_eq!(find_at("10.0.0.1x", 0), None);
    }

    #[test]
    fn a_version_is_less_sure() {
        let text = Text::of("version 10.0.0.1");
        assert!(find(&text, 8).unwrap().confidence < 0.5);
    }
}
