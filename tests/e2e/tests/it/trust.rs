//! Keys, signatures, and contracts that are refused without them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::tool::{Place, Ran, repository};

const COMPONENT: &str = "hostile-1.0.0.wasm";

/// A project with a contract of the namespace `hostile`, and a folder for keys.
fn project() -> Place {
    let place = Place::new();
    place.write("tollgate.toml", "# What we trust.\n");
    let dist = repository().join("tests/guests/hostile/dist");
    let built = fs::read_dir(dist).unwrap().next().unwrap().unwrap().path();
    fs::copy(built, place.path(COMPONENT)).unwrap();
    place.write("letter.txt", "hello");
    place
}

fn run(place: &Place, arguments: &[&str]) -> Ran {
    let mut tool = place.tool(arguments);
    tool.env_remove("XDG_CONFIG_HOME");
    Ran::from_command(&mut tool)
}

fn key(place: &Place, name: &str) {
    run(place, &["keys", "new", name]).exits_with_snapshot(0);
}

fn trust(place: &Place, name: &str) {
    let public = format!("keys/{name}.pub");
    run(place, &["keys", "trust", &public, "--for", "hostile"]).exits_with_snapshot(0);
}

fn judge(place: &Place) -> Ran {
    run(place, &["judge", COMPONENT, "letter.txt"])
}

#[test]
fn a_contract_needs_the_signature_that_its_project_wants() {
    let place = project();
    judge(&place).exits_with_snapshot(0);
    for name in ["ours", "theirs", "strangers"] {
        key(&place, name);
    }
    trust(&place, "ours");
    trust(&place, "theirs");
    let file = fs::read_to_string(place.path("tollgate.toml")).unwrap();
    assert_eq!(file, "# What we trust.\n\n[trust.hostile]\nkeys = [\"ours\", \"theirs\"]\n");

    judge(&place).exits_with_snapshot(2);
    run(&place, &["inspect", COMPONENT]).exits_with_snapshot(0);
    run(&place, &["sign", COMPONENT, "--key", "strangers"]).exits_with_snapshot(0);
    judge(&place).exits_with_snapshot(2);
    run(&place, &["verify", COMPONENT]).exits_with_snapshot(1);

    run(&place, &["sign", COMPONENT, "--key", "theirs"]).exits_with_snapshot(0);
    judge(&place).exits_with_snapshot(0);
    run(&place, &["verify", COMPONENT]).exits_with_snapshot(0);
    run(&place, &["keys", "list"]).exits_with_snapshot(0);
    // The standard contracts are part of the tool.
    run(&place, &["judge", "tollgate/pii", "letter.txt"]).exits_with_snapshot(0);
}

/// A byte of the component, or of the signature.
#[test]
fn whatever_is_changed_is_not_signed() {
    let place = project();
    key(&place, "ours");
    trust(&place, "ours");
    run(&place, &["sign", COMPONENT, "--key", "ours"]).exits_with(0);
    judge(&place).exits_with_snapshot(0);

    let sound = fs::read(place.path(COMPONENT)).unwrap();
    let mut changed = sound.clone();
    // In the text of a message, where it changes no structure.
    let at = changed.windows(7).position(|part| part == b"refused").unwrap();
    changed[at] ^= 0x20;
    fs::write(place.path(COMPONENT), changed).unwrap();
    judge(&place).exits_with_snapshot(2);
    fs::write(place.path(COMPONENT), sound).unwrap();

    let path = place.path(&format!("{COMPONENT}.sig"));
    let signature = fs::read_to_string(&path).unwrap();
    let (head, tail) = signature.split_once("\"sig\":\"").unwrap();
    let first = if tail.starts_with('A') { 'B' } else { 'A' };
    fs::write(&path, format!("{head}\"sig\":\"{first}{}", &tail[1..])).unwrap();
    judge(&place).exits_with_snapshot(2);
    fs::write(&path, "hello").unwrap();
    judge(&place).exits_with_snapshot(2);
}

/// Other tools read the keys, and say the same of a signature.
#[test]
fn a_signature_is_one_for_openssl_too() {
    let place = project();
    place.write("passphrase.txt", "geheim\nand nothing else\n");
    let new = ["keys", "new", "ours", "--passphrase-file", "passphrase.txt"];
    let made = run(&place, &new);
    assert!(!made.exits_with(0).err.contains("no passphrase"), "{made:?}");
    run(&place, &["sign", COMPONENT, "--key", "ours"]).exits_with_snapshot(2);
    let sign = ["sign", COMPONENT, "--key", "ours", "--passphrase-file", "passphrase.txt"];
    run(&place, &sign).exits_with(0);
    let script = r#"
        set -eu
        openssl pkey -in keys/ours.key -passin pass:geheim -pubout | cmp - keys/ours.pub
        python3 - <<'END'
import base64, json
envelope = json.load(open("hostile-1.0.0.wasm.sig"))
payload = base64.b64decode(envelope["payload"])
kind = envelope["payloadType"].encode()
head = b"DSSEv1 %d %s %d " % (len(kind), kind, len(payload))
open("message", "wb").write(head + payload)
open("signature", "wb").write(base64.b64decode(envelope["signatures"][0]["sig"]))
assert json.loads(payload)["subject"][0]["name"] == "hostile/hostile@1.0.0"
END
        openssl pkeyutl -verify -rawin -pubin -inkey keys/ours.pub -in message -sigfile signature"#;
    let mut bash = Command::new("bash");
    let bash = bash.args(["-c", script]).current_dir(place.path("")).stdin(Stdio::null());
    Ran::from_command(bash).exits_with_snapshot(0);
}

#[test]
fn keys_are_kept_safe() {
    let place = project();
    key(&place, "ours");
    let secret = place.path("keys/ours.key");
    assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(&secret).unwrap();
    run(&place, &["keys", "new", "ours"]).exits_with_snapshot(2);
    assert_eq!(fs::read(&secret).unwrap(), before);
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    run(&place, &["sign", COMPONENT, "--key", "ours"]).exits_with_snapshot(2);
    run(&place, &["sign", COMPONENT, "--key", "../ours"]).exits_with_snapshot(2);
    run(&place, &["keys", "trust", "letter.txt", "--for", "acme"]).exits_with_snapshot(2);
}

/// One signs what passes its cases.
#[test]
fn authors_test_what_they_have_not_signed_yet() {
    let place = project();
    key(&place, "ours");
    run(&place, &["keys", "trust", "keys/ours.pub", "--for", "acme"]).exits_with(0);
    run(&place, &["new", "acme/calm", "--lang", "c"]).exits_with(0);
    run(&place, &["build", "calm"]).exits_with(0);
    run(&place, &["test", "calm"]).exits_with_snapshot(0);
    run(&place, &["judge", "calm", "letter.txt"]).exits_with_snapshot(2);
    run(&place, &["semver", "calm", "calm", "--cases", "calm"]).exits_with_snapshot(2);
}

#[test]
fn what_a_project_says_has_to_make_sense() {
    let place = project();
    run(&place, &["verify", COMPONENT]).exits_with_snapshot(2);
    place.write("tollgate.toml", "[trust.hostile]\nkeys = []\n");
    judge(&place).exits_with_snapshot(2);
    place.write("tollgate.toml", "[trust.hostile]\nkeys = [\"gone\"]\n");
    judge(&place).exits_with_snapshot(2);
    place.write("tollgate.toml", "[truth]\n");
    judge(&place).exits_with_snapshot(2);
}
