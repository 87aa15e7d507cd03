//! Credentials, and everybody who would like to have them.

use tollgate_library::registry::{
    Client, Credential, Credentials, Overwrite, Place, Problem, Secret,
};

use crate::hostile::{Asked, Hostile, head, say};
use crate::{artefact, blob, client, content, file, push, repository, settings};

/// `Basic` for `ann` and `sesame`.
const BASIC: &str = "Basic YW5uOnNlc2FtZQ==";

fn known(host: &str) -> Client {
    let password = Secret::new("sesame");
    let ann = Credential::Password { user: "ann".into(), password };
    Client::new(settings(), Credentials::none().with(host, ann))
}

fn wants_a_password(asked: &Asked, stream: &mut std::net::TcpStream) -> bool {
    let is_known = asked.header("authorization") == Some(BASIC);
    if !is_known {
        say(stream, 401, &[("www-authenticate", "Basic realm=\"x\"")], b"");
    }
    !is_known
}

fn nobody_got_anything(server: &Hostile) {
    assert!(server.asked().iter().all(|asked| asked.header("authorization").is_none()));
}

#[tokio::test]
async fn storage_gets_no_credentials() {
    for by_name in [false, true] {
        let storage = Hostile::start(|_, stream| say(stream, 200, &[], b"bytes"));
        let to = if by_name { storage.by_name() } else { storage.address.clone() };
        let server = Hostile::start(move |asked, stream| {
            if !wants_a_password(asked, stream) {
                say(stream, 307, &[("location", &format!("http://{to}/x?signature=1"))], b"");
            }
        });
        let (client, repository) = (known(&server.address), repository(&server.address));
        let mut to = file();
        client.fetch(&repository, &blob(b"bytes"), &mut to, &mut |_| ()).await.unwrap();
        assert_eq!(content(&to), b"bytes");
        assert_eq!(storage.asked().len(), 1);
        nobody_got_anything(&storage);
    }
}

/// Somebody else who asks for a password gets none.
#[tokio::test]
async fn storage_that_asks_for_credentials_gets_none() {
    let storage = Hostile::start(|asked, stream| {
        wants_a_password(asked, stream);
    });
    let to = storage.by_name();
    let server = Hostile::start(move |_, stream| {
        say(stream, 302, &[("location", &format!("http://{to}/x"))], b"");
    });
    let (client, repository) = (known(&server.address), repository(&server.address));
    let refused = client.tags(&repository).await.unwrap_err();
    assert!(matches!(refused.problem, Problem::Forbidden(_)), "{refused}");
    nobody_got_anything(&storage);
    nobody_got_anything(&server);
}

#[tokio::test]
async fn an_upload_elsewhere_gets_no_credentials() {
    let storage = Hostile::start(|_, stream| say(stream, 201, &[], b""));
    let to = storage.by_name();
    let server = Hostile::start(move |asked, stream| match asked.method.as_str() {
        _ if wants_a_password(asked, stream) => {}
        "HEAD" => head(stream, 404, &[]),
        "POST" => say(stream, 202, &[("location", &format!("http://{to}/upload"))], b""),
        _ => say(stream, 201, &[], b""),
    });
    let (client, repository) = (known(&server.address), repository(&server.address));
    push(&client, &repository, "1.0.0", &artefact(b"it"), Overwrite::Always).await.unwrap();
    assert_eq!(storage.asked().len(), 2);
    nobody_got_anything(&storage);
}

#[tokio::test]
async fn a_registry_sends_on_so_often_and_not_anywhere() {
    let ask = async |location: &'static str| {
        let server =
            Hostile::start(move |_, stream| say(stream, 302, &[("location", location)], b""));
        let told = client().tags(&repository(&server.address)).await.unwrap_err();
        (told.problem, server.asked().len())
    };
    let (problem, count) = ask("/round/and/round").await;
    assert!(matches!(problem, Problem::Redirect { .. }) && count == 6, "{problem} {count}");
    for location in ["file:///etc/passwd", "ftp://x/", "http://"] {
        let (problem, count) = ask(location).await;
        assert!(matches!(problem, Problem::Redirect { .. }) && count == 1, "{problem}");
    }
}

/// `0.0.0.0` is this machine, and not by a name that says so.
#[tokio::test]
async fn nothing_secret_goes_over_plain_http() {
    let server = Hostile::start(|asked, stream| {
        wants_a_password(asked, stream);
    });
    let host = server.address.replace("127.0.0.1", "0.0.0.0");
    let place = host.parse::<Place>().unwrap().insecure();
    let told = known(&host).tags(&place.repository("x").unwrap()).await.unwrap_err();
    assert!(matches!(told.problem, Problem::CredentialsInTheOpen), "{told}");
    nobody_got_anything(&server);
}

#[tokio::test]
async fn plain_http_is_spoken_only_where_it_is_said() {
    let server = Hostile::start(|_, stream| say(stream, 200, &[], br#"{"tags": []}"#));
    let host = server.address.replace("127.0.0.1", "0.0.0.0");
    let place: Place = host.parse().unwrap();
    let told = client().tags(&place.repository("x").unwrap()).await.unwrap_err();
    assert!(matches!(told.problem, Problem::NoTls), "{told}");
    let insecure = place.insecure().repository("x").unwrap();
    assert_eq!(client().tags(&insecure).await.unwrap(), []);
    let server = Hostile::start(|_, stream| {
        say(stream, 400, &[], b"Client sent an HTTP request to an HTTPS server.\n");
    });
    let told = client().tags(&repository(&server.address)).await.unwrap_err();
    assert!(matches!(told.problem, Problem::OnlyTls), "{told}");
}

/// A registry that wants tokens, and gives them itself. Each is good for one use less than the
/// one before it.
fn with_tokens() -> Hostile {
    Hostile::start(|asked, stream| {
        if asked.path.starts_with("/token") {
            let body = match (asked.method.as_str(), asked.header("authorization")) {
                ("GET", Some(BASIC)) => r#"{"token": "of-ann"}"#,
                ("GET", None) => r#"{"token": "of-nobody"}"#,
                ("POST", None) => r#"{"access_token": "of-identity"}"#,
                _ => return say(stream, 401, &[], br#"{"details": "who?"}"#),
            };
            return say(stream, 200, &[], body.as_bytes());
        }
        let is_push = asked.method != "GET";
        match asked.header("authorization") {
            Some("Bearer of-ann" | "Bearer of-identity" | "Bearer as-it-is") => {
                say(stream, 200, &[], br#"{"tags": ["1.0.0"]}"#);
            }
            Some("Bearer of-nobody") if !is_push => say(stream, 200, &[], br#"{"tags": []}"#),
            _ => {
                let realm = format!("http://{}/token?x=y", asked.header("host").unwrap());
                let challenge = format!(
                    r#"Bearer realm="{realm}",service="it",scope="repository:acme/claims:pull""#
                );
                say(stream, 401, &[("www-authenticate", &challenge)], b"");
            }
        }
    })
}

#[tokio::test]
async fn tokens_are_asked_for_once() {
    let server = with_tokens();
    let (client, repository) = (known(&server.address), repository(&server.address));
    for _ in 0..3 {
        assert_eq!(client.tags(&repository).await.unwrap().len(), 1);
    }
    let asked = server.asked();
    assert_eq!(asked.len(), 5, "refused, token, and three lists");
    let token = &asked[1];
    assert_eq!(token.path, "/token?x=y&service=it&scope=repository%3Aacme%2Fclaims%3Apull");
    assert!(asked.iter().filter(|one| one.header("authorization") == Some(BASIC)).count() == 1);
}

#[tokio::test]
async fn everybody_gets_a_token_of_their_own() {
    let server = with_tokens();
    let repository = repository(&server.address);
    let tags = async |credential: Option<Credential>| {
        let credentials = Credentials::none();
        let credentials = match credential {
            Some(credential) => credentials.with(&server.address, credential),
            None => credentials,
        };
        let client = Client::new(settings(), credentials);
        client.tags(&repository).await.map(|tags| tags.len())
    };
    assert_eq!(tags(None).await.unwrap(), 0);
    assert_eq!(tags(Some(Credential::Identity(Secret::new("a&b=c")))).await.unwrap(), 1);
    let asked = server.asked();
    let form = asked.iter().find(|one| one.method == "POST").unwrap();
    let form = String::from_utf8_lossy(&form.body);
    assert!(form.contains("refresh_token=a%26b%3Dc") && form.contains("service=it"), "{form}");
    assert_eq!(tags(Some(Credential::Token(Secret::new("as-it-is")))).await.unwrap(), 1);
    let wrong = Credential::Password { user: "ann".into(), password: Secret::new("geheim") };
    let told = tags(Some(wrong)).await.unwrap_err();
    assert!(matches!(told.problem, Problem::Unwelcome { .. }), "{told}");
    assert!(told.to_string().contains("who?") && !told.to_string().contains("geheim"), "{told}");
}

#[tokio::test]
async fn a_token_that_is_no_longer_good_is_asked_for_anew() {
    let server = Hostile::start(|asked, stream| {
        let current = if asked.before < 4 { "first" } else { "second" };
        if asked.path.starts_with("/token") {
            return say(stream, 200, &[], format!(r#"{{"token": "{current}"}}"#).as_bytes());
        }
        if asked.header("authorization") == Some(&format!("Bearer {current}")) {
            return say(stream, 200, &[], br#"{"tags": []}"#);
        }
        let realm = format!("Bearer realm=\"http://{}/token\"", asked.header("host").unwrap());
        say(stream, 401, &[("www-authenticate", &realm)], b"");
    });
    let (client, repository) = (client(), repository(&server.address));
    for _ in 0..4 {
        client.tags(&repository).await.unwrap();
    }
}

#[tokio::test]
async fn whoever_gives_tokens_without_tls_gets_no_credentials() {
    let server = Hostile::start(|_, stream| {
        let realm = "Bearer realm=\"http://auth.example/token\"";
        say(stream, 401, &[("www-authenticate", realm)], b"");
    });
    let told = known(&server.address).tags(&repository(&server.address)).await.unwrap_err();
    assert!(told.to_string().contains("not asked for without TLS"), "{told}");
}
