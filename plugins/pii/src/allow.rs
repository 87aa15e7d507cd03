//! What is fine although it looks like personal data: the company's own support
//! address, the number of its hotline.

use tollgate_sdk::{Pointer, Refusal};

use crate::kind::Kind;

/// The configured exceptions, ready for comparing.
#[derive(Debug, Default)]
pub(crate) struct Allow {
    /// Values in small letters.
    values: Vec<String>,
    /// The same without anything but letters and digits, because a number is the same
    /// number however it is grouped.
    compact: Vec<String>,
    /// Domains with their `@`, in small letters.
    domains: Vec<String>,
}

impl Allow {
    /// Refuses entries that could never match or would match everything.
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
        let value = entry.trim().to_lowercase();
        let compact = compact(&value);
        if compact.is_empty() {
            return Err(format!("`{entry}` holds no letter and no digit"));
        }
        if value.starts_with('@') {
            self.domains.push(value);
        } else {
            self.values.push(value);
            self.compact.push(compact);
        }
        Ok(())
    }

    /// Whether a finding is one of the exceptions.
    pub(crate) fn has(&self, kind: Kind, found: &str) -> bool {
        if self.values.is_empty() && self.domains.is_empty() {
            return false;
        }
        let found = found.to_lowercase();
        match kind {
            Kind::Email => self.values.contains(&found) || self.has_domain(&found),
            // Dots and colons are what tells one address from another.
            Kind::Ip => self.values.contains(&found),
            _ => self.compact.contains(&compact(&found)),
        }
    }

    fn has_domain(&self, address: &str) -> bool {
        let domain = address.rfind('@').and_then(|at| address.get(at..));
        domain.is_some_and(|domain| self.domains.iter().any(|allowed| allowed == domain))
    }
}

fn compact(value: &str) -> String {
    value.chars().filter(|character| character.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(entries: &[&str]) -> Allow {
        let entries: Vec<_> = entries.iter().map(|entry| entry.to_string()).collect();
        Allow::read(&entries).unwrap()
    }

    #[test]
    fn addresses_match_whole_or_by_their_domain() {
        let allow = allow(&["Support@Example.com", "@example.org"]);
        assert!(allow.has(Kind::Email, "support@EXAMPLE.com"));
        assert!(allow.has(Kind::Email, "dana@Example.org"));
        assert!(!allow.has(Kind::Email, "dana@example.com"));
        assert!(!allow.has(Kind::Email, "dana@mail.example.org"));
        assert!(!allow.has(Kind::Email, "dana@notexample.org"));
    }

    #[test]
    fn numbers_match_however_they_are_grouped() {
        let allow = allow(&["+1 (415) 555-0134", "192.0.2.10"]);
        assert!(allow.has(Kind::Phone, "+1 415.555.0134"));
        assert!(!allow.has(Kind::Phone, "415-555-0134"));
        assert!(allow.has(Kind::Ip, "192.0.2.10"));
        assert!(!allow.has(Kind::Ip, "192.0.21.0"));
    }

    #[test]
    fn an_entry_without_letters_and_digits_is_refused() {
        for entry in ["", " ", "@", "--"] {
            let refusal = Allow::read(&["ok".into(), entry.into()]).unwrap_err();
            let Refusal::BadConfig(bad) = refusal else { panic!("{refusal:?}") };
            assert_eq!(bad.pointer, "/allow/1");
        }
    }
}
