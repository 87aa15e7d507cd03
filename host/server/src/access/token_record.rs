//! What is kept of a token: everything but its secret.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tollgate_api::{Timestamp, TokenEntry, TokenStatus};
use tollgate_model::{Digest, FormatVersion, GateName, NonBlankString, Person, rfc3339};

use super::role::Role;
use super::token_text::TokenId;

/// Token as the file of tokens has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TokenRecord {
    pub id: TokenId,
    /// Person who acts with it. Reviews and everything else that is recorded are by this person.
    pub person: Person,
    /// Roles in which the person reviews, as gates name them.
    #[serde(rename = "as")]
    pub reviewer_roles: BTreeSet<NonBlankString>,
    pub roles: BTreeSet<Role>,
    /// Gates that it is for. Empty if it is for all.
    pub gates: BTreeSet<GateName>,
    #[serde(rename = "created-at", with = "rfc3339")]
    pub created_at_ms: u64,
    pub created_by: Person,
    /// First moment at which it is not valid any more.
    #[serde(rename = "expires-at", with = "rfc3339")]
    pub expires_at_ms: u64,
    #[serde(
        rename = "revoked-at",
        default,
        skip_serializing_if = "Option::is_none",
        with = "rfc3339::option"
    )]
    pub revoked_at_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_by: Option<Person>,
    /// Digest of the secret part of the token.
    pub(super) secret_sha256: Digest,
}

/// State of a token at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    Valid,
    Expired,
    /// Revoked before it expired, or after.
    Revoked,
}

impl TokenRecord {
    /// Returns the state of the token at a time.
    pub fn state(&self, now_ms: u64) -> TokenState {
        match self.revoked_at_ms {
            // A revocation holds from the moment it is known, whatever the clocks say.
            Some(_) => TokenState::Revoked,
            None if self.expires_at_ms <= now_ms => TokenState::Expired,
            None => TokenState::Valid,
        }
    }

    /// Returns the time at which the token ended, or will end if nobody revokes it.
    pub(super) fn end_ms(&self) -> u64 {
        self.revoked_at_ms.unwrap_or(u64::MAX).min(self.expires_at_ms)
    }

    /// Describes the token at a time for programs, without the digest of its secret.
    pub fn to_entry(&self, now_ms: u64) -> TokenEntry {
        TokenEntry {
            id: self.id.to_string(),
            person: self.person.clone(),
            reviewer_roles: self.reviewer_roles.iter().cloned().collect(),
            roles: self.roles.iter().map(|role| (*role).into()).collect(),
            gates: self.gates.iter().cloned().collect(),
            state: match self.state(now_ms) {
                TokenState::Valid => TokenStatus::Valid,
                TokenState::Expired => TokenStatus::Expired,
                TokenState::Revoked => TokenStatus::Revoked,
            },
            created_at: Timestamp(self.created_at_ms),
            created_by: self.created_by.clone(),
            expires_at: Timestamp(self.expires_at_ms),
            revoked_at: self.revoked_at_ms.map(Timestamp),
            revoked_by: self.revoked_by.clone(),
        }
    }
}

/// The file of tokens.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokensFile {
    pub(super) format: FormatVersion<1>,
    pub(super) tokens: Vec<TokenRecord>,
}

impl TokensFile {
    /// Parses the file. Returns the reason if something in it cannot be meant.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let file: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let mut ids = BTreeSet::new();
        for token in &file.tokens {
            let fault = if !ids.insert(&token.id) {
                "is there twice"
            } else if token.roles.is_empty() {
                "has no role"
            } else if token.revoked_at_ms.is_some() != token.revoked_by.is_some() {
                "has only one of `revoked-at` and `revoked-by`"
            } else {
                continue;
            };
            return Err(format!("the token `{}` {fault}", token.id));
        }
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const DAY_MS: u64 = 24 * 60 * 60 * 1000;

    fn record() -> TokenRecord {
        TokenRecord {
            id: "7k2mq9x4bt".parse().unwrap(),
            person: "Kim Osei".parse().unwrap(),
            reviewer_roles: ["legal".parse().unwrap()].into(),
            roles: [Role::Submit, Role::Review].into(),
            gates: ["welcome-email".parse().unwrap()].into(),
            created_at_ms: 0,
            created_by: "Sam Reed".parse().unwrap(),
            expires_at_ms: DAY_MS,
            revoked_at_ms: None,
            revoked_by: None,
            secret_sha256: Digest::of("secret"),
        }
    }

    fn document() -> Value {
        json!({"format": 1, "tokens": [{
            "id": "7k2mq9x4bt",
            "person": "Kim Osei",
            "as": ["legal"],
            "roles": ["submit", "review"],
            "gates": ["welcome-email"],
            "created-at": "1970-01-01T00:00:00.000Z",
            "created-by": "Sam Reed",
            "expires-at": "1970-01-02T00:00:00.000Z",
            "secret-sha256": Digest::of("secret"),
        }]})
    }

    fn parse(document: &Value) -> Result<TokensFile, String> {
        TokensFile::parse(document.to_string().as_bytes())
    }

    #[test]
    fn the_file_keeps_its_form() {
        assert_eq!(parse(&document()).unwrap().tokens, [record()]);
        let file = TokensFile { tokens: vec![record()], ..TokensFile::default() };
        assert_eq!(serde_json::to_value(&file).unwrap(), document());
        let mut revoked = document();
        revoked["tokens"][0]["revoked-at"] = json!("1970-01-01T12:00:00.000Z");
        revoked["tokens"][0]["revoked-by"] = json!("Dana Hill");
        let read = parse(&revoked).unwrap();
        assert_eq!(read.tokens[0].revoked_at_ms, Some(DAY_MS / 2));
        assert_eq!(serde_json::to_value(&read).unwrap(), revoked);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let refused = |change: &dyn Fn(&mut Value)| {
            let mut document = document();
            change(&mut document);
            parse(&document).unwrap_err()
        };
        let member = |name: &str, value: Value| {
            refused(&|document| document["tokens"][0][name] = value.clone())
        };
        assert!(refused(&|document| document["format"] = json!(2)).contains("format 2"));
        assert!(refused(&|document| document["note"] = json!(1)).contains("unknown field `note`"));
        assert!(member("scope", json!("all")).contains("unknown field `scope`"));
        assert!(member("roles", json!([])).contains("has no role"));
        assert!(member("roles", json!(["admin"])).contains("unknown variant `admin`"));
        assert!(member("id", json!("7K2MQ9X4BT")).contains("the id of a token"));
        assert!(member("revoked-at", json!("1970-01-01T12:00:00.000Z")).contains("only one of"));
        assert!(member("revoked-by", json!("Dana Hill")).contains("only one of"));
        assert!(member("expires-at", json!(null)).contains("null"));
        let missing = |name: &str| {
            refused(&|document| drop(document["tokens"][0].as_object_mut().unwrap().remove(name)))
        };
        for name in
            ["id", "person", "as", "roles", "gates", "created-by", "expires-at", "secret-sha256"]
        {
            assert!(missing(name).contains(&format!("missing field `{name}`")), "{name}");
        }
        let twice = refused(&|document| {
            let token = document["tokens"][0].clone();
            document["tokens"].as_array_mut().unwrap().push(token);
        });
        assert!(twice.contains("is there twice"), "{twice}");
    }

    #[test]
    fn a_token_is_valid_until_it_expires_or_is_revoked() {
        let mut token = record();
        assert_eq!(token.state(DAY_MS - 1), TokenState::Valid);
        assert_eq!(token.state(DAY_MS), TokenState::Expired);
        // The clock of whoever revoked it was ahead.
        token.revoked_at_ms = Some(DAY_MS - 1);
        assert_eq!(token.state(5), TokenState::Revoked);
        assert_eq!((token.state(DAY_MS), token.end_ms()), (TokenState::Revoked, DAY_MS - 1));
    }

    #[test]
    fn programs_do_not_get_the_digest_of_the_secret() {
        let entry = serde_json::to_value(record().to_entry(DAY_MS)).unwrap();
        let digest = Digest::of("secret").hex();
        assert!(!entry.to_string().contains(&digest) && !entry.to_string().contains("secret"));
        assert_eq!((&entry["state"], &entry["as"]), (&json!("expired"), &json!(["legal"])));
        assert_eq!(entry["roles"], json!(["submit", "review"]));
        assert_eq!(entry["expires-at"], json!("1970-01-02T00:00:00.000Z"));
    }
}
