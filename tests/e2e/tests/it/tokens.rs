//! Tokens for the server: made, listed and revoked by the tool.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use regex::Regex;
use serde_json::json;

use crate::check::newsletter;
use crate::json::schema_errors;
use crate::tool::{Place, Ran, binary};

const TOKENS: &str = ".tollgate/tokens.json";

const NEW: [&str; 13] = [
    "token",
    "new",
    "Kim Osei",
    "--role",
    "review",
    "--as",
    "legal",
    "--gate",
    "welcome-email",
    "--for",
    "12h",
    "--by",
    "Sam Reed",
];

/// Makes a token and returns its id and its secret.
fn create_token(place: &Place) -> (String, String) {
    let made = place.run(&NEW);
    made.exits_with(0);
    let form = Regex::new("^tg_([0-9a-hjkmnp-tv-z]{10})_([0-9a-hjkmnp-tv-z]{52})\n$").unwrap();
    let parts = form.captures(&made.out).unwrap_or_else(|| panic!("no token: {}", made.out.len()));
    (parts[1].to_owned(), parts[2].to_owned())
}

#[test]
fn a_token_is_shown_once() {
    let place = newsletter();
    let made = place.run(&NEW);
    made.exits_with(0);
    let token = made.out.strip_suffix('\n').unwrap();
    let (id, secret) = token.strip_prefix("tg_").unwrap().split_once('_').unwrap();
    for said in [
        "Kim Osei: review (as legal) at gate welcome-email, until ",
        "shown only now",
        id,
        "first token",
    ] {
        assert!(made.err.contains(said), "{said}: {}", made.err);
    }
    let list = place.run(&["token", "list"]);
    list.exits_with(0);
    for shown in [id, "Kim Osei", "review", "legal", "welcome-email", "valid until"] {
        assert!(list.out.contains(shown), "{shown}: {}", list.out);
    }
    let json = place.run(&["token", "list", "--json"]);
    let kept = fs::read_to_string(place.path(TOKENS)).unwrap();
    for text in [&made.err, &list.out, &list.err, &json.out, &json.err, &kept] {
        assert!(!text.contains(secret), "the secret of the token is shown again");
    }
    assert!(!place.run(&NEW).err.contains("first token"));
}

#[test]
fn the_list_for_programs_matches_its_schema() {
    let place = newsletter();
    assert_eq!(place.run(&["token", "list", "--json"]).json(), json!({"format": 1, "tokens": []}));
    let (id, _) = create_token(&place);
    place.run(&["token", "revoke", &id, "--by", "Dana Hill"]).exits_with(0);
    let everything =
        ["token", "new", "Sam Reed", "--role", "operate", "--role", "read", "--for", "366d"];
    place.run(&everything).exits_with(0);
    let list = place.run(&["token", "list", "--json"]).json();
    assert_eq!(schema_errors("tokens", &list), "");
    let (first, second) = (&list["tokens"][0], &list["tokens"][1]);
    assert_eq!((&first["id"], &first["state"]), (&json!(id), &json!("revoked")));
    assert_eq!((&first["revoked-by"], &first["as"]), (&json!("Dana Hill"), &json!(["legal"])));
    assert_eq!((&second["state"], &second["gates"]), (&json!("valid"), &json!([])));
    assert_eq!(
        (&second["roles"], &second["created-by"]),
        (&json!(["operate", "read"]), &json!("tester"))
    );
    assert!(!list.to_string().contains("sha256"));
}

#[test]
fn a_script_can_take_the_token() {
    let place = newsletter();
    let script = format!(
        "TOKEN=$({} token new Webshop --role submit --for 90d 2>/dev/null); echo ${{#TOKEN}}",
        binary().display()
    );
    let mut shell = Command::new("sh");
    let shell = shell.args(["-c", &script]).current_dir(place.path("")).stdin(Stdio::null());
    assert_eq!(Ran::from_command(shell).exits_with(0).out, "66\n");
}

#[test]
fn a_token_is_revoked_once() {
    let place = newsletter();
    let (id, secret) = create_token(&place);
    let revoke = |id: &str, by: &str| place.run(&["token", "revoke", id, "--by", by]);
    let revoked = revoke(&id, "Dana Hill");
    assert!(revoked.exits_with(0).out.contains("of Kim Osei: it is refused from now on"));
    let again = revoke(&id, "Sam Reed");
    assert!(again.exits_with(0).err.contains("was revoked before, by Dana Hill"), "{again:?}");
    let list = place.run(&["token", "list"]).out;
    assert!(list.contains("revoked") && list.contains("by Dana Hill"), "{list}");

    let unknown = revoke("7k2mq9x4bt", "Dana Hill");
    assert!(unknown.exits_with(2).err.contains("there is no token `7k2mq9x4bt`"), "{unknown:?}");
    let whole = revoke(&format!("tg_{id}_{secret}"), "Dana Hill");
    assert!(whole.exits_with(2).err.contains("the id of a token has 10"), "{}", whole.code);
    place.run(&["token", "revoke", &id]).exits_with(2);
}

#[test]
fn what_cannot_be_meant_makes_no_token() {
    let place = newsletter();
    for (arguments, message) in [
        (
            &["--role", "submit", "--gate", "welcome-mail", "--for", "1h"][..],
            "there is no gate `welcome-mail`",
        ),
        (&["--role", "submit", "--for", "367d"], "would last too long: the most is 366d"),
        (&["--role", "submit", "--for", "forever"], "is not a span of time"),
        (&["--role", "submit"], "--for <SPAN>"),
        (&["--for", "1h"], "--role <ROLE>"),
        (&["--role", "admin", "--for", "1h"], "`admin` is not a role"),
        (&["--role", "submit", "--as", "legal", "--for", "1h"], "does not have the role `review`"),
    ] {
        let refused = place.run(&[&["token", "new", "Kim Osei"], arguments].concat());
        assert!(refused.exits_with(2).err.contains(message), "{message}: {refused:?}");
        assert_eq!(refused.out, "");
    }
    assert!(!place.path(TOKENS).exists() && !place.path(".tollgate/tokens.lock").exists());
    let elsewhere = Place::new();
    assert!(elsewhere.run(&NEW).exits_with(2).err.contains("tollgate.toml"));
}

#[test]
fn processes_make_tokens_at_the_same_time() {
    const PROCESSES: usize = 8;
    let place = newsletter();
    let start = || place.tool(&NEW).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let children: Vec<_> = (0..PROCESSES).map(|_| start()).collect();
    for child in children {
        Ran::from_child("token new", child).exits_with(0);
    }
    let list = place.run(&["token", "list", "--json"]).json();
    assert_eq!(list["tokens"].as_array().unwrap().len(), PROCESSES);
}

#[test]
fn tokens_that_others_may_have_changed_are_not_used() {
    let place = newsletter();
    create_token(&place);
    let mode = |name: &str| fs::metadata(place.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(TOKENS), mode(".tollgate")), (0o600, 0o700));
    assert_eq!(fs::read_to_string(place.path(".tollgate/.gitignore")).unwrap(), "*\n");
    fs::set_permissions(place.path(TOKENS), Permissions::from_mode(0o640)).unwrap();
    for arguments in [&NEW[..], &["token", "list"]] {
        let refused = place.run(arguments);
        assert!(
            refused.exits_with(2).err.contains("other users can read or write it"),
            "{refused:?}"
        );
    }
}
