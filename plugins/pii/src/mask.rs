//! What may stand in the place of a finding: enough for somebody who knows the secret
//! to recognise it, and too little for anybody else.

use crate::kind::Kind;

/// Digits left at the end, as banks and shops print them.
const CARD_KEPT: usize = 4;
const SSN_KEPT: usize = 4;
/// Fewer than for a card: a local number has seven digits to begin with.
const PHONE_KEPT: usize = 2;
const COUNTRY_BYTES: usize = 2;

/// The text of a finding with its secret part starred out.
pub(crate) fn mask(kind: Kind, secret: &str) -> String {
    match kind {
        Kind::Email => email(secret),
        Kind::Phone => all_but_last(secret, PHONE_KEPT),
        Kind::Card => all_but_last(secret, CARD_KEPT),
        Kind::Ssn => all_but_last(secret, SSN_KEPT),
        Kind::Iban => iban(secret),
        Kind::Ip => address(secret),
    }
}

/// `d***@example.com`: whoever wrote to Dana knows that it is Dana.
fn email(secret: &str) -> String {
    let (local, domain) = secret.rsplit_once('@').unwrap_or((secret, ""));
    let first = local.chars().find(|first| *first != '"').unwrap_or('*');
    format!("{first}***@{domain}")
}

/// The country and the last four: `GB** **** **** **** **54 32`.
fn iban(secret: &str) -> String {
    let (country, rest) = secret.split_at_checked(COUNTRY_BYTES).unwrap_or(("", secret));
    format!("{country}{}", all_but_last(rest, CARD_KEPT))
}

/// The start, which says whose network it is: `192.0.*.*`, `2001:db8:****`.
fn address(secret: &str) -> String {
    if secret.contains(':') {
        let mut groups = secret.split(':');
        let (first, second) = (groups.next().unwrap_or(""), groups.next().unwrap_or(""));
        return format!("{first}:{second}:****");
    }
    let mut octets = secret.split('.');
    let (first, second) = (octets.next().unwrap_or("*"), octets.next().unwrap_or("*"));
    format!("{first}.{second}.*.*")
}

/// Every letter and digit becomes a star, but the last few. Separators stay.
fn all_but_last(secret: &str, kept: usize) -> String {
    let hidden = |next: &char| next.is_ascii_alphanumeric();
    let mut left = secret.chars().filter(hidden).count().saturating_sub(kept);
    let star = |next: char| {
        let stars = hidden(&next) && left > 0;
        left -= usize::from(stars);
        if stars { '*' } else { next }
    };
    secret.chars().map(star).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_keeps_what_makes_it_recognisable() {
        assert_eq!(mask(Kind::Email, "dana.lee@example.com"), "d***@example.com");
        assert_eq!(mask(Kind::Email, "\"dana lee\"@example.com"), "d***@example.com");
        assert_eq!(mask(Kind::Email, "üte@example.com"), "ü***@example.com");
        assert_eq!(mask(Kind::Phone, "+1 (415) 555-0134"), "+* (***) ***-**34");
        assert_eq!(mask(Kind::Card, "4111 1111 1111 1111"), "**** **** **** 1111");
        assert_eq!(
            mask(Kind::Card, "4111\u{a0}1111\u{a0}1111\u{a0}1111"),
            "****\u{a0}****\u{a0}****\u{a0}1111"
        );
        assert_eq!(mask(Kind::Iban, "GB82 WEST 1234 5698 7654 32"), "GB** **** **** **** **54 32");
        assert_eq!(mask(Kind::Ssn, "078-05-1123"), "***-**-1123");
        assert_eq!(mask(Kind::Ip, "192.0.2.1/24"), "192.0.*.*");
        assert_eq!(mask(Kind::Ip, "2001:db8::1"), "2001:db8:****");
        assert_eq!(mask(Kind::Ip, "::1"), "::****");
    }
}
