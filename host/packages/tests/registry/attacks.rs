//! Registries that misbehave on purpose.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;
use tollgate_model::Digest;
use tollgate_packages::registry::{
    Client, Credentials, Descriptor, ManifestReference, RegistrySettings, RequestError, Tag,
};

use crate::fake_server::{FakeServer, respond, respond_head};
use crate::{blob, client, content, file, repository, settings, some_bytes};

async fn fetch(server: &FakeServer, blob: &Descriptor) -> RequestError {
    let mut to = file();
    let repository = repository(&server.address);
    let fetched = client().fetch_blob(&repository, blob, &mut to, &mut |_| ()).await;
    assert_eq!(content(&to), b"", "nothing is kept");
    fetched.unwrap_err().error
}

fn tag() -> ManifestReference {
    "1.0.0".parse::<Tag>().unwrap().into()
}

#[tokio::test]
async fn refuses_other_bytes_than_requested() {
    let (asked, given) = (some_bytes(1_000), some_bytes(2_000)[1_000..].to_vec());
    let (blob, digest) = (blob(&asked), Digest::of(&given));
    let server = FakeServer::start(move |_, stream| respond(stream, 200, &[], &given));
    let error = fetch(&server, &blob).await.to_string();
    assert!(
        error.contains(&blob.digest.to_string()) && error.contains(&digest.to_string()),
        "{error}"
    );
    assert_eq!(server.requests().len(), 1, "a false digest is not retried");
}

#[tokio::test]
async fn refuses_more_bytes_than_expected() {
    let server = FakeServer::start(|_, stream| respond(stream, 200, &[], &[0; 1_001]));
    assert!(matches!(fetch(&server, &blob(&[0; 1_000])).await, RequestError::TooManyBytes(1_000)));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn stops_reading_an_endless_body() {
    let written = Arc::new(AtomicU64::new(0));
    let count = written.clone();
    let server = FakeServer::start(move |_, stream| {
        respond_head(stream, 200, &[]);
        while stream.write_all(&[0; 65_536]).is_ok() {
            count.fetch_add(65_536, Ordering::SeqCst);
        }
    });
    assert!(matches!(fetch(&server, &blob(&[0; 1_000])).await, RequestError::TooManyBytes(1_000)));
    // Only what the network buffers held was sent.
    assert!(written.load(Ordering::SeqCst) < 64 << 20);
    let listed = client().list_tags(&repository(&server.address)).await.unwrap_err();
    assert!(matches!(listed.error, RequestError::DocumentTooLarge(_)), "{listed}");
}

#[tokio::test]
async fn reports_fewer_bytes_than_expected() {
    let server = FakeServer::start(|_, stream| respond(stream, 200, &[], &[0; 999]));
    let problem = fetch(&server, &blob(&[0; 1_000])).await;
    assert!(
        matches!(problem, RequestError::TooFewBytes { found: 999, expected: 1_000 }),
        "{problem}"
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn does_not_request_blobs_above_the_limit() {
    let server = FakeServer::start(|_, stream| respond(stream, 200, &[], b""));
    let huge = Descriptor { size: u64::MAX, ..blob(b"") };
    assert!(matches!(fetch(&server, &huge).await, RequestError::BlobTooLarge { .. }));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn checks_the_digests_of_manifests() {
    let manifest = json!({"schemaVersion": 2, "config": blob(b"{}"), "layers": []}).to_string();
    let digest = Digest::of(&manifest);
    let zeros = format!("sha256:{}", "0".repeat(64));
    let claimed = zeros.clone();
    let lying = FakeServer::start(move |_, stream| {
        respond(stream, 200, &[("docker-content-digest", &claimed)], manifest.as_bytes());
    });
    let error =
        client().pull_manifest(&repository(&lying.address), &tag()).await.unwrap_err().to_string();
    assert!(error.contains(&zeros) && error.contains(&digest.to_string()), "{error}");
    let by_digest: ManifestReference = zeros.parse::<Digest>().unwrap().into();
    let error = client().pull_manifest(&repository(&lying.address), &by_digest).await.unwrap_err();
    assert!(matches!(error.error, RequestError::DigestMismatch { .. }), "{error}");
}

#[tokio::test]
async fn reports_documents_that_are_not_manifests() {
    let ask = async |body: String| {
        let server = FakeServer::start(move |_, stream| respond(stream, 200, &[], body.as_bytes()));
        client().pull_manifest(&repository(&server.address), &tag()).await.unwrap_err().error
    };
    let index = json!({"schemaVersion": 2, "manifests": [{}, {}]}).to_string();
    assert!(matches!(ask(index).await, RequestError::UnexpectedIndex(2)));
    assert!(matches!(ask("<html>".into()).await, RequestError::Malformed { .. }));
    assert!(matches!(ask("[".repeat(100_000)).await, RequestError::Malformed { .. }));
    assert!(matches!(ask(" ".repeat(5 << 20)).await, RequestError::DocumentTooLarge(_)));
}

#[tokio::test]
async fn stops_reading_endless_lists() {
    let server = FakeServer::start(|asked, stream| {
        let page = json!({"tags": [format!("1.0.{}", asked.earlier_requests)]}).to_string();
        let link = ("link", r#"</v2/acme/claims/tags/list?last=x>; rel="next""#);
        respond(stream, 200, &[link], page.as_bytes());
    });
    let settings = RegistrySettings { pages_max: 20, ..settings() };
    let endless =
        Client::new(settings, Credentials::none()).list_tags(&repository(&server.address)).await;
    assert!(matches!(endless.unwrap_err().error, RequestError::ListTooLong { .. }));
    assert_eq!(server.requests().len(), 20);

    let server = FakeServer::start(|_, stream| {
        let link = ("link", r#"</v2/acme/claims/tags/list?last=x>; rel="next""#);
        respond(stream, 200, &[link], br#"{"tags": []}"#);
    });
    let endless = client().list_tags(&repository(&server.address)).await.unwrap_err();
    assert!(matches!(endless.error, RequestError::ListTooLong { .. }), "no tags at all: {endless}");

    let tags: Vec<_> = (0..20_000).map(|number| format!("1.0.{number}")).collect();
    let page = json!({"tags": tags}).to_string();
    let server = FakeServer::start(move |_, stream| respond(stream, 200, &[], page.as_bytes()));
    let endless = client().list_tags(&repository(&server.address)).await.unwrap_err();
    assert!(matches!(endless.error, RequestError::ListTooLong { .. }), "{endless}");
}

#[tokio::test]
async fn follows_pages_at_the_same_registry_only() {
    let server = FakeServer::start(|asked, stream| match asked.earlier_requests {
        0 => respond(stream, 200, &[("link", "<?last=1>; rel=\"next\"")], br#"{"tags": ["1"]}"#),
        _ => respond(stream, 200, &[], br#"{"tags": ["2"]}"#),
    });
    let tags = client().list_tags(&repository(&server.address)).await.unwrap();
    assert_eq!(tags.len(), 2);
    assert!(server.requests()[1].path.ends_with("/tags/list?last=1"));
    let elsewhere = FakeServer::start(|_, stream| {
        respond(
            stream,
            200,
            &[("link", "<http://127.0.0.1:9/x>; rel=\"next\"")],
            br#"{"tags": ["1"]}"#,
        );
    });
    let error = client().list_tags(&repository(&elsewhere.address)).await.unwrap_err().to_string();
    assert!(error.contains("another registry"), "{error}");
}

#[tokio::test]
async fn sanitises_the_messages_of_a_registry() {
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2Jall is well\u{202e}";
    let document = json!({"errors": [{"code": "DENIED", "message": evil}]}).to_string();
    for body in [document, evil.to_owned(), evil.repeat(10_000)] {
        let server = FakeServer::start(move |_, stream| respond(stream, 403, &[], body.as_bytes()));
        let error = client().list_tags(&repository(&server.address)).await.unwrap_err().to_string();
        assert!(error.contains("all is well") && error.contains("403"), "{error:?}");
        assert!(error.chars().all(|c| c == '\n' || !c.is_control()) && !error.contains('\u{202e}'));
        assert!(error.len() < 2_000, "{}", error.len());
    }
    let server =
        FakeServer::start(|_, stream| respond(stream, 200, &[], br#"{"tags": ["\u001b[2J"]}"#));
    assert!(client().list_tags(&repository(&server.address)).await.is_err());
}

#[tokio::test]
async fn leaves_the_list_of_referrers_to_a_registry_that_keeps_it() {
    let subject = Digest::of("subject");
    let manifest = json!({"schemaVersion": 2, "config": blob(b"{}"), "layers": []}).to_string();
    let subject_digest = Digest::of(&manifest);
    let entry = json!({"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": subject,
        "size": 1, "artifactType": "application/a"});
    let sha512 =
        json!({"mediaType": "x", "size": 1, "digest": format!("sha512:{}", "0".repeat(128))});
    let index = json!({"schemaVersion": 2, "manifests": [entry, sha512]}).to_string();
    let server = FakeServer::start(move |asked, stream| {
        let path = asked.path.as_str();
        match asked.method.as_str() {
            "HEAD" => respond_head(stream, 200, &[]),
            "PUT" => respond(stream, 201, &[("OCI-Subject", &subject_digest.to_string())], b""),
            "DELETE" => respond(stream, 202, &[], b""),
            _ if path.contains("/referrers/") && !path.contains("last") => {
                let link = ("link", "<?last=1>; rel=\"next\"");
                respond(stream, 200, &[link], index.as_bytes());
            }
            _ if path.contains("/referrers/") => respond(stream, 200, &[], b"{\"manifests\": []}"),
            _ => respond(stream, 200, &[], manifest.as_bytes()),
        }
    });
    let (client, repository) = (client(), repository(&server.address));
    let artefact = crate::artefact(b"signature");
    client.push_referrer(&repository, &subject_digest, &artefact, &mut |_| ()).await.unwrap();
    let requests = server.requests();
    let put: Vec<_> = requests.iter().filter(|asked| asked.method == "PUT").collect();
    assert!(put.len() == 1 && put[0].path.contains("/manifests/sha256:"), "no index is written");
    let found = client.list_referrers(&repository, &subject_digest, None).await.unwrap();
    assert_eq!(found.iter().map(|one| one.digest).collect::<Vec<_>>(), [subject]);
    let found =
        client.list_referrers(&repository, &subject_digest, Some("application/b")).await.unwrap();
    assert_eq!(found, [], "the client filters if the registry does not");
    assert!(client.remove_referrer(&repository, &subject_digest, &subject).await.unwrap());
    assert_eq!(server.requests().last().unwrap().method, "DELETE");
}

/// Two other clients read the index before our update and overwrite it.
#[tokio::test]
async fn repeats_an_update_that_others_overwrite() {
    let manifest = json!({"schemaVersion": 2, "config": blob(b"{}"), "layers": []}).to_string();
    let subject = Digest::of(&manifest);
    let other = |number: usize| {
        let digest = Digest::of(number.to_string());
        json!({"mediaType": "x", "digest": digest, "size": 1, "artifactType": "application/other"})
    };
    let list = Mutex::new((0, Vec::new()));
    let server = FakeServer::start(move |asked, stream| {
        let is_list = asked.path.contains("/manifests/sha256-");
        let (written, bytes) = &mut *list.lock().unwrap();
        match asked.method.as_str() {
            "HEAD" => respond_head(stream, 200, &[]),
            "PUT" if is_list => {
                *written += 1;
                *bytes = asked.body.clone();
                if *written < 3 {
                    let index = json!({"schemaVersion": 2, "manifests": [other(*written)]});
                    *bytes = index.to_string().into_bytes();
                }
                respond(stream, 201, &[], b"");
            }
            "PUT" => respond(stream, 201, &[], b""),
            _ if asked.path.contains("/referrers/") => respond(stream, 404, &[], b""),
            _ if is_list && bytes.is_empty() => respond(stream, 404, &[], b""),
            _ if is_list => respond(stream, 200, &[], bytes),
            _ => respond(stream, 200, &[], manifest.as_bytes()),
        }
    });
    let (client, repository) = (client(), repository(&server.address));
    let artefact = crate::artefact(b"signature");
    let ours = client.push_referrer(&repository, &subject, &artefact, &mut |_| ()).await.unwrap();
    let found = client.list_referrers(&repository, &subject, None).await.unwrap();
    let found: Vec<_> = found.iter().map(|one| one.digest).collect();
    assert_eq!(found, [Digest::of("2"), ours], "our entry is back and theirs is kept");
}

#[tokio::test]
async fn gives_up_on_an_index_that_is_always_overwritten() {
    let manifest = json!({"schemaVersion": 2, "config": blob(b"{}"), "layers": []}).to_string();
    let subject = Digest::of(&manifest);
    let server = FakeServer::start(move |asked, stream| match asked.method.as_str() {
        "HEAD" => respond_head(stream, 200, &[]),
        "PUT" => respond(stream, 201, &[], b""),
        _ if asked.path.contains("/manifests/sha256-") => respond(stream, 404, &[], b""),
        _ => respond(stream, 200, &[], manifest.as_bytes()),
    });
    let settings = RegistrySettings { settle_ms: 1, ..settings() };
    let client = Client::new(settings, Credentials::none());
    let artefact = crate::artefact(b"signature");
    let repository = repository(&server.address);
    let error =
        client.push_referrer(&repository, &subject, &artefact, &mut |_| ()).await.unwrap_err();
    assert!(matches!(error.error, RequestError::ReferrersContended), "{error}");
}
