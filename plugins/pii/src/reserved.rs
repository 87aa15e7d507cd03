//! Values that belong to nobody, because they are reserved for examples, tests or private
//! networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::kind::Kind;

/// RFC 2606 and RFC 6761.
const DOMAINS: [&str; 7] =
    ["example.com", "example.net", "example.org", "example", "test", "invalid", "localhost"];

/// Numbers that the card networks publish for tests.
const TEST_CARDS: [&str; 14] = [
    "378282246310005",
    "371449635398431",
    "30569309025904",
    "38520000023237",
    "6011111111111117",
    "6011000990139424",
    "3530111333300000",
    "3566002020360505",
    "5555555555554444",
    "5105105105105100",
    "4111111111111111",
    "4012888888881881",
    "4242424242424242",
    "4222222222222",
];

/// Returns whether a value is reserved.
pub(crate) fn is_reserved(kind: Kind, value: &str) -> bool {
    match kind {
        Kind::Email => is_reserved_domain(value),
        Kind::Phone => is_fictional_number(value),
        Kind::Card => TEST_CARDS.contains(&digits(value).as_str()),
        Kind::Ip => is_reserved_address(value),
        Kind::Iban | Kind::Ssn => false,
    }
}

fn is_reserved_domain(address: &str) -> bool {
    let domain = address.rsplit('@').next().unwrap_or("").to_ascii_lowercase();
    DOMAINS.iter().any(|reserved| {
        domain.strip_suffix(reserved).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// Returns whether this is a North American number with 555 as its area or exchange. No
/// subscriber has one, but for a few services.
fn is_fictional_number(number: &str) -> bool {
    let digits = digits(number);
    let abroad = number.trim_start_matches('(').starts_with('+') || digits.starts_with("00");
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    let own = match (digits.strip_prefix('1'), abroad) {
        (None, true) => return false,
        (own, _) => own.unwrap_or(digits),
    };
    let at = |place: usize| own.get(place..).is_some_and(|rest| rest.starts_with("555"));
    match own.len() {
        7 => at(0),
        // The digits after these are an extension.
        10.. => at(0) || at(3),
        _ => false,
    }
}

fn is_reserved_address(address: &str) -> bool {
    let address = address.split(['/', '%']).next().unwrap_or("");
    match address.parse() {
        Ok(IpAddr::V4(address)) => is_reserved_v4(address),
        Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(address) => is_reserved_v4(address),
            None => is_reserved_v6(address),
        },
        Err(_) => false,
    }
}

fn is_reserved_v4(address: Ipv4Addr) -> bool {
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_broadcast()
        || address.is_documentation()
}

fn is_reserved_v6(address: Ipv6Addr) -> bool {
    // RFC 3849.
    let documentation = matches!(address.segments(), [0x2001, 0xdb8, ..]);
    documentation
        || address.is_loopback()
        || address.is_unspecified()
        || address.is_unique_local()
        || address.is_unicast_link_local()
}

fn digits(value: &str) -> String {
    value.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Kind, reserved: &[&str], real: &[&str]) {
        reserved.iter().for_each(|value| assert!(is_reserved(kind, value), "{value}"));
        real.iter().for_each(|value| assert!(!is_reserved(kind, value), "{value}"));
    }

    #[test]
    fn knows_reserved_domains() {
        check(
            Kind::Email,
            &["a@example.com", "a@mail.Example.ORG", "a@fernhill.example", "\"a b\"@x.test"],
            &["a@notexample.com", "a@example.de", "a@testing.io", "example.com@fernhill.io"],
        );
    }

    #[test]
    fn knows_fictional_numbers() {
        check(
            Kind::Phone,
            &[
                "+1 415-555-0134",
                "(415) 555-0134",
                "1-415-555-0134",
                "555-0134",
                "555-123-4567",
                "001 415 555 0134",
                "415-555-0134 ext. 12",
                "(+1) 415 555 0134",
            ],
            &[
                "+1 415-865-0134",
                "+44 5555 555555",
                "0555 123456",
                "415-865-5550",
                "+49 555 1234567",
            ],
        );
    }

    #[test]
    fn knows_test_cards() {
        check(Kind::Card, &["4111 1111 1111 1111"], &["4532 0151 1283 0366"]);
        check(Kind::Ssn, &[], &["078-05-1123"]);
    }

    #[test]
    fn knows_reserved_addresses() {
        check(
            Kind::Ip,
            &[
                "10.1.2.3",
                "172.16.0.0/12",
                "192.168.0.1",
                "127.0.0.1",
                "0.0.0.0",
                "169.254.1.1",
                "192.0.2.7",
                "198.51.100.1",
                "203.0.113.9",
                "::1",
                "fe80::1%eth0",
                "fd00::1",
                "2001:db8::1/64",
                "::ffff:10.0.0.1",
                "255.255.255.255",
            ],
            &["8.8.8.8", "172.32.0.1", "2a02:2e0::1", "::ffff:8.8.8.8"],
        );
    }
}
