use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::access::role::Role;
use crate::access::token_store::{CreatedToken, TokenRequest};

const NOW_MS: u64 = 1_796_083_200_000;
const HOUR_MS: u64 = 60 * 60 * 1000;

struct Place {
    _folder: tempfile::TempDir,
    store: TokenStore,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = TokenStore::new(folder.path());
        Self { _folder: folder, store }
    }

    fn verifier(&self) -> TokenVerifier {
        TokenVerifier::open(self.store.clone(), person("Sam Reed")).unwrap()
    }

    fn create(&self) -> CreatedToken {
        let request = TokenRequest {
            person: person("Kim Osei"),
            roles: [Role::Submit, Role::Review].into(),
            gates: ["welcome-email".parse().unwrap()].into(),
            reviewer_roles: ["legal".parse().unwrap()].into(),
            lifetime: "1h".parse().unwrap(),
            created_by: person("Sam Reed"),
        };
        self.store.create(request, NOW_MS).unwrap()
    }

    fn revoke(&self, id: &TokenId) {
        self.store.revoke(id, &person("Dana Hill"), NOW_MS + 5).unwrap();
    }
}

fn person(name: &str) -> Person {
    name.parse().unwrap()
}

/// Returns the token with another secret.
fn with_wrong_secret(token: &str) -> String {
    let last = if token.ends_with('0') { "1" } else { "0" };
    format!("{}{last}", &token[..token.len() - 1])
}

#[test]
fn a_token_says_who_the_caller_is() {
    let place = Place::new();
    let token = place.create();
    let caller = place.verifier().verify(Some(token.text.reveal()), NOW_MS).unwrap();
    assert_eq!((caller.person(), caller.token_id()), (&person("Kim Osei"), Some(&token.record.id)));
    assert_eq!(*caller.roles(), [Role::Submit, Role::Review].into());
    assert_eq!(*caller.gates(), ["welcome-email".parse().unwrap()].into());
    assert_eq!(caller.to_reviewer().roles, ["legal".parse().unwrap()]);
}

#[test]
fn a_wrong_secret_is_answered_as_an_unknown_token() {
    let place = Place::new();
    let (token, revoked) = (place.create(), place.create());
    place.revoke(&revoked.record.id);
    let verifier = place.verifier();
    let unknown_id = token.text.reveal().replace(token.record.id.as_str(), "7k2mq9x4bt");
    let wrong = [token.text.reveal(), revoked.text.reveal()].map(with_wrong_secret);
    for text in wrong.iter().chain([&unknown_id]) {
        // Neither that it was revoked nor that it expired is told without the secret.
        for now_ms in [NOW_MS, NOW_MS + 2 * HOUR_MS] {
            let refused = verifier.verify(Some(text), now_ms).unwrap_err();
            assert!(matches!(&refused, TokenError::Unknown { id } if text.contains(id.as_str())));
            assert_eq!(refused.to_string(), "the token is not known");
        }
    }
}

#[test]
fn a_text_that_is_no_token_is_malformed_and_none_is_missing() {
    let place = Place::new();
    let token = place.create();
    let verifier = place.verifier();
    for text in ["", "tg_", token.record.id.as_str(), &token.text.reveal()[3..]] {
        let refused = verifier.verify(Some(text), NOW_MS).unwrap_err();
        assert!(matches!(refused, TokenError::Malformed), "{refused}");
    }
    assert!(matches!(verifier.verify(None, NOW_MS), Err(TokenError::Missing)));
}

#[test]
fn a_token_expires() {
    let place = Place::new();
    let token = place.create();
    let (verifier, end_ms) = (place.verifier(), NOW_MS + HOUR_MS);
    let caller = verifier.verify(Some(token.text.reveal()), end_ms - 1).unwrap();
    caller.still_valid(&verifier, end_ms - 1).unwrap();
    for refused in [
        verifier.verify(Some(token.text.reveal()), end_ms).map(drop),
        caller.still_valid(&verifier, end_ms),
    ] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, TokenError::Expired { at_ms, .. } if at_ms == end_ms));
    }
}

#[test]
fn a_revocation_holds_from_the_next_request_on() {
    let place = Place::new();
    let (token, other) = (place.create(), place.create());
    let verifier = place.verifier();
    let caller = verifier.verify(Some(token.text.reveal()), NOW_MS).unwrap();
    caller.still_valid(&verifier, NOW_MS).unwrap();
    place.revoke(&token.record.id);
    for refused in [
        caller.still_valid(&verifier, NOW_MS),
        verifier.verify(Some(token.text.reveal()), NOW_MS).map(drop),
    ] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, TokenError::Revoked { at_ms, .. } if at_ms == NOW_MS + 5));
    }
    verifier.verify(Some(other.text.reveal()), NOW_MS).unwrap();
}

#[test]
fn a_new_token_is_valid_at_once() {
    let place = Place::new();
    place.create();
    let verifier = place.verifier();
    for _ in 0..20 {
        let token = place.create();
        verifier.verify(Some(token.text.reveal()), NOW_MS).unwrap();
    }
}

#[test]
fn the_file_is_read_again_only_if_it_changed() {
    let place = Place::new();
    let token = place.create();
    let verifier = place.verifier();
    let tokens = |verifier: &TokenVerifier| verifier.current_tokens().unwrap().unwrap();
    let first = tokens(&verifier);
    verifier.verify(Some(token.text.reveal()), NOW_MS).unwrap();
    assert!(Arc::ptr_eq(&first, &tokens(&verifier)));
    place.create();
    assert!(!Arc::ptr_eq(&first, &tokens(&verifier)));
}

#[test]
fn without_tokens_every_caller_is_the_operator() {
    let place = Place::new();
    let verifier = place.verifier();
    assert!(verifier.is_open().unwrap());
    let caller = verifier.verify(None, NOW_MS).unwrap();
    assert_eq!((caller.person(), caller.token_id()), (&person("Sam Reed"), None));
    caller.still_valid(&verifier, NOW_MS).unwrap();
    // Whoever has a token is somebody else.
    let token = "tg_7k2mq9x4bt_0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk";
    assert!(matches!(verifier.verify(Some(token), NOW_MS), Err(TokenError::Unknown { .. })));
    assert!(matches!(verifier.verify(Some("tg_"), NOW_MS), Err(TokenError::Malformed)));
}

#[test]
fn the_first_token_ends_open_mode() {
    let place = Place::new();
    let verifier = place.verifier();
    let operator = verifier.verify(None, NOW_MS).unwrap();
    let token = place.create();
    assert!(matches!(verifier.verify(None, NOW_MS), Err(TokenError::Missing)));
    assert!(matches!(operator.still_valid(&verifier, NOW_MS), Err(TokenError::Missing)));
    verifier.verify(Some(token.text.reveal()), NOW_MS).unwrap();
    assert!(!verifier.is_open().unwrap());
}

/// Asserts that nobody gets in, with a token or without, and neither does a caller who was let in before.
fn assert_closed(verifier: &TokenVerifier, caller: &Caller, token: &CreatedToken) {
    for refused in [
        verifier.verify(Some(token.text.reveal()), NOW_MS).map(drop),
        verifier.verify(None, NOW_MS).map(drop),
        caller.still_valid(verifier, NOW_MS),
    ] {
        assert!(matches!(refused, Err(TokenError::Unverifiable(_))), "{refused:?}");
    }
    assert!(verifier.is_open().is_err());
}

#[test]
fn a_file_that_disappears_lets_nobody_in() {
    let place = Place::new();
    let token = place.create();
    let verifier = place.verifier();
    let caller = verifier.verify(Some(token.text.reveal()), NOW_MS).unwrap();
    let elsewhere = place.store.path().with_extension("away");
    fs::rename(place.store.path(), &elsewhere).unwrap();
    assert_closed(&verifier, &caller, &token);
    fs::rename(&elsewhere, place.store.path()).unwrap();
    verifier.verify(Some(token.text.reveal()), NOW_MS).unwrap();
}

#[test]
fn a_file_that_cannot_be_used_lets_nobody_in() {
    let place = Place::new();
    let token = place.create();
    let verifier = place.verifier();
    let caller = verifier.verify(Some(token.text.reveal()), NOW_MS).unwrap();
    let sound = fs::read(place.store.path()).unwrap();
    fs::set_permissions(place.store.path(), Permissions::from_mode(0o644)).unwrap();
    assert_closed(&verifier, &caller, &token);
    fs::set_permissions(place.store.path(), Permissions::from_mode(0o600)).unwrap();
    verifier.verify(Some(token.text.reveal()), NOW_MS).unwrap();
    fs::write(place.store.path(), &sound[1..]).unwrap();
    assert_closed(&verifier, &caller, &token);
    fs::write(place.store.path(), &sound).unwrap();
    verifier.verify(Some(token.text.reveal()), NOW_MS).unwrap();
}

#[test]
fn a_file_that_was_never_usable_ends_open_mode_too() {
    let place = Place::new();
    let verifier = place.verifier();
    fs::write(place.store.path(), "").unwrap();
    assert!(matches!(verifier.verify(None, NOW_MS), Err(TokenError::Unverifiable(_))));
    fs::remove_file(place.store.path()).unwrap();
    assert!(matches!(verifier.verify(None, NOW_MS), Err(TokenError::Unverifiable(_))));
    // A server that begins with such a file does not begin at all.
    fs::write(place.store.path(), "").unwrap();
    let begun = TokenVerifier::open(place.store.clone(), person("Sam Reed"));
    assert!(begun.is_err());
}

#[test]
fn a_caller_whose_token_is_gone_from_the_file_is_refused() {
    let place = Place::new();
    let token = place.create();
    let verifier = place.verifier();
    let caller = verifier.verify(Some(token.text.reveal()), NOW_MS).unwrap();
    fs::write(place.store.path(), r#"{"format": 1, "tokens": []}"#).unwrap();
    let refused = caller.still_valid(&verifier, NOW_MS);
    assert!(matches!(refused, Err(TokenError::Unknown { .. })));
    assert!(matches!(verifier.verify(None, NOW_MS), Err(TokenError::Missing)));
}

#[test]
fn errors_do_not_have_the_secret() {
    let place = Place::new();
    let token = place.create();
    let verifier = place.verifier();
    let wrong = with_wrong_secret(token.text.reveal());
    place.revoke(&token.record.id);
    for text in [token.text.reveal(), &wrong] {
        let refused = verifier.verify(Some(text), NOW_MS).unwrap_err();
        let secret = text.rsplit('_').next().unwrap();
        let shown = format!("{refused} {refused:?}");
        assert!(!shown.contains(secret), "the secret is in the error");
    }
}
