//! IPv6 addresses in every form of RFC 4291 and RFC 5952: full, shortened with `::`, with
//! an IPv4 address at the end, with a zone (`fe80::1%eth0`), as a network.

use std::net::Ipv6Addr;

use crate::candidate::Candidate;
use crate::ip::end_with_prefix;
use crate::kind::Kind;
use crate::text::LabelledText;

/// An address with a digit in it.
const WITH_DIGITS: f64 = 0.7;
/// Letters only: `::bad` and `add::face` are also names in programs.
const LETTERS_ONLY: f64 = 0.3;
/// `x[1::3]` and `::2` are parts of programs.
const UNASSIGNED: f64 = 0.3;
/// `::` is the unspecified address, and an operator in many languages.
const UNSPECIFIED: f64 = 0.1;

/// Eight groups of four digits with seven colons, the last two groups written as IPv4.
const ADDRESS_BYTES_MAX: usize = 45;
const GROUP_BYTES_MAX: usize = 4;
const PREFIX_BITS_MAX: u32 = 128;
/// Longer than the name of any network interface.
const ZONE_BYTES_MAX: usize = 32;

/// Returns the address whose first colon is at this offset.
pub(crate) fn find(text: &LabelledText, colon: usize) -> Option<Candidate> {
    let start = find_start(text, colon)?;
    let end = text.end_of_run(start, ADDRESS_BYTES_MAX + 1, is_address_byte);
    let end = end_without_punctuation(text, start, end);
    let address = text.whole.get(start..end)?;
    if text.goes_on_at(end) {
        return None;
    }
    let number = address.parse::<Ipv6Addr>().ok()?;
    let whole = end_with_prefix(text, end_with_zone(text, end), PREFIX_BITS_MAX);
    Some(Candidate::new(Kind::Ip, start..whole, confidence(address, number)))
}

fn is_address_byte(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte == b':' || byte == b'.'
}

/// Returns the start of the address, or `None` if this is not its first colon.
fn find_start(text: &LabelledText, colon: usize) -> Option<usize> {
    let group = text.start_of_run(colon, GROUP_BYTES_MAX + 1, |byte| byte.is_ascii_hexdigit());
    match text.byte_before(group) {
        // This is not the first colon.
        b':' | b'.' => None,
        // `地址:2001:db8::1`: no address begins with a single colon.
        _ if group == colon && text.byte(colon + 1) != b':' && !text.began_before(colon) => {
            Some(colon + 1)
        }
        _ if !text.began_before(group) => Some(group),
        // `IP:2001:db8::1`: a word with its colon, followed by the address.
        _ if text.byte(colon + 1) != b':' && is_label(text, colon) => Some(colon + 1),
        _ => None,
    }
}

fn is_label(text: &LabelledText, colon: usize) -> bool {
    let word = text.start_of_run(colon, ADDRESS_BYTES_MAX, |byte| byte.is_ascii_alphabetic());
    word < colon && !text.began_before(word)
}

/// Returns the end without punctuation. A full stop or a colon at the end belongs to the
/// sentence, `::` to the address.
fn end_without_punctuation(text: &LabelledText, start: usize, end: usize) -> usize {
    let address = text.whole.get(start..end).unwrap_or("");
    let bare = address.trim_end_matches('.');
    let bare = match bare.strip_suffix(':') {
        Some(shorter) if !shorter.ends_with(':') => shorter,
        _ => bare,
    };
    start + bare.len()
}

fn end_with_zone(text: &LabelledText, end: usize) -> usize {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let stop = text.end_of_run(end + 1, ZONE_BYTES_MAX, is_name);
    if text.byte(end) == b'%' && stop > end + 1 { stop } else { end }
}

fn confidence(address: &str, number: Ipv6Addr) -> f64 {
    let has = |class: fn(&u8) -> bool| address.as_bytes().iter().any(class);
    match (has(u8::is_ascii_digit), has(u8::is_ascii_alphabetic)) {
        (true, _) if is_short(address) && !is_assigned(number) => UNASSIGNED,
        (true, _) => WITH_DIGITS,
        (false, true) => LETTERS_ONLY,
        (false, false) => UNSPECIFIED,
    }
}

/// Returns whether at most one group is on each side of `::`.
fn is_short(address: &str) -> bool {
    let sides = address.split_once("::");
    sides.is_some_and(|(left, right)| !left.contains(':') && !right.contains([':', '.']))
}

/// Returns whether an address is in a range that has been assigned to some use.
fn is_assigned(number: Ipv6Addr) -> bool {
    let first = number.segments()[0];
    matches!(first, 0x2000..=0x3fff | 0xfc00..=0xfdff | 0xfe80..=0xffff) || number.is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(text: &str) -> Option<&str> {
        let colon = text.find(':')?;
        find(&LabelledText::unlabelled(text), colon).and_then(|found| text.get(found.span))
    }

    #[test]
    fn reads_every_form_of_the_standards() {
        for text in [
            "2001:DB8:0:0:8:800:200C:417A",
            "2001:db8::8:800:200c:417a",
            "FF01::101",
            "::1",
            "0:0:0:0:0:0:13.1.68.3",
            "::FFFF:129.144.52.38",
            "64:ff9b::192.0.2.33",
            "2001:db8::",
            "fe80::1%eth0",
            "2001:db8::/32",
            "fe80::1%en-1/64",
        ] {
            assert_eq!(find_in(text), Some(text));
        }
    }

    #[test]
    fn leaves_out_surrounding_punctuation() {
        assert_eq!(find_in("[2001:db8::1]:80"), Some("2001:db8::1"));
        assert_eq!(find_in("at 2001:db8::1."), Some("2001:db8::1"));
        assert_eq!(find_in("2001:db8::1: down"), Some("2001:db8::1"));
        assert_eq!(find_in("IP:2001:db8::1"), Some("2001:db8::1"));
        assert_eq!(find_in("地址:2001:db8::1"), Some("2001:db8::1"));
        assert_eq!(find_in("_2001:db8::1_"), Some("2001:db8::1"));
        assert_eq!(find_in("2001:db8::/129"), Some("2001:db8::"));
        assert_eq!(find_in("2001:db8::1% of"), Some("2001:db8::1"));
    }

    #[test]
    fn rejects_other_uses_of_colons() {
        for text in [
            "12:34:56",
            "aa:bb:cc:dd:ee:ff",
            "std::cout",
            "Class::add",
            "text2001:db8::1",
            "fe80::1text",
            "2001::db8::1",
            "12345::1",
            ":::",
            "1:2:3:4:5:6:7",
            "a: b",
            ":",
            "1:2:3:4:5:6:7:8:9",
            "::ffff:256.0.0.1",
            "::ffff:192.168.1",
            "https://x",
        ] {
            assert_eq!(find_in(text), None, "{text}");
        }
    }

    #[test]
    fn gives_forms_used_in_programs_less_confidence() {
        let sure = |text: &str| {
            find(&LabelledText::unlabelled(text), text.find(':').unwrap()).unwrap().confidence
        };
        for text in
            ["::1", "fe80::1", "::192.0.2.1", "64:ff9b::1", "a099::9c0:1", "1:2:3:4:5:6:7:8"]
        {
            assert_eq!(sure(text), WITH_DIGITS, "{text}");
        }
        for text in ["x[1::3]", "[::2]", "Foo::Bar(1::2)"] {
            let text = text.trim_start_matches(|first| !matches!(first, '[' | '('));
            assert_eq!(sure(text), UNASSIGNED, "{text}");
        }
        assert_eq!(sure("add::face"), LETTERS_ONLY);
        assert_eq!(sure("a :: b"), UNSPECIFIED);
    }
}
