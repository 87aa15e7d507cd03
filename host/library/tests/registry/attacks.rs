//! What a registry does that means ill.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;
use tollgate_library::registry::{
    Client, Credentials, Descriptor, Problem, Reference, Settings, Tag,
};
use tollgate_model::Digest;

use crate::hostile::{Hostile, head, say};
use crate::{blob, client, content, file, repository, settings, some_bytes};

async fn fetch(server: &Hostile, blob: &Descriptor) -> Problem {
    let mut to = file();
    let repository = repository(&server.address);
    let fetched = client().fetch(&repository, blob, &mut to, &mut |_| ()).await;
    assert_eq!(content(&to), b"", "nothing of it is kept");
    fetched.unwrap_err().problem
}

fn tag() -> Reference {
    "1.0.0".parse::<Tag>().unwrap().into()
}

#[tokio::test]
async fn other_bytes_are_not_taken() {
    let (asked, given) = (some_bytes(1_000), some_bytes(2_000)[1_000..].to_vec());
    let (blob, digest) = (blob(&asked), Digest::of(&given));
    let server = Hostile::start(move |_, stream| say(stream, 200, &[], &given));
    let told = fetch(&server, &blob).await.to_string();
    assert!(
        told.contains(&blob.digest.to_string()) && told.contains(&digest.to_string()),
        "{told}"
    );
    assert_eq!(server.asked().len(), 1, "whoever lies is not asked again");
}

#[tokio::test]
async fn more_than_was_said_is_not_taken() {
    let server = Hostile::start(|_, stream| say(stream, 200, &[], &[0; 1_001]));
    assert!(matches!(fetch(&server, &blob(&[0; 1_000])).await, Problem::Longer(1_000)));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_body_without_end_ends() {
    let written = Arc::new(AtomicU64::new(0));
    let count = written.clone();
    let server = Hostile::start(move |_, stream| {
        head(stream, 200, &[]);
        while stream.write_all(&[0; 65_536]).is_ok() {
            count.fetch_add(65_536, Ordering::SeqCst);
        }
    });
    assert!(matches!(fetch(&server, &blob(&[0; 1_000])).await, Problem::Longer(1_000)));
    // What lies in the buffers between us, and no more.
    assert!(written.load(Ordering::SeqCst) < 64 << 20);
    let listed = client().tags(&repository(&server.address)).await.unwrap_err();
    assert!(matches!(listed.problem, Problem::DocumentTooLarge(_)), "{listed}");
}

#[tokio::test]
async fn less_than_was_said_is_told_of() {
    let server = Hostile::start(|_, stream| say(stream, 200, &[], &[0; 999]));
    let problem = fetch(&server, &blob(&[0; 1_000])).await;
    assert!(matches!(problem, Problem::Shorter { given: 999, size: 1_000 }), "{problem}");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_blob_that_is_said_to_be_huge_is_not_asked_for() {
    let server = Hostile::start(|_, stream| say(stream, 200, &[], b""));
    let huge = Descriptor { size: u64::MAX, ..blob(b"") };
    assert!(matches!(fetch(&server, &huge).await, Problem::BlobTooLarge { .. }));
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn manifests_are_what_they_are_asked_for() {
    let manifest = json!({"schemaVersion": 2, "config": blob(b"{}"), "layers": []}).to_string();
    let digest = Digest::of(&manifest);
    let zeros = format!("sha256:{}", "0".repeat(64));
    let said = zeros.clone();
    let lying = Hostile::start(move |_, stream| {
        say(stream, 200, &[("docker-content-digest", &said)], manifest.as_bytes());
    });
    let told =
        client().manifest(&repository(&lying.address), &tag()).await.unwrap_err().to_string();
    assert!(told.contains(&zeros) && told.contains(&digest.to_string()), "{told}");
    let by_digest: Reference = zeros.parse::<Digest>().unwrap().into();
    let told = client().manifest(&repository(&lying.address), &by_digest).await.unwrap_err();
    assert!(matches!(told.problem, Problem::OtherDigest { .. }), "{told}");
}

#[tokio::test]
async fn what_is_no_manifest_is_told_of() {
    let ask = async |body: String| {
        let server = Hostile::start(move |_, stream| say(stream, 200, &[], body.as_bytes()));
        client().manifest(&repository(&server.address), &tag()).await.unwrap_err().problem
    };
    let index = json!({"schemaVersion": 2, "manifests": [{}, {}]}).to_string();
    assert!(matches!(ask(index).await, Problem::Index(2)));
    assert!(matches!(ask("<html>".into()).await, Problem::Malformed { .. }));
    assert!(matches!(ask("[".repeat(100_000)).await, Problem::Malformed { .. }));
    assert!(matches!(ask(" ".repeat(5 << 20)).await, Problem::DocumentTooLarge(_)));
}

#[tokio::test]
async fn lists_without_end_end() {
    let server = Hostile::start(|asked, stream| {
        let page = json!({"tags": [format!("1.0.{}", asked.before)]}).to_string();
        let link = ("link", r#"</v2/acme/claims/tags/list?last=x>; rel="next""#);
        say(stream, 200, &[link], page.as_bytes());
    });
    let settings = Settings { pages_max: 20, ..settings() };
    let endless =
        Client::new(settings, Credentials::none()).tags(&repository(&server.address)).await;
    assert!(matches!(endless.unwrap_err().problem, Problem::Endless { .. }));
    assert_eq!(server.asked().len(), 20);

    let server = Hostile::start(|_, stream| {
        let link = ("link", r#"</v2/acme/claims/tags/list?last=x>; rel="next""#);
        say(stream, 200, &[link], br#"{"tags": []}"#);
    });
    let endless = client().tags(&repository(&server.address)).await.unwrap_err();
    assert!(matches!(endless.problem, Problem::Endless { .. }), "no tags at all: {endless}");

    let tags: Vec<_> = (0..20_000).map(|number| format!("1.0.{number}")).collect();
    let page = json!({"tags": tags}).to_string();
    let server = Hostile::start(move |_, stream| say(stream, 200, &[], page.as_bytes()));
    let endless = client().tags(&repository(&server.address)).await.unwrap_err();
    assert!(matches!(endless.problem, Problem::Endless { .. }), "{endless}");
}

#[tokio::test]
async fn a_list_goes_on_at_the_same_registry() {
    let server = Hostile::start(|asked, stream| match asked.before {
        0 => say(stream, 200, &[("link", "<?last=1>; rel=\"next\"")], br#"{"tags": ["1"]}"#),
        _ => say(stream, 200, &[], br#"{"tags": ["2"]}"#),
    });
    let tags = client().tags(&repository(&server.address)).await.unwrap();
    assert_eq!(tags.len(), 2);
    assert!(server.asked()[1].path.ends_with("/tags/list?last=1"));
    let elsewhere = Hostile::start(|_, stream| {
        say(
            stream,
            200,
            &[("link", "<http://127.0.0.1:9/x>; rel=\"next\"")],
            br#"{"tags": ["1"]}"#,
        );
    });
    let told = client().tags(&repository(&elsewhere.address)).await.unwrap_err().to_string();
    assert!(told.contains("another registry"), "{told}");
}

#[tokio::test]
async fn what_it_says_is_shown_without_what_a_terminal_obeys() {
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2Jall is well\u{202e}";
    let document = json!({"errors": [{"code": "DENIED", "message": evil}]}).to_string();
    for body in [document, evil.to_owned(), evil.repeat(10_000)] {
        let server = Hostile::start(move |_, stream| say(stream, 403, &[], body.as_bytes()));
        let told = client().tags(&repository(&server.address)).await.unwrap_err().to_string();
        assert!(told.contains("all is well") && told.contains("403"), "{told:?}");
        assert!(told.chars().all(|c| c == '\n' || !c.is_control()) && !told.contains('\u{202e}'));
        assert!(told.len() < 2_000, "{}", told.len());
    }
    let server = Hostile::start(|_, stream| say(stream, 200, &[], br#"{"tags": ["\u001b[2J"]}"#));
    assert!(client().tags(&repository(&server.address)).await.is_err());
}

#[tokio::test]
async fn a_registry_that_keeps_the_list_of_referrers_is_left_to_it() {
    let subject = Digest::of("subject");
    let manifest = json!({"schemaVersion": 2, "config": blob(b"{}"), "layers": []}).to_string();
    let subject_digest = Digest::of(&manifest);
    let entry = json!({"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": subject,
        "size": 1, "artifactType": "application/a"});
    let sha512 =
        json!({"mediaType": "x", "size": 1, "digest": format!("sha512:{}", "0".repeat(128))});
    let index = json!({"schemaVersion": 2, "manifests": [entry, sha512]}).to_string();
    let server = Hostile::start(move |asked, stream| {
        let path = asked.path.as_str();
        match asked.method.as_str() {
            "HEAD" => head(stream, 200, &[]),
            "PUT" => say(stream, 201, &[("OCI-Subject", &subject_digest.to_string())], b""),
            "DELETE" => say(stream, 202, &[], b""),
            _ if path.contains("/referrers/") && !path.contains("last") => {
                let link = ("link", "<?last=1>; rel=\"next\"");
                say(stream, 200, &[link], index.as_bytes());
            }
            _ if path.contains("/referrers/") => say(stream, 200, &[], b"{\"manifests\": []}"),
            _ => say(stream, 200, &[], manifest.as_bytes()),
        }
    });
    let (client, repository) = (client(), repository(&server.address));
    let artefact = crate::artefact(b"signature");
    client.refer(&repository, &subject_digest, &artefact, &mut |_| ()).await.unwrap();
    let asked = server.asked();
    let put: Vec<_> = asked.iter().filter(|asked| asked.method == "PUT").collect();
    assert!(put.len() == 1 && put[0].path.contains("/manifests/sha256:"), "no list is written");
    let found = client.referrers(&repository, &subject_digest, None).await.unwrap();
    assert_eq!(found.iter().map(|one| one.digest).collect::<Vec<_>>(), [subject]);
    let found =
        client.referrers(&repository, &subject_digest, Some("application/b")).await.unwrap();
    assert_eq!(found, [], "it need not have filtered them");
    assert!(client.unrefer(&repository, &subject_digest, &subject).await.unwrap());
    assert_eq!(server.asked().last().unwrap().method, "DELETE");
}

/// Two others had read the list before ours was in it, and write theirs over it.
#[tokio::test]
async fn what_others_overwrite_is_written_again() {
    let manifest = json!({"schemaVersion": 2, "config": blob(b"{}"), "layers": []}).to_string();
    let subject = Digest::of(&manifest);
    let other = |number: usize| {
        let digest = Digest::of(number.to_string());
        json!({"mediaType": "x", "digest": digest, "size": 1, "artifactType": "application/other"})
    };
    let list = Mutex::new((0, Vec::new()));
    let server = Hostile::start(move |asked, stream| {
        let is_list = asked.path.contains("/manifests/sha256-");
        let (written, bytes) = &mut *list.lock().unwrap();
        match asked.method.as_str() {
            "HEAD" => head(stream, 200, &[]),
            "PUT" if is_list => {
                *written += 1;
                *bytes = asked.body.clone();
                if *written < 3 {
                    let index = json!({"schemaVersion": 2, "manifests": [other(*written)]});
                    *bytes = index.to_string().into_bytes();
                }
                say(stream, 201, &[], b"");
            }
            "PUT" => say(stream, 201, &[], b""),
            _ if asked.path.contains("/referrers/") => say(stream, 404, &[], b""),
            _ if is_list && bytes.is_empty() => say(stream, 404, &[], b""),
            _ if is_list => say(stream, 200, &[], bytes),
            _ => say(stream, 200, &[], manifest.as_bytes()),
        }
    });
    let (client, repository) = (client(), repository(&server.address));
    let artefact = crate::artefact(b"signature");
    let ours = client.refer(&repository, &subject, &artefact, &mut |_| ()).await.unwrap();
    let found = client.referrers(&repository, &subject, None).await.unwrap();
    let found: Vec<_> = found.iter().map(|one| one.digest).collect();
    assert_eq!(found, [Digest::of("2"), ours], "ours is back, and theirs is still there");
}

#[tokio::test]
async fn a_list_that_others_always_overwrite_is_told_of() {
    let manifest = json!({"schemaVersion": 2, "config": blob(b"{}"), "layers": []}).to_string();
    let subject = Digest::of(&manifest);
    let server = Hostile::start(move |asked, stream| match asked.method.as_str() {
        "HEAD" => head(stream, 200, &[]),
        "PUT" => say(stream, 201, &[], b""),
        _ if asked.path.contains("/manifests/sha256-") => say(stream, 404, &[], b""),
        _ => say(stream, 200, &[], manifest.as_bytes()),
    });
    let settings = Settings { settle_ms: 1, ..settings() };
    let client = Client::new(settings, Credentials::none());
    let artefact = crate::artefact(b"signature");
    let repository = repository(&server.address);
    let told = client.refer(&repository, &subject, &artefact, &mut |_| ()).await.unwrap_err();
    assert!(matches!(told.problem, Problem::Contended), "{told}");
}
