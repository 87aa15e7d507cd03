//! Exceptions: values that are allowed although they look like personal data, such as the
//! company's own support address or hotline number.

use tollgate_sdk::{Pointer, Refusal};

use crate::folded_text::fold_value;
use crate::kind::Kind;

/// The configured exceptions, prepared for comparison.
#[derive(Debug, Default)]
pub(crate) struct AllowList {
    /// Values in lower case.
    lower_case: Vec<String>,
    /// The same values without anything but letters and digits, because the grouping of a
    /// number makes no difference.
    alphanumeric: Vec<String>,
    /// E-mail domains with their `@`, in lower case.
    domains: Vec<String>,
}

impl AllowList {
    /// Reads the exceptions. Refuses entries that could never match or would match
    /// everything.
    pub(crate) fn read(entries: &[String]) -> Result<Self, Refusal> {
        let mut allow = Self::default();
        for (index, entry) in entries.iter().enumerate() {
            allow.add(entry).map_err(|reason| {
                Refusal::bad_config(&Pointer::root().key("allow").index(index), reason)
            })?;
        }
        Ok(allow)
    }

    fn add(&mut self, entry: &str) -> Result<(), String> {
        let value = fold_value(entry.trim()).to_lowercase();
        let compact = keep_alphanumeric(&value);
        if compact.is_empty() {
            return Err(format!("`{entry}` contains no letter or digit"));
        }
        if value.starts_with('@') {
            self.domains.push(value);
        } else {
            self.lower_case.push(value);
            self.alphanumeric.push(compact);
        }
        Ok(())
    }

    /// Returns whether a found value is one of the exceptions.
    pub(crate) fn contains(&self, kind: Kind, found: &str) -> bool {
        if self.lower_case.is_empty() && self.domains.is_empty() {
            return false;
        }
        let found = found.to_lowercase();
        match kind {
            Kind::Email => self.lower_case.contains(&found) || self.contains_domain(&found),
            // Dots and colons distinguish addresses, so they are compared.
            Kind::Ip => self.lower_case.contains(&found),
            _ => self.alphanumeric.contains(&keep_alphanumeric(&found)),
        }
    }

    fn contains_domain(&self, address: &str) -> bool {
        let domain = address.rfind('@').and_then(|at| address.get(at..));
        domain.is_some_and(|domain| self.domains.iter().any(|allowed| allowed == domain))
    }
}

fn keep_alphanumeric(value: &str) -> String {
    value.chars().filter(|character| character.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(entries: &[&str]) -> AllowList {
        let entries: Vec<_> = entries.iter().map(|entry| entry.to_string()).collect();
        AllowList::read(&entries).unwrap()
    }

    #[test]
    fn matches_addresses_exactly_or_by_domain() {
        let allow = allow(&["Support@Example.com", "@example.org"]);
        assert!(allow.contains(Kind::Email, "support@EXAMPLE.com"));
        assert!(allow.contains(Kind::Email, "dana@Example.org"));
        assert!(!allow.contains(Kind::Email, "dana@example.com"));
        assert!(!allow.contains(Kind::Email, "dana@mail.example.org"));
        assert!(!allow.contains(Kind::Email, "dana@notexample.org"));
    }

    #[test]
    fn matches_numbers_in_any_grouping() {
        let allow = allow(&["+1 (415) 555-0134", "192.0.2.10"]);
        assert!(allow.contains(Kind::Phone, "+1 415.555.0134"));
        assert!(!allow.contains(Kind::Phone, "415-555-0134"));
        assert!(allow.contains(Kind::Ip, "192.0.2.10"));
        assert!(!allow.contains(Kind::Ip, "192.0.21.0"));
    }

    #[test]
    fn refuses_entries_without_letters_and_digits() {
        for entry in ["", " ", "@", "--"] {
            let refusal = AllowList::read(&["ok".into(), entry.into()]).unwrap_err();
            let Refusal::BadConfig(bad) = refusal else { panic!("{refusal:?}") };
            assert_eq!(bad.pointer, "/allow/1");
        }
    }
}
