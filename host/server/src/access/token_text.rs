//! The text of a token: `tg_ID_SECRET`. The id names the token in lists, records and messages, and gives no access.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tollgate_model::Digest;
use zeroize::Zeroizing;

const PREFIX: &str = "tg_";
/// Digits and lower-case letters, without those that are taken for others: `i`, `l`, `o` and `u`. Each stands for 5 bits.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const INDEX_MASK: u8 = 31;
/// 50 bits: no two of the tokens of a project have the same by accident, and people can still read it out.
const ID_CHARACTERS: usize = 10;
/// 260 bits, the first number of whole characters that is not below 256.
const SECRET_CHARACTERS: usize = 52;

/// Name of a token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(String);

/// The text is not the id of a token. It is not repeated, because it may be a whole token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the id of a token has {ID_CHARACTERS} lower-case letters and digits, such as `{EXAMPLE_ID}`: `tollgate token list` \
     shows it"
)]
pub struct TokenIdError;

const EXAMPLE_ID: &str = "7k2mq9x4bt";

impl TokenId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TokenId {
    type Err = TokenIdError;

    fn from_str(text: &str) -> Result<Self, TokenIdError> {
        match is_of_alphabet(text, ID_CHARACTERS) {
            true => Ok(Self(text.into())),
            false => Err(TokenIdError),
        }
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for TokenId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for TokenId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A whole token, which gives access. It is wiped from memory when it is dropped, and does not show itself in messages.
pub struct TokenText {
    id: TokenId,
    text: Zeroizing<String>,
}

impl TokenText {
    /// Makes a new token from random bits of the operating system.
    pub(super) fn generate() -> Result<Self, getrandom::Error> {
        let (id, secret) = (random_text(ID_CHARACTERS)?, random_text(SECRET_CHARACTERS)?);
        let mut text = Zeroizing::new(String::with_capacity(TOKEN_CHARACTERS));
        text.extend([PREFIX, id.as_str(), "_", secret.as_str()]);
        Ok(Self { id: TokenId(id.as_str().into()), text })
    }

    pub(super) fn id(&self) -> &TokenId {
        &self.id
    }

    /// Returns the text, for the one who gets the token.
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for TokenText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenText({})", self.id)
    }
}

const TOKEN_CHARACTERS: usize = PREFIX.len() + ID_CHARACTERS + 1 + SECRET_CHARACTERS;

/// A token as a request presents it: its id, which is not proven, and the digest of its secret.
#[derive(Debug)]
pub(super) struct PresentedToken {
    pub(super) id: TokenId,
    pub(super) secret_digest: Digest,
}

impl PresentedToken {
    /// Parses the text of a token. Returns `None` if it is not one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let id = id.parse().ok()?;
        let is_secret = is_of_alphabet(secret, SECRET_CHARACTERS);
        // The bits are random, so a digest that is quick to compute tells nothing about them.
        is_secret.then(|| Self { id, secret_digest: Digest::of(secret) })
    }
}

fn is_of_alphabet(text: &str, characters: usize) -> bool {
    text.len() == characters && text.bytes().all(|byte| ALPHABET.contains(&byte))
}

fn random_text(characters: usize) -> Result<Zeroizing<String>, getrandom::Error> {
    let mut bytes = Zeroizing::new(vec![0_u8; characters]);
    getrandom::fill(&mut bytes)?;
    let letters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & INDEX_MASK)));
    // A text that grows would leave a copy behind.
    let mut text = Zeroizing::new(String::with_capacity(characters));
    text.extend(letters.map(|letter| char::from(*letter)));
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn new_tokens_are_read_back_and_differ() {
        let mut ids = BTreeSet::new();
        let mut digests = BTreeSet::new();
        for _ in 0..200 {
            let token = TokenText::generate().unwrap();
            assert_eq!(token.reveal().len(), TOKEN_CHARACTERS);
            let presented = PresentedToken::parse(token.reveal()).unwrap();
            assert_eq!(presented.id, *token.id());
            assert!(ids.insert(presented.id) && digests.insert(presented.secret_digest));
        }
    }

    #[test]
    fn a_secret_uses_every_character_of_the_alphabet() {
        let secrets: String = (0..200)
            .map(|_| TokenText::generate().unwrap().reveal()[PREFIX.len()..].to_owned())
            .collect();
        // 12,400 random characters: one is missing by accident in less than one of 10^160 runs.
        let found: BTreeSet<_> = secrets.bytes().filter(|byte| *byte != b'_').collect();
        assert_eq!(found, ALPHABET.iter().copied().collect());
        assert_eq!(found.len(), 32);
    }

    #[test]
    fn other_texts_are_no_tokens() {
        let (id, secret) = ("7k2mq9x4bt", "0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk");
        let sound = format!("tg_{id}_{secret}");
        assert_eq!(PresentedToken::parse(&sound).unwrap().id.as_str(), id);
        for text in [
            String::new(),
            "tg_".into(),
            id.into(),
            format!("{id}_{secret}"),
            format!("TG_{id}_{secret}"),
            format!("tg_{id}{secret}"),
            format!("tg_{id}_{secret}0"),
            format!("tg_{id}_{}", &secret[1..]),
            format!("tg_{}_{secret}", &id[1..]),
            format!("tg_{id}0_{secret}"),
            format!("tg_{}_{secret}", id.to_uppercase()),
            format!("tg_{id}_{}", secret.replace('0', "o")),
            format!("tg_{id}_{}", secret.replace("01", "é")),
            format!(" {sound}"),
            format!("{sound}\n"),
        ] {
            assert!(PresentedToken::parse(&text).is_none(), "{text:?}");
        }
        for text in ["", "7k2mq9x4b", "7k2mq9x4btt", "7K2MQ9X4BT", "7k2mq9x4bi", "7k2mq9x4b\n"] {
            assert_eq!(text.parse::<TokenId>(), Err(TokenIdError), "{text:?}");
        }
        assert!(EXAMPLE_ID.parse::<TokenId>().is_ok());
    }

    #[test]
    fn messages_do_not_have_the_secret() {
        let token = TokenText::generate().unwrap();
        let secret = &token.reveal()[PREFIX.len() + ID_CHARACTERS + 1..];
        let presented = PresentedToken::parse(token.reveal()).unwrap();
        let error = token.reveal().parse::<TokenId>().unwrap_err();
        for shown in [format!("{token:?}"), format!("{presented:?}"), error.to_string()] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
