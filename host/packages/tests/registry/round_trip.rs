//! The client against a real registry.

use std::io::Write;

use tollgate_model::Digest;
use tollgate_packages::registry::{
    Blob, Client, Credential, Credentials, ManifestReference, Overwrite, RequestError, Secret, Tag,
};

use crate::debian::DebianRegistry;
use crate::{artefact, client, content, file, push, repository, settings, some_bytes};

/// `htpasswd` line for `ann` and `open sesame`.
const ANN: &str = "ann:$2b$05$rluDBynni0IjsGrX2OUzYO5unYcyUjRG6PaX.CXOg8LNGmD6vAlZS\n";

fn tag(text: &str) -> Tag {
    text.parse().unwrap()
}

#[tokio::test]
async fn pulls_what_was_pushed() {
    let registry = DebianRegistry::start();
    let (client, repository) = (client(), repository(&format!("{}/team", registry.address)));
    let bytes = some_bytes(3 << 20);
    let mut source = tempfile::NamedTempFile::new().unwrap();
    source.write_all(&bytes).unwrap();
    let mut artefact = artefact(b"small");
    artefact.layers.push(Blob::file("application/wasm", source.path()).unwrap());
    artefact.annotations.insert("org.opencontainers.image.title".into(), "Ansprüche".into());

    let mut sent = Vec::new();
    let pushed = client
        .push(&repository, &tag("1.2.0"), &artefact, Overwrite::Never, &mut |count| {
            sent.push(count)
        })
        .await
        .unwrap();
    assert!(sent.is_sorted(), "{sent:?}");
    assert_eq!(sent.last(), Some(&(2 + 5 + bytes.len() as u64)));

    let pulled = client.pull_manifest(&repository, &tag("1.2.0").into()).await.unwrap();
    assert_eq!((pulled.digest, pulled.manifest.layers.len()), (pushed, 2));
    assert_eq!(pulled.manifest.annotations, artefact.annotations);
    assert_eq!(pulled.manifest.artefact_kind(), "application/vnd.acme.test");
    let by_digest = client.pull_manifest(&repository, &pushed.into()).await.unwrap();
    assert_eq!(by_digest.bytes, pulled.bytes);
    assert_eq!(
        client.resolve_digest(&repository, &tag("1.2.0").into()).await.unwrap(),
        Some(pushed)
    );

    let mut to = file();
    let mut received = Vec::new();
    let layer = &pulled.manifest.layers[1];
    client
        .fetch_blob(&repository, layer, &mut to, &mut |count| received.push(count))
        .await
        .unwrap();
    assert!(content(&to) == bytes && received.is_sorted());
    assert_eq!(received.last(), Some(&(bytes.len() as u64)));
}

#[tokio::test]
async fn resumes_a_partial_download() {
    let registry = DebianRegistry::start();
    let (client, repository) = (client(), repository(&registry.address));
    let bytes = some_bytes(1 << 20);
    let artefact = artefact(&bytes);
    push(&client, &repository, "1", &artefact, Overwrite::Always).await.unwrap();
    for beginning in [&bytes[..700_000], &bytes[..], &some_bytes(2 << 20), b"something else"] {
        let mut to = file();
        to.write_all(beginning).unwrap();
        let layer = artefact.layers[0].descriptor();
        client.fetch_blob(&repository, layer, &mut to, &mut |_| ()).await.unwrap();
        assert!(content(&to) == bytes);
    }
}

#[tokio::test]
async fn lists_tags_and_reports_missing_ones() {
    let registry = DebianRegistry::start();
    let (client, repository) = (client(), repository(&registry.address));
    assert_eq!(client.list_tags(&repository).await.unwrap(), []);
    let absent = client.pull_manifest(&repository, &tag("1.0.0").into()).await.unwrap_err();
    assert!(absent.is_not_found() && absent.to_string().contains("acme/claims:1.0.0"), "{absent}");
    assert_eq!(client.resolve_digest(&repository, &tag("1.0.0").into()).await.unwrap(), None);
    let lost =
        client.fetch_blob(&repository, &crate::blob(b"lost"), &mut file(), &mut |_| ()).await;
    assert!(lost.unwrap_err().is_not_found());

    for version in ["1.10.0", "1.2.0", "2.0.0-rc.1"] {
        let artefact = artefact(version.as_bytes());
        push(&client, &repository, version, &artefact, Overwrite::Never).await.unwrap();
    }
    let tags = client.list_tags(&repository).await.unwrap();
    assert_eq!(tags, ["1.10.0", "1.2.0", "2.0.0-rc.1"].map(tag));
}

#[tokio::test]
async fn never_overwrites_a_tag_unless_asked_to() {
    let registry = DebianRegistry::start();
    let (client, repository) = (client(), repository(&registry.address));
    let push = async |bytes: &[u8], overwrite| {
        push(&client, &repository, "1.0.0", &artefact(bytes), overwrite).await
    };
    let first = push(b"one", Overwrite::Never).await.unwrap();
    assert_eq!(
        push(b"one", Overwrite::Never).await.unwrap(),
        first,
        "the same may be pushed again"
    );
    let refused = push(b"two", Overwrite::Never).await.unwrap_err();
    let RequestError::TagTaken { published: there, offered: ours } = refused.error else {
        panic!("{refused}")
    };
    assert_eq!(there, first);
    let there = async || client.resolve_digest(&repository, &tag("1.0.0").into()).await.unwrap();
    assert_eq!(there().await, Some(first));
    assert_eq!(push(b"two", Overwrite::Always).await.unwrap(), ours);
    assert_eq!(there().await, Some(ours));
}

/// A changed file no longer has its digest, and no part of it becomes visible.
#[tokio::test]
async fn refuses_to_push_a_file_that_changed() {
    let registry = DebianRegistry::start();
    let (client, repository) = (client(), repository(&registry.address));
    for now in [&some_bytes(2_000)[1_000..], b"shorter"] {
        let source = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(source.path(), some_bytes(1_000)).unwrap();
        let mut artefact = artefact(b"");
        artefact.layers = vec![Blob::file("application/wasm", source.path()).unwrap()];
        std::fs::write(source.path(), now).unwrap();
        let pushed = push(&client, &repository, "1", &artefact, Overwrite::Never).await;
        let refused = pushed.unwrap_err();
        assert!(matches!(refused.error, RequestError::FileChanged(_)), "{refused}");
        assert_eq!(client.list_tags(&repository).await.unwrap(), []);
    }
}

#[tokio::test]
async fn adds_lists_and_removes_referrers() {
    let registry = DebianRegistry::start();
    let (client, repository) = (client(), repository(&registry.address));
    let subject = artefact(b"subject");
    let subject = push(&client, &repository, "1.0.0", &subject, Overwrite::Never).await.unwrap();
    assert_eq!(client.list_referrers(&repository, &subject, None).await.unwrap(), []);
    let refer = async |kind: &str| {
        let mut artefact = artefact(kind.as_bytes());
        artefact.artifact_type = kind.into();
        artefact.annotations.insert("kind".into(), kind.into());
        client.push_referrer(&repository, &subject, &artefact, &mut |_| ()).await.unwrap()
    };
    let (signature, mark) = (refer("application/a").await, refer("application/b").await);
    assert_eq!(refer("application/a").await, signature, "it is not added twice");

    let found = client.list_referrers(&repository, &subject, None).await.unwrap();
    assert_eq!(found.iter().map(|one| one.digest).collect::<Vec<_>>(), [signature, mark]);
    let found = client.list_referrers(&repository, &subject, Some("application/b")).await.unwrap();
    assert_eq!(found.iter().map(|one| one.digest).collect::<Vec<_>>(), [mark]);
    assert_eq!(found[0].annotations["kind"], "application/b");
    let manifest = client.pull_manifest(&repository, &mark.into()).await.unwrap().manifest;
    assert_eq!(manifest.subject.map(|subject| subject.digest), Some(subject));

    assert!(client.remove_referrer(&repository, &subject, &mark).await.unwrap());
    assert!(!client.remove_referrer(&repository, &subject, &mark).await.unwrap());
    let found = client.list_referrers(&repository, &subject, None).await.unwrap();
    assert_eq!(found.iter().map(|one| one.digest).collect::<Vec<_>>(), [signature]);
    let lost =
        client.push_referrer(&repository, &Digest::of("lost"), &artefact(b""), &mut |_| ()).await;
    assert!(lost.unwrap_err().is_not_found());
}

#[tokio::test]
async fn explains_how_to_authenticate() {
    let registry = DebianRegistry::with_password(ANN);
    let repository = repository(&registry.address);
    let host = registry.address.as_str();
    let pushed = async |credentials: Credentials| {
        let client = Client::new(settings(), credentials);
        let artefact = artefact(&some_bytes(200_000));
        push(&client, &repository, "1.0.0", &artefact, Overwrite::Never).await?;
        client.list_tags(&repository).await
    };
    let password =
        |text: &str| Credential::Password { user: "ann".into(), password: Secret::new(text) };

    let error = pushed(Credentials::none()).await.unwrap_err().to_string();
    for part in [&format!("docker login {host}"), "401", "UNAUTHORIZED"] {
        assert!(error.contains(part), "{error}");
    }
    let error = pushed(Credentials::none().with_credential(host, password("geheim")))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("rejected the credentials") && !error.contains("geheim"), "{error}");
    let elsewhere = Credentials::none().with_credential("other.example", password("open sesame"));
    assert!(matches!(
        pushed(elsewhere).await.unwrap_err().error,
        RequestError::CredentialsRequired { .. }
    ));

    let tags =
        pushed(Credentials::none().with_credential(host, password("open sesame"))).await.unwrap();
    assert_eq!(tags, [tag("1.0.0")]);
    // `ann:open sesame`
    let file = tempfile::NamedTempFile::new().unwrap();
    let auth = format!(r#"{{"auths": {{"{host}": {{"auth": "YW5uOm9wZW4gc2VzYW1l"}}}}}}"#);
    std::fs::write(file.path(), auth).unwrap();
    assert_eq!(pushed(Credentials::none().with_file(file.path())).await.unwrap(), [tag("1.0.0")]);
    let reference = ManifestReference::from(tag("1.0.0"));
    assert!(client().pull_manifest(&repository, &reference).await.is_err(), "access is denied");
}
