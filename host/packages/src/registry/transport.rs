//! Single requests and their responses: credentials, redirects and timeouts.

use std::future::{Future, pending};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode, Url};
use tokio::sync::watch;

use super::artefact::Blob;
use super::auth::RepositoryAccess;
use super::client::Client;
use super::error::RequestError;
use super::location::is_loopback;
use super::remote_message::{RemoteMessage, sanitise};
use super::repository::Repository;
use super::retry::RetryState;

/// Number of bytes read of an error response.
const ERROR_BYTES_MAX: usize = 1 << 16;

/// A request to a registry.
pub(super) struct RegistryRequest<'a> {
    pub repository: &'a Repository,
    pub access: RepositoryAccess,
    pub method: Method,
    pub url: Url,
    pub headers: Vec<(HeaderName, String)>,
    pub body: RequestBody<'a>,
}

/// Body of a request. A blob reports the number of bytes sent.
#[derive(Clone)]
pub(super) enum RequestBody<'a> {
    Empty,
    Bytes(Bytes),
    Blob(&'a Blob, watch::Sender<u64>),
}

/// A short response that was read completely.
pub(super) struct RegistryResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl<'a> RegistryRequest<'a> {
    pub fn get(repository: &'a Repository, url: Url) -> Self {
        Self::new(repository, RepositoryAccess::Pull, Method::GET, url)
    }

    pub fn new(
        repository: &'a Repository,
        access: RepositoryAccess,
        method: Method,
        url: Url,
    ) -> Self {
        Self { repository, access, method, url, headers: Vec::new(), body: RequestBody::Empty }
    }

    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn body(mut self, body: RequestBody<'a>) -> Self {
        self.body = body;
        self
    }
}

impl RegistryResponse {
    /// Returns the response if it has one of these statuses, or an error.
    pub fn expect_status(self, expected: &[StatusCode]) -> Result<Self, RequestError> {
        if expected.contains(&self.status) {
            return Ok(self);
        }
        Err(RequestError::from_response(self.status, &self.body))
    }

    /// Returns a header if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the address in the `Location` header, relative to the requested one.
    pub fn location(&self, asked: &Url) -> Option<Url> {
        asked.join(self.header(LOCATION.as_str())?).ok()
    }
}

impl Client {
    /// Sends a request and reads a short response. Retries transient errors.
    pub(super) async fn send_with_retries(
        &self,
        request: &RegistryRequest<'_>,
    ) -> Result<RegistryResponse, RequestError> {
        let mut retry = RetryState::new(&self.settings);
        loop {
            match self.send_once(request).await {
                Err(error) => retry.wait_or_fail(error).await?,
                result => return result,
            }
        }
    }

    pub(super) async fn send_once(
        &self,
        request: &RegistryRequest<'_>,
    ) -> Result<RegistryResponse, RequestError> {
        let response = self.open_response(request).await?;
        self.read_response(response).await
    }

    /// Sends a request and returns the response as soon as it starts. Authenticates once if the
    /// registry demands it.
    pub(super) async fn open_response(
        &self,
        request: &RegistryRequest<'_>,
    ) -> Result<Response, RequestError> {
        let cached = self.cached_authorisation(request).await;
        let response = self.follow_redirects(request, cached.as_ref()).await?;
        let is_refused = response.status() == StatusCode::UNAUTHORIZED
            && request.repository.location().is_same_origin(response.url());
        if !is_refused {
            return self.reject_busy(response).await;
        }
        let refusal = self.read_response(response).await?;
        let authorisation = self.authorise(request, &refusal).await?;
        let response = self.follow_redirects(request, Some(&authorisation.header)).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            self.cache_authorisation(request, authorisation.header).await;
            return self.reject_busy(response).await;
        }
        let refusal = self.read_response(response).await?;
        Err(authorisation.rejection(request, RemoteMessage::new(refusal.status, &refusal.body)))
    }

    /// Sends a request and follows redirects as far as they are allowed.
    async fn follow_redirects(
        &self,
        request: &RegistryRequest<'_>,
        authorisation: Option<&HeaderValue>,
    ) -> Result<Response, RequestError> {
        let mut url = request.url.clone();
        for _ in 0..=self.settings.redirects_max {
            let response = self.send(request, &url, authorisation).await?;
            match redirect_target(request, &url, &response)? {
                Some(next) => url = next,
                None => return Ok(response),
            }
        }
        Err(redirect_error(&url, "there were too many redirects"))
    }

    async fn send(
        &self,
        request: &RegistryRequest<'_>,
        url: &Url,
        authorisation: Option<&HeaderValue>,
    ) -> Result<Response, RequestError> {
        let location = request.repository.location();
        let mut builder = self.http_client(url)?.request(request.method.clone(), url.clone());
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        // Send credentials to the registry only, never to a redirect target.
        if let Some(value) =
            authorisation.filter(|_| location.is_same_origin(url) && location.is_confidential())
        {
            builder = builder.header(AUTHORIZATION, value);
        }
        let mut sent = None;
        let mut upload_timeout = Duration::MAX;
        match &request.body {
            RequestBody::Empty if request.method == Method::POST => {
                builder = builder.body(Bytes::new())
            }
            RequestBody::Empty => {}
            RequestBody::Bytes(bytes) => builder = builder.body(bytes.clone()),
            RequestBody::Blob(blob, sender) => {
                sent = Some(sender.subscribe());
                let transfer = self.settings.blob_timeout(blob.descriptor().size);
                upload_timeout = self.settings.response_timeout().saturating_add(transfer);
                let body = blob.body(sender.clone()).map_err(RequestError::File)?;
                builder = builder.body(reqwest::Body::wrap(body));
            }
        }
        within(upload_timeout, self.await_response(builder.send(), sent)).await
    }

    /// Waits until a response starts. The time limit starts again whenever part of the body is
    /// sent.
    pub(super) async fn await_response(
        &self,
        sending: impl Future<Output = reqwest::Result<Response>>,
        mut sent: Option<watch::Receiver<u64>>,
    ) -> Result<Response, RequestError> {
        let mut sending = std::pin::pin!(sending);
        loop {
            tokio::select! {
                response = &mut sending => return response.map_err(RequestError::from_transport),
                () = upload_progress(&mut sent) => {}
                () = tokio::time::sleep(self.settings.response_timeout()) => {
                    return Err(RequestError::Stalled(self.settings.response_timeout()));
                }
            }
        }
    }

    /// Returns the next chunk of a body, or `None` at its end.
    pub(super) async fn next_chunk(
        &self,
        response: &mut Response,
    ) -> Result<Option<Bytes>, RequestError> {
        let stalled = |_| RequestError::Stalled(self.settings.stall_timeout());
        let chunk = tokio::time::timeout(self.settings.stall_timeout(), response.chunk()).await;
        chunk.map_err(stalled)?.map_err(RequestError::from_transport)
    }

    /// Reads a whole response. An error response is cut at its limit; any other response above the
    /// limit is refused, and so is one that takes too long.
    pub(super) async fn read_response(
        &self,
        response: Response,
    ) -> Result<RegistryResponse, RequestError> {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = within(self.settings.document_timeout(), self.read_body(response)).await?;
        Ok(RegistryResponse { status, headers, body })
    }

    async fn read_body(&self, mut response: Response) -> Result<Bytes, RequestError> {
        let status = response.status();
        let max = match status.is_success() {
            true => self.settings.document_bytes_max,
            false => ERROR_BYTES_MAX,
        };
        let mut body = BytesMut::new();
        while let Some(chunk) = self.next_chunk(&mut response).await? {
            body.extend_from_slice(&chunk);
            if body.len() > max && status.is_success() {
                return Err(RequestError::DocumentTooLarge(max));
            }
            if body.len() > max {
                body.truncate(max);
                break;
            }
        }
        Ok(body.freeze())
    }

    /// Returns the response, or `Busy` on 429 and 5xx.
    pub(super) async fn reject_busy(&self, response: Response) -> Result<Response, RequestError> {
        let status = response.status();
        let is_busy = status == StatusCode::TOO_MANY_REQUESTS
            || (status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED);
        if !is_busy {
            return Ok(response);
        }
        let retry_after = response.headers().get(RETRY_AFTER).and_then(parse_retry_after);
        let RegistryResponse { body, .. } = self.read_response(response).await?;
        Err(RequestError::Busy { message: RemoteMessage::new(status, &body), retry_after })
    }
}

/// Waits for a transfer as a whole, however it is split into parts.
pub(super) async fn within<T>(
    limit: Duration,
    transfer: impl Future<Output = Result<T, RequestError>>,
) -> Result<T, RequestError> {
    let done = tokio::time::timeout(limit, transfer).await;
    done.unwrap_or(Err(RequestError::TooSlow(limit)))
}

async fn upload_progress(sent: &mut Option<watch::Receiver<u64>>) {
    if let Some(receiver) = sent
        && receiver.changed().await.is_ok()
    {
        return;
    }
    pending().await
}

/// Parses `Retry-After` in seconds. Dates are ignored, because clocks differ.
fn parse_retry_after(value: &HeaderValue) -> Option<Duration> {
    value.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// Returns the address that a response redirects to, if it does.
fn redirect_target(
    request: &RegistryRequest<'_>,
    url: &Url,
    response: &Response,
) -> Result<Option<Url>, RequestError> {
    if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED {
        return Ok(None);
    }
    let Some(location) = response.headers().get(LOCATION) else { return Ok(None) };
    let next = location.to_str().ok().and_then(|location| url.join(location).ok());
    let Some(next) = next else {
        let to = sanitise(&String::from_utf8_lossy(location.as_bytes()));
        return Err(RequestError::ForbiddenRedirect { to, reason: "the address is invalid" });
    };
    if request.method != Method::GET && request.method != Method::HEAD {
        return Err(redirect_error(&next, "uploads are not redirected"));
    }
    check_redirect(url, &next)?;
    Ok(Some(next))
}

/// Checks that a registry may refer from one address to another.
pub(super) fn check_redirect(from: &Url, to: &Url) -> Result<(), RequestError> {
    match (from.scheme(), to.scheme()) {
        // A remote registry must not reach services on this machine through this client.
        _ if is_loopback(to) && !is_loopback(from) => {
            Err(redirect_error(to, "the address is on this machine"))
        }
        ("https", "https") | ("http", "http" | "https") => Ok(()),
        ("https", "http") => Err(redirect_error(to, "plain HTTP is not used after TLS")),
        _ => Err(redirect_error(to, "the address is not a web address")),
    }
}

/// Names only the scheme and host, because the rest of a storage address may contain a signature
/// that grants access.
fn redirect_error(to: &Url, reason: &'static str) -> RequestError {
    let host = to.host_str().unwrap_or("?");
    RequestError::ForbiddenRedirect { to: sanitise(&format!("{}://{host}", to.scheme())), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_redirects_to_less_protected_addresses() {
        let go = |from: &str, to: &str| {
            check_redirect(&from.parse().unwrap(), &to.parse().unwrap()).is_ok()
        };
        assert!(go("https://ghcr.io/v2/", "https://storage.example/x?signature=1"));
        assert!(go("http://localhost:5000/", "http://127.0.0.1:6000/"));
        assert!(go("http://10.0.0.1:5000/", "http://10.0.0.2/"));
        assert!(go("http://10.0.0.1:5000/", "https://storage.example/"));
        for to in ["http://ghcr.io/", "https://localhost/", "https://[::1]/", "file:///etc/passwd"]
        {
            assert!(!go("https://ghcr.io/v2/", to), "{to}");
        }
        assert!(!go("http://10.0.0.1:5000/", "http://127.0.0.1/"));
        let error =
            redirect_error(&"https://s.example/x?key=sesame".parse().unwrap(), "why").to_string();
        assert!(error.contains("https://s.example") && !error.contains("sesame"), "{error}");
    }

    #[test]
    fn reads_retry_after_in_seconds() {
        let read = |text: &'static str| parse_retry_after(&HeaderValue::from_static(text));
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        for text in ["", "-1", "1.5", "Fri, 31 Dec 1999 23:59:59 GMT", "99999999999999999999999"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
