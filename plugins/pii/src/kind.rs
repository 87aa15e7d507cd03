//! The kinds of personal data, which are also the names of the rules.

use schemars::JsonSchema;
use serde::Deserialize;

/// What a piece of text can turn out to be.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// The number of a payment card.
    Card,
    /// An international bank account number.
    Iban,
    /// An IPv4 or IPv6 address, or a network of such addresses.
    Ip,
    /// A US social security number.
    Ssn,
}

impl Kind {
    /// All of them, which is what a configuration that names none asks for.
    pub const ALL: [Self; 6] =
        [Self::Email, Self::Phone, Self::Card, Self::Iban, Self::Ip, Self::Ssn];

    /// The rule that a finding of this kind is filed under.
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

    /// How a message names it.
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

/// Which kinds are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kinds(u8);

impl Kinds {
    pub(crate) fn of(kinds: &[Kind]) -> Self {
        Self(kinds.iter().fold(0, |bits, kind| bits | 1 << *kind as u8))
    }

    pub(crate) fn has(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u8 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_into_it() {
        let some = Kinds::of(&[Kind::Card, Kind::Ssn]);
        let held: Vec<_> = Kind::ALL.into_iter().filter(|kind| some.has(*kind)).collect();
        assert_eq!(held, [Kind::Card, Kind::Ssn]);
    }
}
