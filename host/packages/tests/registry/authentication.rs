//! Credentials, and servers that must not receive them.

use tollgate_packages::registry::{
    Client, Credential, Credentials, Overwrite, RegistryLocation, RequestError, Secret,
};

use crate::fake_server::{FakeServer, ReceivedRequest, respond, respond_head};
use crate::{artefact, blob, client, content, file, push, repository, settings};

/// `Authorization` header for `ann` and `sesame`.
const BASIC: &str = "Basic YW5uOnNlc2FtZQ==";

fn client_with_password(host: &str) -> Client {
    let password = Secret::new("sesame");
    let ann = Credential::Password { user: "ann".into(), password };
    Client::new(settings(), Credentials::none().with_credential(host, ann))
}

fn refuse_without_password(asked: &ReceivedRequest, stream: &mut std::net::TcpStream) -> bool {
    let is_known = asked.header("authorization") == Some(BASIC);
    if !is_known {
        respond(stream, 401, &[("www-authenticate", "Basic realm=\"x\"")], b"");
    }
    !is_known
}

fn assert_received_no_credentials(server: &FakeServer) {
    assert!(server.requests().iter().all(|asked| asked.header("authorization").is_none()));
}

#[tokio::test]
async fn storage_receives_no_credentials() {
    for by_name in [false, true] {
        let storage = FakeServer::start(|_, stream| respond(stream, 200, &[], b"bytes"));
        let to = if by_name { storage.localhost_address() } else { storage.address.clone() };
        let server = FakeServer::start(move |asked, stream| {
            if !refuse_without_password(asked, stream) {
                respond(stream, 307, &[("location", &format!("http://{to}/x?signature=1"))], b"");
            }
        });
        let (client, repository) =
            (client_with_password(&server.address), repository(&server.address));
        let mut to = file();
        client.fetch_blob(&repository, &blob(b"bytes"), &mut to, &mut |_| ()).await.unwrap();
        assert_eq!(content(&to), b"bytes");
        assert_eq!(storage.requests().len(), 1);
        assert_received_no_credentials(&storage);
    }
}

/// A redirect target that asks for a password gets none.
#[tokio::test]
async fn storage_that_asks_for_credentials_gets_none() {
    let storage = FakeServer::start(|asked, stream| {
        refuse_without_password(asked, stream);
    });
    let to = storage.localhost_address();
    let server = FakeServer::start(move |_, stream| {
        respond(stream, 302, &[("location", &format!("http://{to}/x"))], b"");
    });
    let (client, repository) = (client_with_password(&server.address), repository(&server.address));
    let refused = client.list_tags(&repository).await.unwrap_err();
    assert!(matches!(refused.error, RequestError::Forbidden(_)), "{refused}");
    assert_received_no_credentials(&storage);
    assert_received_no_credentials(&server);
}

#[tokio::test]
async fn an_upload_to_another_host_has_no_credentials() {
    let storage = FakeServer::start(|_, stream| respond(stream, 201, &[], b""));
    let to = storage.localhost_address();
    let server = FakeServer::start(move |asked, stream| match asked.method.as_str() {
        _ if refuse_without_password(asked, stream) => {}
        "HEAD" => respond_head(stream, 404, &[]),
        "POST" => respond(stream, 202, &[("location", &format!("http://{to}/upload"))], b""),
        _ => respond(stream, 201, &[], b""),
    });
    let (client, repository) = (client_with_password(&server.address), repository(&server.address));
    push(&client, &repository, "1.0.0", &artefact(b"it"), Overwrite::Always).await.unwrap();
    assert_eq!(storage.requests().len(), 2);
    assert_received_no_credentials(&storage);
}

#[tokio::test]
async fn limits_the_number_and_the_targets_of_redirects() {
    let ask = async |location: &'static str| {
        let server = FakeServer::start(move |_, stream| {
            respond(stream, 302, &[("location", location)], b"")
        });
        let error = client().list_tags(&repository(&server.address)).await.unwrap_err();
        (error.error, server.requests().len())
    };
    let (problem, count) = ask("/round/and/round").await;
    assert!(
        matches!(problem, RequestError::ForbiddenRedirect { .. }) && count == 6,
        "{problem} {count}"
    );
    for location in ["file:///etc/passwd", "ftp://x/", "http://"] {
        let (problem, count) = ask(location).await;
        assert!(
            matches!(problem, RequestError::ForbiddenRedirect { .. }) && count == 1,
            "{problem}"
        );
    }
}

/// `0.0.0.0` reaches this machine, but does not count as a loopback address.
#[tokio::test]
async fn sends_no_credentials_over_plain_http() {
    let server = FakeServer::start(|asked, stream| {
        refuse_without_password(asked, stream);
    });
    let host = server.address.replace("127.0.0.1", "0.0.0.0");
    let place = host.parse::<RegistryLocation>().unwrap().with_plain_http();
    let error =
        client_with_password(&host).list_tags(&place.repository("x").unwrap()).await.unwrap_err();
    assert!(matches!(error.error, RequestError::CredentialsOverPlainHttp), "{error}");
    assert_received_no_credentials(&server);
}

#[tokio::test]
async fn uses_plain_http_only_on_request() {
    let server = FakeServer::start(|_, stream| respond(stream, 200, &[], br#"{"tags": []}"#));
    let host = server.address.replace("127.0.0.1", "0.0.0.0");
    let place: RegistryLocation = host.parse().unwrap();
    let error = client().list_tags(&place.repository("x").unwrap()).await.unwrap_err();
    assert!(matches!(error.error, RequestError::TlsUnsupported), "{error}");
    let insecure = place.with_plain_http().repository("x").unwrap();
    assert_eq!(client().list_tags(&insecure).await.unwrap(), []);
    let server = FakeServer::start(|_, stream| {
        respond(stream, 400, &[], b"Client sent an HTTP request to an HTTPS server.\n");
    });
    let error = client().list_tags(&repository(&server.address)).await.unwrap_err();
    assert!(matches!(error.error, RequestError::TlsRequired), "{error}");
}

/// A registry that demands tokens and issues them itself.
fn registry_with_tokens() -> FakeServer {
    FakeServer::start(|asked, stream| {
        if asked.path.starts_with("/token") {
            let body = match (asked.method.as_str(), asked.header("authorization")) {
                ("GET", Some(BASIC)) => r#"{"token": "of-ann"}"#,
                ("GET", None) => r#"{"token": "of-nobody"}"#,
                ("POST", None) => r#"{"access_token": "of-identity"}"#,
                _ => return respond(stream, 401, &[], br#"{"details": "who?"}"#),
            };
            return respond(stream, 200, &[], body.as_bytes());
        }
        let is_push = asked.method != "GET";
        match asked.header("authorization") {
            Some("Bearer of-ann" | "Bearer of-identity" | "Bearer as-it-is") => {
                respond(stream, 200, &[], br#"{"tags": ["1.0.0"]}"#);
            }
            Some("Bearer of-nobody") if !is_push => respond(stream, 200, &[], br#"{"tags": []}"#),
            _ => {
                let realm = format!("http://{}/token?x=y", asked.header("host").unwrap());
                let challenge = format!(
                    r#"Bearer realm="{realm}",service="it",scope="repository:acme/claims:pull""#
                );
                respond(stream, 401, &[("www-authenticate", &challenge)], b"");
            }
        }
    })
}

#[tokio::test]
async fn caches_tokens() {
    let server = registry_with_tokens();
    let (client, repository) = (client_with_password(&server.address), repository(&server.address));
    for _ in 0..3 {
        assert_eq!(client.list_tags(&repository).await.unwrap().len(), 1);
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 5, "a refusal, a token and three lists");
    let token = &requests[1];
    assert_eq!(token.path, "/token?x=y&service=it&scope=repository%3Aacme%2Fclaims%3Apull");
    assert!(requests.iter().filter(|one| one.header("authorization") == Some(BASIC)).count() == 1);
}

#[tokio::test]
async fn requests_tokens_for_each_kind_of_credential() {
    let server = registry_with_tokens();
    let repository = repository(&server.address);
    let tags = async |credential: Option<Credential>| {
        let credentials = Credentials::none();
        let credentials = match credential {
            Some(credential) => credentials.with_credential(&server.address, credential),
            None => credentials,
        };
        let client = Client::new(settings(), credentials);
        client.list_tags(&repository).await.map(|tags| tags.len())
    };
    assert_eq!(tags(None).await.unwrap(), 0);
    assert_eq!(tags(Some(Credential::IdentityToken(Secret::new("a&b=c")))).await.unwrap(), 1);
    let requests = server.requests();
    let form = requests.iter().find(|one| one.method == "POST").unwrap();
    let form = String::from_utf8_lossy(&form.body);
    assert!(form.contains("refresh_token=a%26b%3Dc") && form.contains("service=it"), "{form}");
    assert_eq!(tags(Some(Credential::Token(Secret::new("as-it-is")))).await.unwrap(), 1);
    let wrong = Credential::Password { user: "ann".into(), password: Secret::new("geheim") };
    let error = tags(Some(wrong)).await.unwrap_err();
    assert!(matches!(error.error, RequestError::CredentialsRejected { .. }), "{error}");
    assert!(error.to_string().contains("who?") && !error.to_string().contains("geheim"), "{error}");
}

#[tokio::test]
async fn a_token_server_of_somebody_else_gets_no_credentials() {
    let stranger =
        FakeServer::start(|_, stream| respond(stream, 200, &[], br#"{"token": "of-nobody"}"#));
    let realm = format!("http://{}/token", stranger.localhost_address());
    let server = FakeServer::start(move |asked, stream| match asked.header("authorization") {
        Some("Bearer of-nobody") => respond(stream, 200, &[], br#"{"tags": ["1.0.0"]}"#),
        _ => {
            let challenge = format!("Bearer realm=\"{realm}\"");
            respond(stream, 401, &[("www-authenticate", &challenge)], b"");
        }
    });
    let repository = repository(&server.address);
    let identity = Credential::IdentityToken(Secret::new("long"));
    let with_identity = Credentials::none().with_credential(&server.address, identity);
    for client in [client_with_password(&server.address), Client::new(settings(), with_identity)] {
        let error = client.list_tags(&repository).await.unwrap_err();
        assert!(matches!(error.error, RequestError::ForeignTokenServer { .. }), "{error}");
        assert!(error.to_string().contains("`localhost`"), "{error}");
        assert!(stranger.requests().is_empty());
    }
    // Without credentials there is nothing to lose.
    assert_eq!(client().list_tags(&repository).await.unwrap().len(), 1);
    assert_received_no_credentials(&stranger);
}

#[tokio::test]
async fn renews_expired_tokens() {
    let server = FakeServer::start(|asked, stream| {
        let current = if asked.earlier_requests < 4 { "first" } else { "second" };
        if asked.path.starts_with("/token") {
            return respond(stream, 200, &[], format!(r#"{{"token": "{current}"}}"#).as_bytes());
        }
        if asked.header("authorization") == Some(&format!("Bearer {current}")) {
            return respond(stream, 200, &[], br#"{"tags": []}"#);
        }
        let realm = format!("Bearer realm=\"http://{}/token\"", asked.header("host").unwrap());
        respond(stream, 401, &[("www-authenticate", &realm)], b"");
    });
    let (client, repository) = (client(), repository(&server.address));
    for _ in 0..4 {
        client.list_tags(&repository).await.unwrap();
    }
}

#[tokio::test]
async fn sends_no_credentials_to_token_servers_without_tls() {
    let server = FakeServer::start(|_, stream| {
        let realm = "Bearer realm=\"http://auth.example/token\"";
        respond(stream, 401, &[("www-authenticate", realm)], b"");
    });
    let error = client_with_password(&server.address)
        .list_tags(&repository(&server.address))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("not requested without TLS"), "{error}");
}
