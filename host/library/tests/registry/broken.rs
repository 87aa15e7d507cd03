//! What breaks by itself: networks, and registries that are busy.

use std::io::Write;
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tollgate_library::registry::{Client, Credentials, Problem, Settings};

use crate::hostile::{Asked, Hostile, head, say};
use crate::{blob, client, content, file, repository, settings, some_bytes};

/// As long as any test could take.
const FOR_EVER: Duration = Duration::from_secs(600);

/// The whole, or what is wanted of it.
fn give(asked: &Asked, stream: &mut TcpStream, bytes: &[u8]) {
    let range = asked.header("range").and_then(|range| range.strip_prefix("bytes="));
    let Some(start) = range.map(|range| range.trim_end_matches('-').parse::<usize>().unwrap())
    else {
        return say(stream, 200, &[], bytes);
    };
    let range = format!("bytes {start}-{}/{}", bytes.len() - 1, bytes.len());
    say(stream, 206, &[("content-range", &range)], &bytes[start..]);
}

/// Half of it, as if all of it would come.
fn give_half(stream: &mut TcpStream, bytes: &[u8]) {
    head(stream, 200, &[("content-length", &bytes.len().to_string())]);
    stream.write_all(&bytes[..bytes.len() / 2]).ok();
}

fn hasty() -> Settings {
    Settings { stall_ms_max: 300, answer_ms_max: 300, ..settings() }
}

async fn fetch(client: &Client, server: &Hostile, bytes: &[u8]) -> Result<Vec<u64>, Problem> {
    let (mut to, mut came) = (file(), Vec::new());
    let repository = repository(&server.address);
    let fetched =
        client.fetch(&repository, &blob(bytes), &mut to, &mut |count| came.push(count)).await;
    fetched.map_err(|error| error.problem)?;
    assert!(content(&to) == bytes);
    Ok(came)
}

#[tokio::test]
async fn a_fetch_that_breaks_off_goes_on_from_there() {
    let bytes = some_bytes(200_000);
    let whole = bytes.clone();
    let server = Hostile::start(move |asked, stream| match asked.before {
        0 => give_half(stream, &whole),
        _ => give(asked, stream, &whole),
    });
    let came = fetch(&client(), &server, &bytes).await.unwrap();
    assert!(came.is_sorted(), "{came:?}");
    let asked = server.asked();
    assert_eq!((asked.len(), asked[0].header("range")), (2, None));
    assert_eq!(asked[1].header("range"), Some("bytes=100000-"));
}

#[tokio::test]
async fn a_registry_that_cannot_go_on_starts_again() {
    let bytes = some_bytes(200_000);
    for status in [200, 206, 416] {
        let whole = bytes.clone();
        let server = Hostile::start(move |asked, stream| match (asked.before, status) {
            (0, _) => give_half(stream, &whole),
            (1, 206) => say(stream, 206, &[("content-range", "bytes 5-9/200000")], b"wrong"),
            (1, 416) => say(stream, 416, &[], b""),
            _ => say(stream, 200, &[], &whole),
        });
        let came = fetch(&client(), &server, &bytes).await.unwrap();
        assert!(!came.is_sorted(), "it starts again, and says so: {came:?}");
    }
}

#[tokio::test]
async fn a_fetch_that_stalls_goes_on_from_there() {
    let bytes = some_bytes(200_000);
    let whole = bytes.clone();
    let server = Hostile::start(move |asked, stream| match asked.header("range") {
        None => {
            give_half(stream, &whole);
            sleep(FOR_EVER);
        }
        Some(_) => give(asked, stream, &whole),
    });
    fetch(&Client::new(hasty(), Credentials::none()), &server, &bytes).await.unwrap();
    assert_eq!(server.asked().last().unwrap().header("range"), Some("bytes=100000-"));
}

#[tokio::test]
async fn one_that_always_stalls_is_told_of() {
    let server = Hostile::start(|_, stream| {
        head(stream, 200, &[("content-length", "100")]);
        sleep(FOR_EVER);
    });
    let client = Client::new(hasty(), Credentials::none());
    let stalled = fetch(&client, &server, &some_bytes(100)).await.unwrap_err();
    assert!(matches!(stalled, Problem::Stalled(_)), "{stalled}");
    assert_eq!(server.asked().len(), settings().tries_max as usize);
    let silent = Hostile::start(|_, _| sleep(FOR_EVER));
    let stalled = client.tags(&repository(&silent.address)).await.unwrap_err();
    assert!(matches!(stalled.problem, Problem::Stalled(_)), "{stalled}");
}

#[tokio::test]
async fn what_fails_three_times_works_the_fourth_time() {
    let server = Hostile::start(|asked, stream| match asked.before {
        0 => say(stream, 500, &[], b""),
        1 => say(stream, 503, &[], b"maintenance"),
        2 => {}
        _ => say(stream, 200, &[], br#"{"tags": ["1.0.0"]}"#),
    });
    assert_eq!(client().tags(&repository(&server.address)).await.unwrap().len(), 1);
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test]
async fn what_always_fails_is_told_of() {
    let server = Hostile::start(|_, stream| say(stream, 502, &[], b"no upstream"));
    let told = client().tags(&repository(&server.address)).await.unwrap_err().to_string();
    assert!(told.contains("502 (no upstream)") && told.contains(&server.address), "{told}");
    assert_eq!(server.asked().len(), settings().tries_max as usize);
}

#[tokio::test]
async fn a_pause_that_is_asked_for_is_made() {
    let server = Hostile::start(|asked, stream| match asked.before {
        0 => say(stream, 429, &[("retry-after", "1")], b""),
        _ => say(stream, 200, &[], br#"{"tags": null}"#),
    });
    let begun = Instant::now();
    client().tags(&repository(&server.address)).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    let server = Hostile::start(|_, stream| say(stream, 429, &[("retry-after", "86400")], b""));
    let told = client().tags(&repository(&server.address)).await.unwrap_err().to_string();
    assert!(told.contains("86400 s of patience"), "{told}");
    assert_eq!(server.asked().len(), 1, "nobody waits for a day");
}

#[tokio::test]
async fn what_will_not_go_better_is_not_tried_again() {
    for status in [400, 401, 403, 404, 405, 501] {
        let server = Hostile::start(move |_, stream| say(stream, status, &[], b""));
        let (client, repository) = (client(), repository(&server.address));
        let tag = "1.0.0".parse::<tollgate_library::registry::Tag>().unwrap();
        assert!(client.manifest(&repository, &tag.into()).await.is_err());
        assert_eq!(server.asked().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_manifest_that_breaks_off_is_asked_for_again() {
    let server = Hostile::start(|asked, stream| match asked.before {
        0 => give_half(stream, br#"{"tags": ["1.0.0"]}"#),
        _ => say(stream, 200, &[], br#"{"tags": ["1.0.0"]}"#),
    });
    assert_eq!(client().tags(&repository(&server.address)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_answers_where_nobody_is() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap().to_string();
    drop(server);
    let refused = client().tags(&repository(&address)).await.unwrap_err();
    assert!(matches!(refused.problem, Problem::Unreachable(_)), "{refused}");
    assert!(refused.to_string().contains(&address), "{refused}");
}

/// An upload that breaks off is begun again, and only then is there a manifest.
#[tokio::test]
async fn an_upload_that_breaks_off_is_begun_again() {
    use tollgate_library::registry::Overwrite;
    let server = Hostile::start(|asked, stream| match (asked.method.as_str(), asked.before) {
        ("HEAD", _) => head(stream, 404, &[]),
        ("POST", _) => {
            say(stream, 202, &[("location", "/v2/acme/claims/blobs/uploads/1?x=y")], b"")
        }
        ("PUT", 2) => {}
        _ => say(stream, 201, &[], b""),
    });
    let tag = "1.0.0".parse().unwrap();
    let artefact = crate::artefact(b"it");
    let repository = repository(&server.address);
    client().push(&repository, &tag, &artefact, Overwrite::Always, &mut |_| ()).await.unwrap();
    let asked = server.asked();
    let methods: Vec<_> = asked.iter().map(|asked| asked.method.as_str()).collect();
    assert_eq!(methods, ["HEAD", "POST", "PUT", "POST", "PUT", "HEAD", "POST", "PUT", "PUT"]);
    assert!(asked[4].path.contains("uploads/1?x=y&digest=sha256"), "{}", asked[4].path);
    assert_eq!((asked[4].body.as_slice(), asked[7].body.as_slice()), (&b"{}"[..], &b"it"[..]));
    assert!(asked[8].path.ends_with("/manifests/1.0.0"));
}
