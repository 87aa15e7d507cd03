use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use serde_json::{Value, json};
use tollgate_model::{Digest, GateName, Person};

use super::*;
use crate::access::caller::Caller;
use crate::access::token_verifier::TokenError;

/// The first moment of 2026-12-01.
const DAY_MS: u64 = 1_796_083_200_000;

struct Place {
    folder: tempfile::TempDir,
    record: AccessRecord,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let record = AccessRecord::new(folder.path());
        Self { folder, record }
    }

    fn path(&self, day: &str) -> PathBuf {
        self.folder.path().join(format!("access/{day}.jsonl"))
    }

    fn text(&self, day: &str) -> String {
        fs::read_to_string(self.path(day)).unwrap()
    }

    fn lines(&self, day: &str) -> Vec<Value> {
        self.text(day).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn operator() -> Caller {
    Caller::local_operator("Sam Reed".parse().unwrap())
}

fn entry(at_ms: u64, requester: Requester<'_>) -> AccessEntry<'_> {
    AccessEntry {
        at_ms,
        request_id: "01hqz3",
        requester,
        method: "GET",
        route: "/v1/gates",
        gate: None,
        status: 200,
        run: None,
        problem: None,
    }
}

#[test]
fn a_line_keeps_its_form() {
    let place = Place::new();
    let (gate, run): (GateName, _) = ("welcome-email".parse().unwrap(), Digest::of("run"));
    let operator = operator();
    let full = AccessEntry {
        method: "POST",
        route: "/v1/gates/{gate}/check",
        gate: Some(&gate),
        run: Some(&run),
        ..entry(DAY_MS + 125, Requester::Caller(&operator))
    };
    place.record.append(&full).unwrap();
    let nobody = AccessEntry {
        status: 405,
        problem: Some("method-not-allowed"),
        ..entry(DAY_MS, Requester::Anybody)
    };
    place.record.append(&nobody).unwrap();
    let expected = format!(
        "{}{run}{}\n{}\n",
        r#"{"format":1,"time":"2026-12-01T00:00:00.125Z","request-id":"01hqz3","person":"Sam Reed","method":"POST","route":"/v1/gates/{gate}/check","gate":"welcome-email","status":200,"run":""#,
        r#""}"#,
        r#"{"format":1,"time":"2026-12-01T00:00:00.000Z","request-id":"01hqz3","method":"GET","route":"/v1/gates","status":405,"problem":"method-not-allowed"}"#
    );
    assert_eq!(place.text("2026-12-01"), expected);
}

#[test]
fn failed_attempts_are_recorded_with_what_is_known() {
    let place = Place::new();
    let id = || "7k2mq9x4bt".parse().unwrap();
    let person: Person = "Kim Osei".parse().unwrap();
    let errors = [
        TokenError::Unknown { id: id() },
        TokenError::Expired { id: id(), person: person.clone(), at_ms: 5 },
        TokenError::Revoked { id: id(), person, at_ms: 5 },
        TokenError::Malformed,
        TokenError::Missing,
    ];
    for error in &errors {
        place.record.append(&entry(DAY_MS, Requester::Refused(error))).unwrap();
    }
    let known: Vec<_> = place
        .lines("2026-12-01")
        .iter()
        .map(|line| ["token", "unverified-token", "person"].map(|member| line[member].clone()))
        .collect();
    let (id, kim) = (json!("7k2mq9x4bt"), json!("Kim Osei"));
    let verified = [id.clone(), Value::Null, kim];
    let nothing = [Value::Null, Value::Null, Value::Null];
    let unverified = [Value::Null, id, Value::Null];
    assert_eq!(known, [unverified, verified.clone(), verified, nothing.clone(), nothing]);
}

#[test]
fn each_day_has_a_file() {
    let place = Place::new();
    let operator = operator();
    for at_ms in [DAY_MS - 1, DAY_MS, DAY_MS + 1, DAY_MS - 1] {
        place.record.append(&entry(at_ms, Requester::Caller(&operator))).unwrap();
    }
    assert_eq!(place.lines("2026-11-30").len(), 2);
    assert_eq!(place.lines("2026-12-01").len(), 2);
}

#[test]
fn the_record_is_private() {
    let place = Place::new();
    place.record.append(&entry(DAY_MS, Requester::Anybody)).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&place.path("2026-12-01")), 0o600);
    assert_eq!(mode(&place.folder.path().join("access")), 0o700);
}

#[test]
fn what_exists_is_continued() {
    let place = Place::new();
    place.record.append(&entry(DAY_MS, Requester::Anybody)).unwrap();
    let next = AccessRecord::new(place.folder.path());
    next.append(&entry(DAY_MS + 1, Requester::Anybody)).unwrap();
    place.record.append(&entry(DAY_MS + 2, Requester::Anybody)).unwrap();
    assert_eq!(place.lines("2026-12-01").len(), 3);
}

#[test]
fn a_line_does_not_continue_a_torn_one() {
    let place = Place::new();
    place.record.append(&entry(DAY_MS, Requester::Anybody)).unwrap();
    let mut torn = place.text("2026-12-01");
    torn.push_str("{\"format\":1,\"ti");
    fs::write(place.path("2026-12-01"), torn).unwrap();
    let next = AccessRecord::new(place.folder.path());
    for _ in 0..2 {
        next.append(&entry(DAY_MS, Requester::Anybody)).unwrap();
    }
    let text = place.text("2026-12-01");
    let sound = text.lines().filter(|line| serde_json::from_str::<Value>(line).is_ok());
    assert_eq!((sound.count(), text.lines().count()), (3, 4));
}

#[test]
fn a_deleted_file_is_made_again() {
    let place = Place::new();
    place.record.append(&entry(DAY_MS, Requester::Anybody)).unwrap();
    fs::remove_dir_all(place.folder.path().join("access")).unwrap();
    place.record.append(&entry(DAY_MS, Requester::Anybody)).unwrap();
    assert_eq!(place.lines("2026-12-01").len(), 1);
}

#[test]
fn what_cannot_be_recorded_is_an_error() {
    let place = Place::new();
    place.record.append(&entry(DAY_MS, Requester::Anybody)).unwrap();
    let tomorrow = place.path("2026-12-02");
    let append = |day: u64| {
        place.record.append(&entry(DAY_MS + day * 24 * 60 * 60 * 1000, Requester::Anybody))
    };
    symlink("elsewhere", &tomorrow).unwrap();
    assert!(matches!(
        append(1),
        Err(AccessRecordError::File { source: PrivateFileError::Link, .. })
    ));
    fs::remove_file(&tomorrow).unwrap();
    fs::write(&tomorrow, "").unwrap();
    fs::set_permissions(&tomorrow, Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(append(1), Err(AccessRecordError::File { .. })));
    fs::set_permissions(&tomorrow, Permissions::from_mode(0o600)).unwrap();
    append(1).unwrap();
    let folder = place.folder.path().join("access");
    fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
    assert!(matches!(append(2), Err(AccessRecordError::Folder { .. })));
    append(1).unwrap_err();
}

#[test]
fn a_full_disk_is_an_error_and_leaves_no_half_line_to_continue() {
    let mut day = OpenDay {
        day: Date::from_ms(DAY_MS),
        path: "/dev/full".into(),
        file: File::options().append(true).open("/dev/full").unwrap(),
        is_torn: false,
    };
    let error = day.write_line(b"{}\n".to_vec()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    assert!(day.is_torn);
}

#[test]
fn a_line_is_bounded() {
    let place = Place::new();
    let (long, too_long) = ("a".repeat(100), "r".repeat(LINE_BYTES_MAX));
    let entry_with =
        |route| AccessEntry { route, method: &long, ..entry(DAY_MS, Requester::Anybody) };
    place.record.append(&entry_with("/v1/gates")).unwrap();
    let method = format!("{}…", &long[..16]);
    assert_eq!(place.lines("2026-12-01")[0]["method"], json!(method));
    let refused = place.record.append(&entry_with(&too_long)).unwrap_err();
    assert!(matches!(refused, AccessRecordError::LineTooLong(_)), "{refused}");
    assert_eq!(place.lines("2026-12-01").len(), 1);
}

#[test]
fn many_requests_at_once_are_all_recorded() {
    const THREADS: usize = 8;
    const LINES_EACH: usize = 200;
    let place = Place::new();
    let other_server = AccessRecord::new(place.folder.path());
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let record = if thread % 2 == 0 { &place.record } else { &other_server };
            scope.spawn(move || {
                for _ in 0..LINES_EACH {
                    record.append(&entry(DAY_MS, Requester::Anybody)).unwrap();
                }
            });
        }
    });
    assert_eq!(place.lines("2026-12-01").len(), THREADS * LINES_EACH);
}
