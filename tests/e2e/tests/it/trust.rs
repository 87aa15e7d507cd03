//! Keys and signatures, and contracts that are refused without them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::tool::{Place, Ran, repository};

const COMPONENT: &str = "hostile-1.0.0.wasm";

/// Creates a project with a contract of the namespace `hostile`.
fn project() -> Place {
    let place = Place::new();
    place.write("tollgate.toml", "# Trusted keys.\n");
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

fn create_key(place: &Place, name: &str) {
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
fn a_contract_needs_a_trusted_signature() {
    let place = project();
    judge(&place).exits_with_snapshot(0);
    for name in ["ours", "theirs", "strangers"] {
        create_key(&place, name);
    }
    trust(&place, "ours");
    trust(&place, "theirs");
    let file = fs::read_to_string(place.path("tollgate.toml")).unwrap();
    assert_eq!(file, "# Trusted keys.\n\n[trust.hostile]\nkeys = [\"ours\", \"theirs\"]\n");

    judge(&place).exits_with_snapshot(2);
    run(&place, &["inspect", COMPONENT]).exits_with_snapshot(0);
    run(&place, &["sign", COMPONENT, "--key", "strangers"]).exits_with_snapshot(0);
    judge(&place).exits_with_snapshot(2);
    run(&place, &["verify", COMPONENT]).exits_with_snapshot(1);

    run(&place, &["sign", COMPONENT, "--key", "theirs"]).exits_with_snapshot(0);
    judge(&place).exits_with_snapshot(0);
    run(&place, &["verify", COMPONENT]).exits_with_snapshot(0);
    run(&place, &["keys", "list"]).exits_with_snapshot(0);
    // The standard contracts are part of the tool and need no signature.
    run(&place, &["judge", "tollgate/pii", "letter.txt"]).exits_with_snapshot(0);
}

#[test]
fn a_changed_byte_invalidates_the_signature() {
    let place = project();
    create_key(&place, "ours");
    trust(&place, "ours");
    run(&place, &["sign", COMPONENT, "--key", "ours"]).exits_with(0);
    judge(&place).exits_with_snapshot(0);

    let sound = fs::read(place.path(COMPONENT)).unwrap();
    let mut changed = sound.clone();
    // In the text of a message, so that the component stays valid.
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

#[test]
fn openssl_verifies_keys_and_signatures() {
    let place = project();
    place.write("passphrase.txt", "geheim\nand nothing else\n");
    let new = ["keys", "new", "ours", "--passphrase-file", "passphrase.txt"];
    run(&place, &new).exits_with_snapshot(0);
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
fn protects_secret_keys() {
    let place = project();
    create_key(&place, "ours");
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

/// Authors sign a contract after it has passed its cases.
#[test]
fn unsigned_contracts_can_be_tested() {
    let place = project();
    create_key(&place, "ours");
    run(&place, &["keys", "trust", "keys/ours.pub", "--for", "acme"]).exits_with(0);
    run(&place, &["new", "acme/calm", "--lang", "c"]).exits_with(0);
    run(&place, &["build", "calm"]).exits_with(0);
    run(&place, &["test", "calm"]).exits_with_snapshot(0);
    run(&place, &["judge", "calm", "letter.txt"]).exits_with_snapshot(2);
    run(&place, &["semver", "calm", "calm", "--cases", "calm"]).exits_with_snapshot(2);
}

#[test]
fn rejects_invalid_trust() {
    let place = project();
    run(&place, &["verify", COMPONENT]).exits_with_snapshot(2);
    place.write("tollgate.toml", "[trust.hostile]\nkeys = []\n");
    judge(&place).exits_with_snapshot(2);
    place.write("tollgate.toml", "[trust.hostile]\nkeys = [\"gone\"]\n");
    judge(&place).exits_with_snapshot(2);
    place.write("tollgate.toml", "[truth]\n");
    judge(&place).exits_with_snapshot(2);
}

#[test]
fn says_where_a_missing_key_comes_from() {
    let place = project();
    let missing = run(&place, &["sign", COMPONENT, "--key", "ours"]);
    let remedy = "\n  make one with `tollgate keys new ours`";
    assert!(missing.exits_with_snapshot(2).err.contains(remedy), "{missing:#?}");
    run(&place, &["keys", "new", "ours"]).exits_with(0);
    run(&place, &["keys", "trust", "keys/ours.pub", "--for", "hostile"]).exits_with(0);
    fs::remove_file(place.path("trust/ours.pub")).unwrap();
    let untrusted = judge(&place);
    let remedy = "put the public key there, or take its name out of `tollgate.toml`";
    assert!(untrusted.exits_with_snapshot(2).err.contains(remedy), "{untrusted:#?}");
}
