//! Network failures, and registries that are busy.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tollgate_model::Digest;
use tollgate_packages::registry::{Client, Credentials, RegistrySettings, RequestError};

use crate::fake_server::{FakeServer, ReceivedRequest, respond, respond_head};
use crate::{blob, client, content, file, repository, settings, some_bytes};

/// Longer than any test takes.
const FOREVER: Duration = Duration::from_secs(600);

/// Sends the whole body, or the range that the request asks for.
fn send_range(asked: &ReceivedRequest, stream: &mut TcpStream, bytes: &[u8]) {
    let range = asked.header("range").and_then(|range| range.strip_prefix("bytes="));
    let Some(start) = range.map(|range| range.trim_end_matches('-').parse::<usize>().unwrap())
    else {
        return respond(stream, 200, &[], bytes);
    };
    let range = format!("bytes {start}-{}/{}", bytes.len() - 1, bytes.len());
    respond(stream, 206, &[("content-range", &range)], &bytes[start..]);
}

/// Announces the whole body, but sends only half.
fn send_half(stream: &mut TcpStream, bytes: &[u8]) {
    respond_head(stream, 200, &[("content-length", &bytes.len().to_string())]);
    stream.write_all(&bytes[..bytes.len() / 2]).ok();
}

fn impatient_settings() -> RegistrySettings {
    RegistrySettings { stall_ms_max: 300, response_ms_max: 300, ..settings() }
}

async fn fetch(
    client: &Client,
    server: &FakeServer,
    bytes: &[u8],
) -> Result<Vec<u64>, RequestError> {
    let (mut to, mut progress) = (file(), Vec::new());
    let repository = repository(&server.address);
    let fetched = client
        .fetch_blob(&repository, &blob(bytes), &mut to, &mut |count| progress.push(count))
        .await;
    fetched.map_err(|error| error.error)?;
    assert!(content(&to) == bytes);
    Ok(progress)
}

#[tokio::test]
async fn resumes_an_interrupted_download() {
    let bytes = some_bytes(200_000);
    let whole = bytes.clone();
    let server = FakeServer::start(move |asked, stream| match asked.earlier_requests {
        0 => send_half(stream, &whole),
        _ => send_range(asked, stream, &whole),
    });
    let progress = fetch(&client(), &server, &bytes).await.unwrap();
    assert!(progress.is_sorted(), "{progress:?}");
    let requests = server.requests();
    assert_eq!((requests.len(), requests[0].header("range")), (2, None));
    assert_eq!(requests[1].header("range"), Some("bytes=100000-"));
}

#[tokio::test]
async fn restarts_if_the_registry_cannot_resume() {
    let bytes = some_bytes(200_000);
    for status in [200, 206, 416] {
        let whole = bytes.clone();
        let server =
            FakeServer::start(move |asked, stream| match (asked.earlier_requests, status) {
                (0, _) => send_half(stream, &whole),
                (1, 206) => {
                    respond(stream, 206, &[("content-range", "bytes 5-9/200000")], b"wrong")
                }
                (1, 416) => respond(stream, 416, &[], b""),
                _ => respond(stream, 200, &[], &whole),
            });
        let progress = fetch(&client(), &server, &bytes).await.unwrap();
        assert!(!progress.is_sorted(), "the progress falls when it restarts: {progress:?}");
    }
}

#[tokio::test]
async fn resumes_a_stalled_download() {
    let bytes = some_bytes(200_000);
    let whole = bytes.clone();
    let server = FakeServer::start(move |asked, stream| match asked.header("range") {
        None => {
            send_half(stream, &whole);
            sleep(FOREVER);
        }
        Some(_) => send_range(asked, stream, &whole),
    });
    fetch(&Client::new(impatient_settings(), Credentials::none()), &server, &bytes).await.unwrap();
    assert_eq!(server.requests().last().unwrap().header("range"), Some("bytes=100000-"));
}

#[tokio::test]
async fn reports_a_registry_that_always_stalls() {
    let server = FakeServer::start(|_, stream| {
        respond_head(stream, 200, &[("content-length", "100")]);
        sleep(FOREVER);
    });
    let client = Client::new(impatient_settings(), Credentials::none());
    let stalled = fetch(&client, &server, &some_bytes(100)).await.unwrap_err();
    assert!(matches!(stalled, RequestError::Stalled(_)), "{stalled}");
    assert_eq!(server.requests().len(), settings().attempts_max as usize);
    let silent = FakeServer::start(|_, _| sleep(FOREVER));
    let stalled = client.list_tags(&repository(&silent.address)).await.unwrap_err();
    assert!(matches!(stalled.error, RequestError::Stalled(_)), "{stalled}");
}

/// Sends a byte before each stall, for ever.
fn trickle(stream: &mut TcpStream) {
    while stream.write_all(b" ").and_then(|()| stream.flush()).is_ok() {
        sleep(Duration::from_millis(20));
    }
}

#[tokio::test]
async fn gives_up_a_document_that_arrives_byte_by_byte() {
    // A registry explains an error in a document, too.
    for status in [200, 503] {
        let server = FakeServer::start(move |_, stream| {
            respond_head(stream, status, &[]);
            trickle(stream);
        });
        let settings = RegistrySettings { document_ms_max: 400, ..settings() };
        let client = Client::new(settings, Credentials::none());
        let slow = client.list_tags(&repository(&server.address)).await.unwrap_err();
        assert!(matches!(slow.error, RequestError::TooSlow(_)), "{status}: {slow}");
        assert_eq!(server.requests().len(), 1, "a slow registry is not asked again");
    }
}

#[tokio::test]
async fn gives_up_a_list_of_many_slow_pages() {
    let server = FakeServer::start(|asked, stream| {
        sleep(Duration::from_millis(50));
        let next =
            format!("</v2/acme/claims/tags/list?n={}>; rel=\"next\"", asked.earlier_requests);
        respond(stream, 200, &[("link", &next)], br#"{"tags": []}"#);
    });
    let settings = RegistrySettings { list_ms_max: 400, pages_max: usize::MAX, ..settings() };
    let client = Client::new(settings, Credentials::none());
    let slow = client.list_tags(&repository(&server.address)).await.unwrap_err();
    assert!(matches!(slow.error, RequestError::TooSlow(_)), "{slow}");
    let slow = client.list_referrers(&repository(&server.address), &Digest::of(b""), None).await;
    assert!(matches!(slow.unwrap_err().error, RequestError::TooSlow(_)));
}

#[tokio::test]
async fn gives_up_a_blob_below_the_least_rate() {
    let bytes = some_bytes(100_000);
    let server = FakeServer::start(|_, stream| {
        respond_head(stream, 200, &[("content-length", "100000")]);
        trickle(stream);
    });
    // At this rate the whole blob takes no second, beside the time of one stall.
    let settings =
        RegistrySettings { stall_ms_max: 300, blob_bytes_per_second_min: 1 << 20, ..settings() };
    let client = Client::new(settings, Credentials::none());
    let slow = fetch(&client, &server, &bytes).await.unwrap_err();
    assert!(matches!(slow, RequestError::TooSlow(_)), "{slow}");
    assert_eq!(server.requests().len(), 1);
}

/// A registry that takes the bytes of an upload slowly, but never stalls.
fn take_slowly(mut stream: TcpStream) {
    let mut request = [0; 4_096];
    let count = stream.read(&mut request).unwrap_or(0);
    let request = String::from_utf8_lossy(&request[..count]).into_owned();
    let has_empty_config = request.contains(&Digest::of("{}").to_string());
    match request.split(' ').next() {
        Some("HEAD") if has_empty_config => respond_head(&mut stream, 200, &[]),
        Some("HEAD") => respond_head(&mut stream, 404, &[]),
        Some("POST") => respond(&mut stream, 202, &[("location", "/upload?x=y")], b""),
        _ => {
            let mut part = vec![0; 1 << 16];
            while stream.read(&mut part).is_ok_and(|count| count > 0) {
                sleep(Duration::from_millis(20));
            }
        }
    }
}

#[tokio::test]
async fn gives_up_an_upload_below_the_least_rate() {
    use tollgate_packages::registry::Overwrite;

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || take_slowly(stream.unwrap()));
        }
    });
    let settings = RegistrySettings {
        stall_ms_max: 100,
        response_ms_max: 3_000,
        blob_bytes_per_second_min: u64::MAX,
        ..settings()
    };
    let client = Client::new(settings, Credentials::none());
    let artefact = crate::artefact(&some_bytes(64 << 20));
    let repository = repository(&address);
    let pushed = crate::push(&client, &repository, "1.0.0", &artefact, Overwrite::Always).await;
    let slow = pushed.unwrap_err();
    assert!(matches!(slow.error, RequestError::TooSlow(_)), "{slow}");
}

#[tokio::test]
async fn retries_transient_errors() {
    let server = FakeServer::start(|asked, stream| match asked.earlier_requests {
        0 => respond(stream, 500, &[], b""),
        1 => respond(stream, 503, &[], b"maintenance"),
        2 => {}
        _ => respond(stream, 200, &[], br#"{"tags": ["1.0.0"]}"#),
    });
    assert_eq!(client().list_tags(&repository(&server.address)).await.unwrap().len(), 1);
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn reports_errors_that_persist() {
    let server = FakeServer::start(|_, stream| respond(stream, 502, &[], b"no upstream"));
    let error = client().list_tags(&repository(&server.address)).await.unwrap_err().to_string();
    assert!(error.contains("502 (no upstream)") && error.contains(&server.address), "{error}");
    assert_eq!(server.requests().len(), settings().attempts_max as usize);
}

#[tokio::test]
async fn waits_as_long_as_the_registry_asks() {
    let server = FakeServer::start(|asked, stream| match asked.earlier_requests {
        0 => respond(stream, 429, &[("retry-after", "1")], b""),
        _ => respond(stream, 200, &[], br#"{"tags": null}"#),
    });
    let begun = Instant::now();
    client().list_tags(&repository(&server.address)).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    let server =
        FakeServer::start(|_, stream| respond(stream, 429, &[("retry-after", "86400")], b""));
    let error = client().list_tags(&repository(&server.address)).await.unwrap_err().to_string();
    assert!(error.contains("asks to wait 86400 s"), "{error}");
    assert_eq!(server.requests().len(), 1, "a pause of a day is not made");
}

#[tokio::test]
async fn does_not_retry_permanent_errors() {
    for status in [400, 401, 403, 404, 405, 501] {
        let server = FakeServer::start(move |_, stream| respond(stream, status, &[], b""));
        let (client, repository) = (client(), repository(&server.address));
        let tag = "1.0.0".parse::<tollgate_packages::registry::Tag>().unwrap();
        assert!(client.pull_manifest(&repository, &tag.into()).await.is_err());
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn retries_an_interrupted_document() {
    let server = FakeServer::start(|asked, stream| match asked.earlier_requests {
        0 => send_half(stream, br#"{"tags": ["1.0.0"]}"#),
        _ => respond(stream, 200, &[], br#"{"tags": ["1.0.0"]}"#),
    });
    assert_eq!(client().list_tags(&repository(&server.address)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn reports_an_unreachable_registry() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap().to_string();
    drop(server);
    let refused = client().list_tags(&repository(&address)).await.unwrap_err();
    assert!(matches!(refused.error, RequestError::Unreachable(_)), "{refused}");
    assert!(refused.to_string().contains(&address), "{refused}");
}

/// The manifest is uploaded only after all blobs.
#[tokio::test]
async fn restarts_an_interrupted_upload() {
    use tollgate_packages::registry::Overwrite;
    let server =
        FakeServer::start(|asked, stream| match (asked.method.as_str(), asked.earlier_requests) {
            ("HEAD", _) => respond_head(stream, 404, &[]),
            ("POST", _) => {
                respond(stream, 202, &[("location", "/v2/acme/claims/blobs/uploads/1?x=y")], b"")
            }
            ("PUT", 2) => {}
            _ => respond(stream, 201, &[], b""),
        });
    let tag = "1.0.0".parse().unwrap();
    let artefact = crate::artefact(b"it");
    let repository = repository(&server.address);
    client().push(&repository, &tag, &artefact, Overwrite::Always, &mut |_| ()).await.unwrap();
    let requests = server.requests();
    let methods: Vec<_> = requests.iter().map(|asked| asked.method.as_str()).collect();
    assert_eq!(methods, ["HEAD", "POST", "PUT", "POST", "PUT", "HEAD", "POST", "PUT", "PUT"]);
    assert!(requests[4].path.contains("uploads/1?x=y&digest=sha256"), "{}", requests[4].path);
    assert_eq!(
        (requests[4].body.as_slice(), requests[7].body.as_slice()),
        (&b"{}"[..], &b"it"[..])
    );
    assert!(requests[8].path.ends_with("/manifests/1.0.0"));
}
