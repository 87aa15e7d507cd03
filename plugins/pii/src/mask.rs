//! Masks a value, so that people who know it can recognise it and others cannot.

use crate::kind::Kind;

/// Number of digits left at the end, as on receipts.
const CARD_KEPT: usize = 4;
const SSN_KEPT: usize = 4;
/// Fewer than for a card, because a local number has only seven digits.
const PHONE_KEPT: usize = 2;
const COUNTRY_BYTES: usize = 2;

/// Returns the value with its secret part replaced by stars.
pub(crate) fn mask(kind: Kind, secret: &str) -> String {
    match kind {
        Kind::Email => mask_email(secret),
        Kind::Phone => mask_all_but_last(secret, PHONE_KEPT),
        Kind::Card => mask_all_but_last(secret, CARD_KEPT),
        Kind::Ssn => mask_all_but_last(secret, SSN_KEPT),
        Kind::Iban => mask_iban(secret),
        Kind::Ip => mask_ip_address(secret),
    }
}

/// Keeps the first letter and the domain: `d***@example.com`.
fn mask_email(secret: &str) -> String {
    let (local, domain) = secret.rsplit_once('@').unwrap_or((secret, ""));
    let first = local.chars().find(|first| *first != '"').unwrap_or('*');
    format!("{first}***@{domain}")
}

/// Keeps the country and the last four characters: `GB** **** **** **** **54 32`.
fn mask_iban(secret: &str) -> String {
    let (country, rest) = secret.split_at_checked(COUNTRY_BYTES).unwrap_or(("", secret));
    format!("{country}{}", mask_all_but_last(rest, CARD_KEPT))
}

/// Keeps the start, which identifies the network: `192.0.*.*`, `2001:db8:****`.
fn mask_ip_address(secret: &str) -> String {
    if secret.contains(':') {
        let mut groups = secret.split(':');
        let (first, second) = (groups.next().unwrap_or(""), groups.next().unwrap_or(""));
        return format!("{first}:{second}:****");
    }
    let mut octets = secret.split('.');
    let (first, second) = (octets.next().unwrap_or("*"), octets.next().unwrap_or("*"));
    format!("{first}.{second}.*.*")
}

/// Replaces all letters and digits but the last `kept` with stars. Separators stay.
fn mask_all_but_last(secret: &str, kept: usize) -> String {
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
    fn keeps_each_kind_recognisable() {
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
