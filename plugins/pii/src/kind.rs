//! The kinds of personal data. Each is also a rule.

use schemars::JsonSchema;
use serde::Deserialize;

/// A kind of personal data.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A payment card number.
    Card,
    /// An international bank account number.
    Iban,
    /// An IPv4 or IPv6 address, or a network of such addresses.
    Ip,
    /// A US social security number.
    Ssn,
}

impl Kind {
    /// All kinds, which are also the default of the configuration.
    pub const ALL: [Self; 6] =
        [Self::Email, Self::Phone, Self::Card, Self::Iban, Self::Ip, Self::Ssn];

    /// Returns the name of the kind's rule.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Card => "card",
            Self::Iban => "iban",
            Self::Ip => "ip",
            Self::Ssn => "ssn",
        }
    }

    /// Returns the noun for the kind in messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Email => "an e-mail address",
            Self::Phone => "a telephone number",
            Self::Card => "a payment card number",
            Self::Iban => "an IBAN",
            Self::Ip => "an IP address",
            Self::Ssn => "a US social security number",
        }
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KindSet(u8);

impl KindSet {
    pub(crate) fn from_kinds(kinds: &[Kind]) -> Self {
        Self(kinds.iter().fold(0, |bits, kind| bits | 1 << *kind as u8))
    }

    pub(crate) fn contains(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u8 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contains_exactly_the_given_kinds() {
        let some = KindSet::from_kinds(&[Kind::Card, Kind::Ssn]);
        let held: Vec<_> = Kind::ALL.into_iter().filter(|kind| some.contains(*kind)).collect();
        assert_eq!(held, [Kind::Card, Kind::Ssn]);
    }
}
