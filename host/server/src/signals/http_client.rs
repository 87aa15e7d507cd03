//! The client for requests that the server itself makes: to a webhook, and to a collector of signals.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Url, redirect};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

const USER_AGENT: &str = concat!("tollgate/", env!("CARGO_PKG_VERSION"));

/// Time to connect. A machine that takes longer is gone.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);

/// Time from the beginning of a request to the end of its answer. Both are small.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(15);

/// The reason why no request can be made.
#[derive(Debug, thiserror::Error)]
pub enum HttpClientError {
    #[error("TLS cannot be set up on this machine")]
    Tls(#[from] rustls::Error),
    #[error("no client for HTTP can be made")]
    Client(#[from] reqwest::Error),
}

/// Makes a client for requests to an address. It follows no redirect, because what it sends is for this address only.
pub(super) fn new_http_client(url: &Url) -> Result<reqwest::Client, HttpClientError> {
    // Plain HTTP needs no certificates, which a minimal system may lack.
    let tls = if url.scheme() == "https" { platform_tls()? } else { untrusting_tls()? };
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT_TIME_MAX)
        .timeout(REQUEST_TIME_MAX)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never());
    // No proxy reaches this machine.
    let builder = if is_loopback(url) { builder.no_proxy() } else { builder };
    Ok(builder.build()?)
}

/// Returns whether an address is on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn platform_tls() -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?;
    Ok(builder.with_platform_verifier()?.with_no_client_auth())
}

fn untrusting_tls() -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_this_machine_from_others() {
        let is_local = |url: &str| is_loopback(&url.parse().unwrap());
        for url in
            ["http://localhost:1/", "http://127.0.0.1", "http://127.9.9.9/x", "http://[::1]:9/"]
        {
            assert!(is_local(url), "{url}");
        }
        for url in
            ["http://localhost.example/", "http://10.0.0.1/", "http://[::2]/", "https://a.example/"]
        {
            assert!(!is_local(url), "{url}");
        }
    }
}
