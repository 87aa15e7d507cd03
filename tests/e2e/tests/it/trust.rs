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
    Ran::of(tool.output().unwrap())
}

fn key(place: &Place, name: &str) {
    run(place, &["keys", "new", name]).check(0, &[name, "secret", "public", "no passphrase"]);
}

fn trust(place: &Place, name: &str) {
    let public = format!("keys/{name}.pub");
    run(place, &["keys", "trust", &public, "--for", "hostile"]).check(0, &["has to be signed"]);
}

fn judge(place: &Place) -> Ran {
    run(place, &["judge", COMPONENT, "letter.txt"])
}

#[test]
fn a_contract_needs_the_signature_that_its_project_wants() {
    let place = project();
    judge(&place).check(0, &["pass"]);
    for name in ["ours", "theirs", "strangers"] {
        key(&place, name);
    }
    trust(&place, "ours");
    trust(&place, "theirs");
    let file = fs::read_to_string(place.path("tollgate.toml")).unwrap();
    assert_eq!(file, "# What we trust.\n\n[trust.hostile]\nkeys = [\"ours\", \"theirs\"]\n");

    let words = ["not signed", "wants a signature of `ours` or `theirs`", "tollgate sign"];
    judge(&place).check(2, &words);
    run(&place, &["inspect", COMPONENT]).check(0, &["hostile/hostile"]);
    run(&place, &["sign", COMPONENT, "--key", "strangers"]).check(0, &["is signed by `strangers`"]);
    judge(&place).check(2, &words);
    run(&place, &["verify", COMPONENT]).check(1, &["not signed  by ours"]);

    run(&place, &["sign", COMPONENT, "--key", "theirs"]).check(0, &["is signed by `theirs`"]);
    judge(&place).check(0, &["pass"]);
    let words = ["hostile/hostile@1.0.0", "not signed  by ours", "signed      by theirs"];
    run(&place, &["verify", COMPONENT]).check(0, &words);
    let listed =
        ["to sign with", "trusted here", "ours", "not protected", "for what is in `hostile`"];
    run(&place, &["keys", "list"]).check(0, &listed);
    // The standard contracts are part of the tool.
    run(&place, &["judge", "tollgate/pii", "letter.txt"]).check(0, &["pass"]);
}

/// A byte of the component, or of the signature.
#[test]
fn whatever_is_changed_is_not_signed() {
    let place = project();
    key(&place, "ours");
    trust(&place, "ours");
    run(&place, &["sign", COMPONENT, "--key", "ours"]).check(0, &[]);
    judge(&place).check(0, &["pass"]);

    let sound = fs::read(place.path(COMPONENT)).unwrap();
    let mut changed = sound.clone();
    // In the text of a message, where it changes no structure.
    let at = changed.windows(7).position(|part| part == b"refused").unwrap();
    changed[at] ^= 0x20;
    fs::write(place.path(COMPONENT), changed).unwrap();
    judge(&place).check(2, &["the signature is of something else", "sha256:"]);
    fs::write(place.path(COMPONENT), sound).unwrap();

    let path = place.path(&format!("{COMPONENT}.sig"));
    let signature = fs::read_to_string(&path).unwrap();
    let (head, tail) = signature.split_once("\"sig\":\"").unwrap();
    let first = if tail.starts_with('A') { 'B' } else { 'A' };
    fs::write(&path, format!("{head}\"sig\":\"{first}{}", &tail[1..])).unwrap();
    judge(&place).check(2, &["not signed"]);
    fs::write(&path, "hello").unwrap();
    judge(&place).check(2, &["is no signature", "DSSE"]);
}

/// Other tools read the keys, and say the same of a signature.
#[test]
fn a_signature_is_one_for_openssl_too() {
    let place = project();
    place.write("passphrase.txt", "geheim\nand nothing else\n");
    let new = ["keys", "new", "ours", "--passphrase-file", "passphrase.txt"];
    let made = run(&place, &new);
    assert!(!made.check(0, &[]).err.contains("no passphrase"), "{made:?}");
    run(&place, &["sign", COMPONENT, "--key", "ours"]).check(2, &["protected by a passphrase"]);
    let sign = ["sign", COMPONENT, "--key", "ours", "--passphrase-file", "passphrase.txt"];
    run(&place, &sign).check(0, &[]);
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
    Ran::of(bash.output().unwrap()).check(0, &["Signature Verified Successfully"]);
}

#[test]
fn keys_are_kept_safe() {
    let place = project();
    key(&place, "ours");
    let secret = place.path("keys/ours.key");
    assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(&secret).unwrap();
    run(&place, &["keys", "new", "ours"]).check(2, &["cannot write", "exists"]);
    assert_eq!(fs::read(&secret).unwrap(), before);
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    run(&place, &["sign", COMPONENT, "--key", "ours"])
        .check(2, &["others may read it", "chmod 600"]);
    run(&place, &["sign", COMPONENT, "--key", "../ours"]).check(2, &["cannot be a name"]);
    run(&place, &["keys", "trust", "letter.txt", "--for", "acme"]).check(2, &["no Ed25519 key"]);
}

/// One signs what passes its cases.
#[test]
fn authors_test_what_they_have_not_signed_yet() {
    let place = project();
    key(&place, "ours");
    run(&place, &["keys", "trust", "keys/ours.pub", "--for", "acme"]).check(0, &[]);
    run(&place, &["new", "acme/calm", "--lang", "c"]).check(0, &[]);
    run(&place, &["build", "calm"]).check(0, &[]);
    run(&place, &["test", "calm"]).check(0, &["0 failed"]);
    run(&place, &["judge", "calm", "letter.txt"]).check(2, &["not signed"]);
    run(&place, &["semver", "calm", "calm", "--cases", "calm"]).check(2, &["not signed"]);
}

#[test]
fn what_a_project_says_has_to_make_sense() {
    let place = project();
    run(&place, &["verify", COMPONENT]).check(2, &["wants no signature", "tollgate keys trust"]);
    place.write("tollgate.toml", "[trust.hostile]\nkeys = []\n");
    judge(&place).check(2, &["tollgate.toml", "names no key"]);
    place.write("tollgate.toml", "[trust.hostile]\nkeys = [\"gone\"]\n");
    judge(&place).check(2, &["trust/gone.pub"]);
    place.write("tollgate.toml", "[truth]\n");
    judge(&place).check(2, &["tollgate.toml:1", "unknown field `truth`"]);
}
