use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::*;

const TIMEOUT: Duration = Duration::from_secs(30);

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn find(credentials: &Credentials, host: &str, repository: &str) -> Option<Credential> {
    let found = credentials.find(host, repository, TIMEOUT);
    runtime().block_on(found).unwrap().map(|found| found.credential)
}

fn password(user: &str, password: &str) -> Option<Credential> {
    Some(Credential::Password { user: user.into(), password: Secret::new(password) })
}

fn file(text: &str) -> (tempfile::TempDir, Credentials) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    fs::write(&path, text).unwrap();
    let credentials = Credentials::none().with_file(path).with_helper_path(folder.path());
    (folder, credentials)
}

fn program(folder: &Path, name: &str, script: &str) {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn uses_docker_credentials_for_their_registry_only() {
    // `ann:open:sesame`
    let (_folder, credentials) = file(
        r#"{"auths": {"ghcr.io": {"auth": "YW5uOm9wZW46c2VzYW1l"},
                      "https://index.docker.io/v1/": {"username": "hub", "password": "x"},
                      "azure.example": {"identitytoken": "long"},
                      "acme.com:5000": {"registrytoken": "short"},
                      "acme.com": {}},
            "HttpHeaders": {"User-Agent": "docker"}}"#,
    );
    assert_eq!(find(&credentials, "ghcr.io", "x"), password("ann", "open:sesame"));
    assert_eq!(find(&credentials, "docker.io", "x"), password("hub", "x"));
    let identity = Some(Credential::IdentityToken(Secret::new("long")));
    assert_eq!(find(&credentials, "azure.example", "x"), identity);
    let token = Some(Credential::Token(Secret::new("short")));
    assert_eq!(find(&credentials, "acme.com:5000", "x"), token);
    for host in ["acme.com", "evil-ghcr.io", "ghcr.io.evil.com", "io", "ghcr.io:443"] {
        assert_eq!(find(&credentials, host, "ghcr.io"), None, "{host}");
    }
}

#[test]
fn prefers_the_longest_scope_of_podman_credentials() {
    let (_folder, credentials) = file(
        r#"{"auths": {"acme.com": {"username": "all", "password": "1"},
                      "acme.com/team": {"username": "team", "password": "2"},
                      "acme.com/team/claims": {"username": "one", "password": "3"}}}"#,
    );
    assert_eq!(find(&credentials, "acme.com", "team/claims"), password("one", "3"));
    assert_eq!(find(&credentials, "acme.com", "team/other"), password("team", "2"));
    assert_eq!(find(&credentials, "acme.com", "teams/other"), password("all", "1"));
}

#[test]
fn asks_credential_helpers() {
    let (folder, credentials) = file(
        r#"{"credHelpers": {"acme.com": "one"}, "credsStore": "all",
            "auths": {"c.com": {"username": "file", "password": "x"}}}"#,
    );
    let one =
        r#"read host; test "$1" = get && echo "{\"Username\": \"of-$host\", \"Secret\": \"1\"}""#;
    program(folder.path(), "docker-credential-one", one);
    let all = r#"read host; case "$host" in
        b.com) echo '{"ServerURL": "b.com", "Username": "<token>", "Secret": "2"}' ;;
        *) echo 'credentials not found in native keychain'; exit 1 ;; esac"#;
    program(folder.path(), "docker-credential-all", all);
    assert_eq!(find(&credentials, "acme.com", "x"), password("of-acme.com", "1"));
    let identity = Some(Credential::IdentityToken(Secret::new("2")));
    assert_eq!(find(&credentials, "b.com", "x"), identity);
    assert_eq!(find(&credentials, "c.com", "x"), password("file", "x"));
    assert_eq!(find(&credentials, "d.com", "x"), None);
}

#[test]
fn names_a_credential_helper_that_fails() {
    let (folder, credentials) = file(r#"{"credsStore": "all"}"#);
    let error = |credentials: &Credentials, timeout: Duration| {
        let found = runtime().block_on(credentials.find("acme.com", "x", timeout));
        found.unwrap_err().to_string()
    };
    assert!(error(&credentials, TIMEOUT).contains("`docker-credential-all`"), "it is missing");
    program(folder.path(), "docker-credential-all", "printf 'locked\\033[2J'; exit 1");
    let text = error(&credentials, TIMEOUT);
    assert!(text.contains("locked") && !text.contains('\u{1b}'), "{text}");
    program(folder.path(), "docker-credential-all", "echo sesame");
    assert!(!error(&credentials, TIMEOUT).contains("sesame"));
    program(folder.path(), "docker-credential-all", "exec /bin/sleep 600");
    assert!(error(&credentials, Duration::from_millis(50)).contains("no answer within"));
    let (_folder, elsewhere) = file(r#"{"credsStore": "/../../tmp/evil"}"#);
    assert!(error(&elsewhere, TIMEOUT).contains("contains a slash"));
}

#[test]
fn names_an_unreadable_file_without_quoting_it() {
    for text in [
        r#"{"auths": {"acme.com": {"auth": "sesame"}}}"#,
        r#"{"auths": {"acme.com": {"auth": "sesame"}}"#,
        r#"{"auths": {"acme.com": "sesame"}}"#,
        r#"{"auths": {"acme.com": {"auth": "c2VzYW1l"}}}"#,
    ] {
        let (_folder, credentials) = file(text);
        let found = runtime().block_on(credentials.find("acme.com", "x", TIMEOUT));
        let error = found.unwrap_err().to_string();
        assert!(error.contains("config.json") && !error.contains("sesame"), "{error}");
    }
    let absent = Credentials::none().with_file("/nowhere/config.json");
    assert_eq!(find(&absent, "acme.com", "x"), None);
}

#[test]
fn binds_given_credentials_to_a_registry() {
    let secret = |text: &str| Some(Secret::new(text));
    let only_user =
        CredentialSettings { user: Some("ann".into()), ..CredentialSettings::default() };
    let pair = CredentialSettings { password: secret("x"), ..only_user.clone() };
    let from = |settings: &CredentialSettings, host| Credentials::from_settings(settings, host);
    assert!(matches!(from(&pair, None), Err(CredentialsError::MissingHost)));
    assert!(matches!(from(&only_user, None), Err(CredentialsError::IncompletePair)));
    let credentials = from(&pair, Some("acme.com")).unwrap();
    assert_eq!(find(&credentials, "acme.com", "x"), password("ann", "x"));
    assert_eq!(find(&credentials, "evil.com", "x"), None);
    let token = CredentialSettings {
        host: Some("B.com".into()),
        token: secret("t"),
        files: vec!["/f".into()],
        ..CredentialSettings::default()
    };
    let credentials = from(&token, Some("acme.com")).unwrap();
    assert_eq!(find(&credentials, "acme.com", "x"), None);
    let token = Some(Credential::Token(Secret::new("t")));
    assert_eq!(find(&credentials, "b.com", "x"), token);
    assert_eq!(credentials.files, [PathBuf::from("/f")]);
    assert!(!format!("{credentials:?}").contains("\"t\""));
}
