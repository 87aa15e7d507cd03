//! One request and its answer: credentials, where an answer sends on to, and how long it takes.

use std::future::{Future, pending};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode, Url};
use tokio::sync::watch;

use super::artefact::Blob;
use super::authority::Access;
use super::client::Client;
use super::error::Problem;
use super::patience::Patience;
use super::place::is_loopback;
use super::repository::Repository;
use super::said::{Said, harmless};

/// Of an answer that says what is wrong, more is not read.
const REFUSAL_BYTES_MAX: usize = 1 << 16;

/// What is asked of a registry.
pub(super) struct Request<'a> {
    pub repository: &'a Repository,
    pub access: Access,
    pub method: Method,
    pub url: Url,
    pub headers: Vec<(HeaderName, String)>,
    pub body: Body<'a>,
}

/// What is sent along.
#[derive(Clone)]
pub(super) enum Body<'a> {
    Nothing,
    Bytes(Bytes),
    Blob(&'a Blob, watch::Sender<u64>),
}

/// A short answer as a whole.
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl<'a> Request<'a> {
    pub fn get(repository: &'a Repository, url: Url) -> Self {
        Self::new(repository, Access::Pull, Method::GET, url)
    }

    pub fn new(repository: &'a Repository, access: Access, method: Method, url: Url) -> Self {
        Self { repository, access, method, url, headers: Vec::new(), body: Body::Nothing }
    }

    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn body(mut self, body: Body<'a>) -> Self {
        self.body = body;
        self
    }
}

impl Answer {
    /// The answer, where it is one of these.
    pub fn one_of(self, expected: &[StatusCode]) -> Result<Self, Problem> {
        if expected.contains(&self.status) {
            return Ok(self);
        }
        Err(Problem::of_answer(self.status, &self.body))
    }

    /// A header that can be read.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Where it sends to, seen from what was asked for.
    pub fn location(&self, asked: &Url) -> Option<Url> {
        asked.join(self.header(LOCATION.as_str())?).ok()
    }
}

impl Client {
    /// A short answer, after a few tries where it needs them.
    pub(super) async fn ask(&self, request: &Request<'_>) -> Result<Answer, Problem> {
        let mut patience = Patience::new(&self.settings);
        loop {
            match self.ask_once(request).await {
                Err(problem) => patience.again(problem).await?,
                answer => return answer,
            }
        }
    }

    pub(super) async fn ask_once(&self, request: &Request<'_>) -> Result<Answer, Problem> {
        let response = self.open(request).await?;
        self.whole(response).await
    }

    /// An answer that has begun. Whoever was not known is asked who it is, once.
    pub(super) async fn open(&self, request: &Request<'_>) -> Result<Response, Problem> {
        let known = self.known(request).await;
        let response = self.follow(request, known.as_ref()).await?;
        let is_refused = response.status() == StatusCode::UNAUTHORIZED
            && request.repository.place().is_at(response.url());
        if !is_refused {
            return self.usable(response).await;
        }
        let refusal = self.whole(response).await?;
        let authorised = self.authorise(request, &refusal).await?;
        let response = self.follow(request, Some(&authorised.header)).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            self.remember(request, authorised.header).await;
            return self.usable(response).await;
        }
        let refusal = self.whole(response).await?;
        Err(authorised.refused(request, Said::new(refusal.status, &refusal.body)))
    }

    /// Goes where an answer sends on to, as far as that is allowed.
    async fn follow(
        &self,
        request: &Request<'_>,
        authorisation: Option<&HeaderValue>,
    ) -> Result<Response, Problem> {
        let mut url = request.url.clone();
        for _ in 0..=self.settings.redirects_max {
            let response = self.send(request, &url, authorisation).await?;
            match elsewhere(request, &url, &response)? {
                Some(next) => url = next,
                None => return Ok(response),
            }
        }
        Err(redirect(&url, "and so on, more often than anybody needs"))
    }

    async fn send(
        &self,
        request: &Request<'_>,
        url: &Url,
        authorisation: Option<&HeaderValue>,
    ) -> Result<Response, Problem> {
        let place = request.repository.place();
        let mut builder = self.connection(url)?.request(request.method.clone(), url.clone());
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        // Nobody but the registry itself gets what the registry knows us by.
        if let Some(value) = authorisation.filter(|_| place.is_at(url) && place.is_private()) {
            builder = builder.header(AUTHORIZATION, value);
        }
        let mut sent = None;
        match &request.body {
            Body::Nothing if request.method == Method::POST => builder = builder.body(Bytes::new()),
            Body::Nothing => {}
            Body::Bytes(bytes) => builder = builder.body(bytes.clone()),
            Body::Blob(blob, sender) => {
                sent = Some(sender.subscribe());
                let body = blob.body(sender.clone()).map_err(Problem::File)?;
                builder = builder.body(reqwest::Body::wrap(body));
            }
        }
        self.answer(builder.send(), sent).await
    }

    /// Waits for the beginning of an answer, as long as something is still sent.
    pub(super) async fn answer(
        &self,
        sending: impl Future<Output = reqwest::Result<Response>>,
        mut sent: Option<watch::Receiver<u64>>,
    ) -> Result<Response, Problem> {
        let mut sending = std::pin::pin!(sending);
        loop {
            tokio::select! {
                answer = &mut sending => return answer.map_err(Problem::of_transport),
                () = moved(&mut sent) => {}
                () = tokio::time::sleep(self.settings.answer()) => {
                    return Err(Problem::Stalled(self.settings.answer()));
                }
            }
        }
    }

    /// The next piece of an answer; nothing at its end.
    pub(super) async fn piece(&self, response: &mut Response) -> Result<Option<Bytes>, Problem> {
        let stalled = |_| Problem::Stalled(self.settings.stall());
        let piece = tokio::time::timeout(self.settings.stall(), response.chunk()).await;
        piece.map_err(stalled)?.map_err(Problem::of_transport)
    }

    /// An answer as a whole. One that says what is wrong is cut, another one is refused where it is
    /// too large.
    pub(super) async fn whole(&self, mut response: Response) -> Result<Answer, Problem> {
        let (status, headers) = (response.status(), response.headers().clone());
        let max = match status.is_success() {
            true => self.settings.document_bytes_max,
            false => REFUSAL_BYTES_MAX,
        };
        let mut body = BytesMut::new();
        while let Some(piece) = self.piece(&mut response).await? {
            body.extend_from_slice(&piece);
            if body.len() > max && status.is_success() {
                return Err(Problem::DocumentTooLarge(max));
            }
            if body.len() > max {
                body.truncate(max);
                break;
            }
        }
        Ok(Answer { status, headers, body: body.freeze() })
    }

    /// The answer, where it is not that there is none now.
    pub(super) async fn usable(&self, response: Response) -> Result<Response, Problem> {
        let status = response.status();
        let is_busy = status == StatusCode::TOO_MANY_REQUESTS
            || (status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED);
        if !is_busy {
            return Ok(response);
        }
        let pause = response.headers().get(RETRY_AFTER).and_then(seconds);
        let Answer { body, .. } = self.whole(response).await?;
        Err(Problem::Busy { said: Said::new(status, &body), pause })
    }
}

async fn moved(sent: &mut Option<watch::Receiver<u64>>) {
    if let Some(receiver) = sent
        && receiver.changed().await.is_ok()
    {
        return;
    }
    pending().await
}

/// A pause that is asked for. Those that name a time of the day are not: clocks differ.
fn seconds(value: &HeaderValue) -> Option<Duration> {
    value.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// Where an answer sends on to.
fn elsewhere(
    request: &Request<'_>,
    url: &Url,
    response: &Response,
) -> Result<Option<Url>, Problem> {
    if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED {
        return Ok(None);
    }
    let Some(location) = response.headers().get(LOCATION) else { return Ok(None) };
    let next = location.to_str().ok().and_then(|location| url.join(location).ok());
    let Some(next) = next else {
        let to = harmless(&String::from_utf8_lossy(location.as_bytes()));
        return Err(Problem::Redirect { to, reason: "which is no address" });
    };
    if request.method != Method::GET && request.method != Method::HEAD {
        return Err(redirect(&next, "and what is sent to it goes nowhere else"));
    }
    may_go(url, &next)?;
    Ok(Some(next))
}

/// Whether it is allowed to go on from one address to another.
pub(super) fn may_go(from: &Url, to: &Url) -> Result<(), Problem> {
    match (from.scheme(), to.scheme()) {
        // What is only for this machine is not for a registry elsewhere to ask for.
        _ if is_loopback(to) && !is_loopback(from) => Err(redirect(to, "which is this machine")),
        ("https", "https") | ("http", "http" | "https") => Ok(()),
        ("https", "http") => Err(redirect(to, "which is plain HTTP, and is not gone to from TLS")),
        _ => Err(redirect(to, "which is no address of a registry")),
    }
}

/// Only the host is told: the rest of an address of storage is as good as a key.
fn redirect(to: &Url, reason: &'static str) -> Problem {
    let host = to.host_str().unwrap_or("?");
    Problem::Redirect { to: harmless(&format!("{}://{host}", to.scheme())), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_where_more_is_heard_or_seen() {
        let go =
            |from: &str, to: &str| may_go(&from.parse().unwrap(), &to.parse().unwrap()).is_ok();
        assert!(go("https://ghcr.io/v2/", "https://storage.example/x?signature=1"));
        assert!(go("http://localhost:5000/", "http://127.0.0.1:6000/"));
        assert!(go("http://10.0.0.1:5000/", "http://10.0.0.2/"));
        assert!(go("http://10.0.0.1:5000/", "https://storage.example/"));
        for to in ["http://ghcr.io/", "https://localhost/", "https://[::1]/", "file:///etc/passwd"]
        {
            assert!(!go("https://ghcr.io/v2/", to), "{to}");
        }
        assert!(!go("http://10.0.0.1:5000/", "http://127.0.0.1/"));
        let told =
            redirect(&"https://s.example/x?key=sesame".parse().unwrap(), "which").to_string();
        assert!(told.contains("https://s.example") && !told.contains("sesame"), "{told}");
    }

    #[test]
    fn pauses_are_asked_for_in_seconds() {
        let read = |text: &'static str| seconds(&HeaderValue::from_static(text));
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        for text in ["", "-1", "1.5", "Fri, 31 Dec 1999 23:59:59 GMT", "99999999999999999999999"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
