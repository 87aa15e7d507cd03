use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::*;

const PATIENCE: Duration = Duration::from_secs(30);

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn find(credentials: &Credentials, host: &str, repository: &str) -> Option<Credential> {
    let found = credentials.find(host, repository, PATIENCE);
    runtime().block_on(found).unwrap().map(|found| found.credential)
}

fn password(user: &str, password: &str) -> Option<Credential> {
    Some(Credential::Password { user: user.into(), password: Secret::new(password) })
}

fn file(text: &str) -> (tempfile::TempDir, Credentials) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    fs::write(&path, text).unwrap();
    let credentials = Credentials::none().with_file(path).with_programs(folder.path());
    (folder, credentials)
}

fn program(folder: &Path, name: &str, script: &str) {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn what_docker_keeps_is_found_for_its_registry_alone() {
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
    let identity = Some(Credential::Identity(Secret::new("long")));
    assert_eq!(find(&credentials, "azure.example", "x"), identity);
    let token = Some(Credential::Token(Secret::new("short")));
    assert_eq!(find(&credentials, "acme.com:5000", "x"), token);
    for host in ["acme.com", "evil-ghcr.io", "ghcr.io.evil.com", "io", "ghcr.io:443"] {
        assert_eq!(find(&credentials, host, "ghcr.io"), None, "{host}");
    }
}

#[test]
fn what_podman_keeps_for_a_part_of_a_registry_counts_first() {
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
fn a_program_that_keeps_credentials_is_asked() {
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
    let identity = Some(Credential::Identity(Secret::new("2")));
    assert_eq!(find(&credentials, "b.com", "x"), identity);
    assert_eq!(find(&credentials, "c.com", "x"), password("file", "x"));
    assert_eq!(find(&credentials, "d.com", "x"), None);
}

#[test]
fn a_program_that_gives_none_is_named() {
    let (folder, credentials) = file(r#"{"credsStore": "all"}"#);
    let told = |credentials: &Credentials, patience: Duration| {
        let found = runtime().block_on(credentials.find("acme.com", "x", patience));
        found.unwrap_err().to_string()
    };
    assert!(told(&credentials, PATIENCE).contains("`docker-credential-all`"), "it is not there");
    program(folder.path(), "docker-credential-all", "printf 'locked\\033[2J'; exit 1");
    let text = told(&credentials, PATIENCE);
    assert!(text.contains("locked") && !text.contains('\u{1b}'), "{text}");
    program(folder.path(), "docker-credential-all", "echo sesame");
    assert!(!told(&credentials, PATIENCE).contains("sesame"));
    program(folder.path(), "docker-credential-all", "exec /bin/sleep 600");
    assert!(told(&credentials, Duration::from_millis(50)).contains("says nothing"));
    let (_folder, elsewhere) = file(r#"{"credsStore": "/../../tmp/evil"}"#);
    assert!(told(&elsewhere, PATIENCE).contains("no name of a program"));
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_not_repeated() {
    for text in [
        r#"{"auths": {"acme.com": {"auth": "sesame"}}}"#,
        r#"{"auths": {"acme.com": {"auth": "sesame"}}"#,
        r#"{"auths": {"acme.com": "sesame"}}"#,
        r#"{"auths": {"acme.com": {"auth": "c2VzYW1l"}}}"#,
    ] {
        let (_folder, credentials) = file(text);
        let found = runtime().block_on(credentials.find("acme.com", "x", PATIENCE));
        let told = found.unwrap_err().to_string();
        assert!(told.contains("config.json") && !told.contains("sesame"), "{told}");
    }
    let absent = Credentials::none().with_file("/nowhere/config.json");
    assert_eq!(find(&absent, "acme.com", "x"), None);
}

#[test]
fn the_environment_says_whose_its_credentials_are() {
    let from = |host: Option<&str>, variables: &[(&str, &str)]| {
        Credentials::from_variables(host, |name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into())
        })
    };
    let pair = [(USER, "ann"), (PASSWORD, "x")];
    assert!(matches!(from(None, &pair), Err(CredentialsError::NoHost)));
    assert!(matches!(from(None, &pair[..1]), Err(CredentialsError::Half)));
    let credentials = from(Some("acme.com"), &pair).unwrap();
    assert_eq!(find(&credentials, "acme.com", "x"), password("ann", "x"));
    assert_eq!(find(&credentials, "evil.com", "x"), None);
    let credentials = from(Some("acme.com"), &[(HOST, "B.com"), (TOKEN, "t")]).unwrap();
    assert_eq!(find(&credentials, "acme.com", "x"), None);
    let token = Some(Credential::Token(Secret::new("t")));
    assert_eq!(find(&credentials, "b.com", "x"), token);
    let files = [("HOME", "/h"), ("XDG_RUNTIME_DIR", "/r"), ("REGISTRY_AUTH_FILE", "/f")];
    let files = from(None, &files).unwrap().files;
    let expected = ["/f", "/h/.docker/config.json", "/r/containers/auth.json"];
    assert_eq!(files, expected.map(PathBuf::from));
    assert!(!format!("{credentials:?}").contains("\"t\""));
}
