use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use tollgate_model::MOMENT_MS_MAX;

use super::*;
use crate::access::role::Role;
use crate::access::token_record::TokenState;

const NOW_MS: u64 = 1_796_083_200_000;
const HOUR_MS: u64 = 60 * 60 * 1000;

fn person(name: &str) -> Person {
    name.parse().unwrap()
}

fn request() -> TokenRequest {
    TokenRequest {
        person: person("Kim Osei"),
        roles: [Role::Submit, Role::Review].into(),
        gates: ["welcome-email".parse().unwrap()].into(),
        reviewer_roles: ["legal".parse().unwrap()].into(),
        lifetime: "12h".parse().unwrap(),
        created_by: person("Sam Reed"),
    }
}

fn store() -> (tempfile::TempDir, TokenStore) {
    let place = tempfile::tempdir().unwrap();
    let store = TokenStore::new(place.path().join(".tollgate"));
    (place, store)
}

fn create(store: &TokenStore) -> CreatedToken {
    store.create(request(), NOW_MS).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_new_token_is_kept_without_its_secret() {
    let (_place, store) = store();
    assert!(!store.has_tokens().unwrap());
    assert!(store.list().unwrap().is_empty());
    let CreatedToken { text, record } = create(&store);
    assert!(store.has_tokens().unwrap());
    assert_eq!(store.list().unwrap(), std::slice::from_ref(&record));
    assert_eq!((record.created_at_ms, record.expires_at_ms), (NOW_MS, NOW_MS + 12 * HOUR_MS));
    assert_eq!((record.person, record.created_by), (person("Kim Osei"), person("Sam Reed")));
    let secret = text.reveal().rsplit('_').next().unwrap();
    assert_eq!(record.secret_sha256, Digest::of(secret));
    let file = fs::read_to_string(store.path()).unwrap();
    assert!(!file.contains(secret) && file.contains(text.id().as_str()));
}

#[test]
fn all_files_are_private() {
    let (_place, store) = store();
    create(&store);
    create(&store);
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(&store.folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        names.insert(path.file_name().unwrap().to_str().unwrap().to_owned());
    }
    assert_eq!(names, BTreeSet::from([TOKENS_FILE, LOCK_FILE].map(String::from)));
    assert_eq!(mode(&store.folder), 0o700);
}

#[test]
fn the_first_revocation_stands() {
    let (_place, store) = store();
    let (first, second) = (create(&store).record, create(&store).record);
    let by = person("Dana Hill");
    let revoked = store.revoke(&first.id, &by, NOW_MS + 1).unwrap();
    assert_eq!((revoked.revoked_at_ms, revoked.revoked_by.as_ref()), (Some(NOW_MS + 1), Some(&by)));
    let again = store.revoke(&first.id, &person("Sam Reed"), NOW_MS + 2).unwrap_err();
    let message = format!(
        "the token `{}` was revoked before, by Dana Hill at 2026-12-01 00:00 UTC",
        first.id
    );
    assert_eq!(again.to_string(), message);
    assert_eq!(store.list().unwrap(), [revoked, second.clone()]);
    assert_eq!(second.state(NOW_MS + 1), TokenState::Valid);
}

#[test]
fn an_unknown_token_cannot_be_revoked() {
    let (place, store) = store();
    let (id, by) = ("7k2mq9x4bt".parse().unwrap(), person("Dana Hill"));
    let refused = store.revoke(&id, &by, NOW_MS).unwrap_err();
    assert!(matches!(refused, TokenStoreError::UnknownToken(unknown) if unknown == id));
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0, "a folder was made for nothing");
    create(&store);
    let before = fs::read(store.path()).unwrap();
    assert!(store.revoke(&id, &by, NOW_MS).is_err());
    assert_eq!(fs::read(store.path()).unwrap(), before);
}

fn refusal(change: impl FnOnce(&mut TokenRequest)) -> TokenRequestError {
    let (_place, store) = store();
    let mut request = request();
    change(&mut request);
    match store.create(request, NOW_MS).unwrap_err() {
        TokenStoreError::Request(error) => {
            assert!(!store.has_tokens().unwrap());
            error
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_token_ends_within_a_year() {
    let (_place, store) = store();
    let for_span = |span: &str| TokenRequest { lifetime: span.parse().unwrap(), ..request() };
    let longest = store.create(for_span("366d"), NOW_MS).unwrap().record;
    assert_eq!(longest.expires_at_ms, NOW_MS + 366 * DAY_MS);
    let error = refusal(|request| request.lifetime = "367d".parse().unwrap());
    assert!(error.to_string().starts_with("a token for 367d would last too long"), "{error}");
    let late = store.create(for_span("366d"), MOMENT_MS_MAX - 1).unwrap().record;
    assert_eq!(late.expires_at_ms, MOMENT_MS_MAX);
}

#[test]
fn a_token_has_roles_that_fit_together() {
    let error = refusal(|request| request.roles.clear());
    assert!(matches!(error, TokenRequestError::NoRole), "{error}");
    let error = refusal(|request| request.roles = [Role::Submit, Role::Operate].into());
    assert!(matches!(error, TokenRequestError::ReviewerRolesWithoutReview), "{error}");
}

#[test]
fn a_token_is_bounded() {
    let error = refusal(|request| request.person = person(&"é".repeat(201)));
    assert!(matches!(error, TokenRequestError::NameTooLong), "{error}");
    let error = refusal(|request| request.created_by = person(&"a".repeat(401)));
    assert!(matches!(error, TokenRequestError::NameTooLong), "{error}");
    let error = refusal(|request| {
        request.reviewer_roles =
            (0..51).map(|number| format!("r{number}").parse().unwrap()).collect();
    });
    assert!(matches!(error, TokenRequestError::TooManyReviewerRoles), "{error}");
    let error = refusal(|request| {
        request.gates = (0..1001).map(|number| format!("g{number}").parse().unwrap()).collect();
    });
    assert!(matches!(error, TokenRequestError::TooManyGates), "{error}");
}

#[test]
fn tokens_that_ended_long_ago_make_room() {
    let (_place, store) = store();
    let (expired, revoked) = (create(&store).record, create(&store).record);
    let kept_ms = ENDED_KEPT_DAYS * DAY_MS;
    store.revoke(&revoked.id, &person("Dana Hill"), NOW_MS).unwrap();
    let ids =
        |tokens: Vec<TokenRecord>| tokens.into_iter().map(|token| token.id).collect::<Vec<_>>();
    let third = store.create(request(), NOW_MS + kept_ms - 1).unwrap().record;
    assert_eq!(ids(store.list().unwrap()), [&expired.id, &revoked.id, &third.id].map(Clone::clone));
    // The revoked one ended first.
    let fourth = store.create(request(), NOW_MS + kept_ms).unwrap().record;
    assert_eq!(ids(store.list().unwrap()), [&expired.id, &third.id, &fourth.id].map(Clone::clone));
    let fifth = store.create(request(), expired.expires_at_ms + kept_ms).unwrap().record;
    assert_eq!(ids(store.list().unwrap()), [&third.id, &fourth.id, &fifth.id].map(Clone::clone));
}

#[test]
fn too_many_tokens_are_refused() {
    let (_place, store) = store();
    let record = create(&store).record;
    let id = |number: usize| format!("{number:010}").parse().unwrap();
    let tokens = (0..TOKENS_MAX).map(|number| TokenRecord { id: id(number), ..record.clone() });
    let file = TokensFile { tokens: tokens.collect(), ..TokensFile::default() };
    fs::write(store.path(), serde_json::to_vec(&file).unwrap()).unwrap();
    let refused = store.create(request(), NOW_MS).unwrap_err();
    assert!(matches!(refused, TokenStoreError::TooManyTokens), "{refused}");
    assert_eq!(store.list().unwrap().len(), TOKENS_MAX);
}

/// Asserts that neither reading nor changing works, and that the file stays as it is.
fn assert_unusable(store: &TokenStore, is_expected: impl Fn(&TokenStoreError) -> bool) {
    let before = fs::read(store.path()).ok();
    let created = store.create(request(), NOW_MS).map(|created| created.record).unwrap_err();
    let listed = store.list().unwrap_err();
    for error in [created, listed] {
        assert!(is_expected(&error), "{error:?}");
    }
    assert!(store.has_tokens().unwrap_or(true));
    assert_eq!(fs::read(store.path()).ok(), before);
}

#[test]
fn a_file_that_others_may_have_changed_is_refused() {
    let (_place, store) = store();
    create(&store);
    for bits in [0o644, 0o660, 0o602] {
        fs::set_permissions(store.path(), Permissions::from_mode(bits)).unwrap();
        assert_unusable(&store, |error| {
            let TokenStoreError::File { source, .. } = error else { return false };
            matches!(source, PrivateFileError::FileOpenToOthers(_))
        });
    }
    fs::set_permissions(store.path(), Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(&store.folder, Permissions::from_mode(0o770)).unwrap();
    assert_unusable(&store, |error| matches!(error, TokenStoreError::Folder { .. }));
}

#[test]
fn links_are_not_followed() {
    let (place, store) = store();
    create(&store);
    let elsewhere = place.path().join("elsewhere.json");
    fs::rename(store.path(), &elsewhere).unwrap();
    symlink(&elsewhere, store.path()).unwrap();
    assert_unusable(&store, |error| {
        matches!(error, TokenStoreError::File { source: PrivateFileError::Link, .. })
    });
    fs::remove_file(&elsewhere).unwrap();
    assert!(store.has_tokens().unwrap(), "a link to nothing is not open mode");

    let link = place.path().join("link");
    symlink(&store.folder, &link).unwrap();
    assert_unusable(&TokenStore::new(link), |error| {
        matches!(error, TokenStoreError::Folder { .. })
    });
}

#[test]
fn a_damaged_file_is_not_replaced() {
    let (_place, store) = store();
    create(&store);
    let sound = fs::read_to_string(store.path()).unwrap();
    let other_version = sound.replace("\"format\": 1", "\"format\": 2");
    let unknown_member = sound.replace("\"format\": 1", "\"format\": 1, \"note\": 1");
    for text in ["", "{}", "[]", &sound[..sound.len() - 3], &other_version, &unknown_member] {
        fs::write(store.path(), text).unwrap();
        assert_unusable(&store, |error| matches!(error, TokenStoreError::Invalid { .. }));
    }
}

#[test]
fn many_writers_lose_no_change() {
    const WRITERS: usize = 6;
    const TOKENS_EACH: usize = 3;
    let (_place, store) = store();
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                for _ in 0..TOKENS_EACH {
                    let id = create(&store).record.id;
                    store.revoke(&id, &person("Dana Hill"), NOW_MS).unwrap();
                }
            });
        }
        scope.spawn(|| {
            // A reader sees a whole file at any time.
            for _ in 0..100 {
                store.list().unwrap();
                sleep(Duration::from_millis(1));
            }
        });
    });
    let tokens = store.list().unwrap();
    assert_eq!(tokens.len(), WRITERS * TOKENS_EACH);
    assert!(tokens.iter().all(|token| token.state(NOW_MS) == TokenState::Revoked));
}

#[test]
fn a_change_waits_for_the_lock() {
    let (_place, store) = store();
    create(&store);
    let folder = PrivateFolder::open(&store.folder).unwrap();
    let lock = store.lock(&folder).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| create(&store));
        sleep(LOCK_RETRY_INTERVAL * 5);
        assert!(!writer.is_finished());
        assert_eq!(store.list().unwrap().len(), 1, "reading needs no lock");
        drop(lock);
        writer.join().unwrap();
    });
    assert_eq!(store.list().unwrap().len(), 2);
}
