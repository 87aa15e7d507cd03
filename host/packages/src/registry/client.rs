//! The registry client. Its operations are implemented in the modules beside this one.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use reqwest::header::HeaderValue;
use reqwest::{Url, redirect};
use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::sync::Mutex;

use super::auth::RepositoryAccess;
use super::credentials::Credentials;
use super::error::RequestError;
use super::location::is_loopback;
use super::settings::RegistrySettings;

const USER_AGENT: &str = concat!("tollgate/", env!("CARGO_PKG_VERSION"));

/// Callback with the number of bytes transferred so far: of the blob that is fetched, or of all
/// blobs that are pushed. The number falls when a part is transferred again.
pub type ProgressCallback<'a> = dyn FnMut(u64) + Send + 'a;

/// A client for OCI registries.
#[derive(Debug)]
pub struct Client {
    pub(super) settings: RegistrySettings,
    pub(super) credentials: Credentials,
    /// Accepted authorisations by repository and operation.
    pub(super) authorisations: Mutex<HashMap<(String, RepositoryAccess), HeaderValue>>,
    /// Held while a list of referrers is read, changed and written by this process.
    pub(super) referrer_list_lock: Mutex<()>,
    tls_client: OnceLock<reqwest::Client>,
    plain_client: OnceLock<reqwest::Client>,
    loopback_client: OnceLock<reqwest::Client>,
}

impl Client {
    /// Creates a client with these credentials. Connections are made when they are needed.
    pub fn new(settings: RegistrySettings, credentials: Credentials) -> Self {
        Self {
            settings,
            credentials,
            authorisations: Mutex::default(),
            referrer_list_lock: Mutex::default(),
            tls_client: OnceLock::new(),
            plain_client: OnceLock::new(),
            loopback_client: OnceLock::new(),
        }
    }

    /// Returns the HTTP client for an address. Plain HTTP needs no certificates, which a minimal
    /// system may lack; addresses on this machine bypass the proxy.
    pub(super) fn http_client(&self, url: &Url) -> Result<&reqwest::Client, RequestError> {
        let kept = match (url.scheme(), is_loopback(url)) {
            ("https", _) => &self.tls_client,
            (_, true) => &self.loopback_client,
            (_, false) => &self.plain_client,
        };
        if let Some(client) = kept.get() {
            return Ok(client);
        }
        let tls = if url.scheme() == "https" { platform_tls()? } else { untrusting_tls()? };
        let builder = self.client_builder(tls);
        let is_local = url.scheme() == "http" && is_loopback(url);
        let builder = if is_local { builder.no_proxy() } else { builder };
        let client = builder.build().map_err(|error| RequestError::TlsSetup(error.to_string()))?;
        Ok(kept.get_or_init(|| client))
    }

    fn client_builder(&self, tls: ClientConfig) -> reqwest::ClientBuilder {
        reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(USER_AGENT)
            .connect_timeout(self.settings.connect_timeout())
            // Redirects are checked and followed in `transport`.
            .redirect(redirect::Policy::none())
            // Retries are made in `retry`.
            .retry(reqwest::retry::never())
    }
}

/// Returns TLS settings that trust the certificates of this machine, or those in `SSL_CERT_FILE`.
fn platform_tls() -> Result<ClientConfig, RequestError> {
    let failed = |error: rustls::Error| RequestError::TlsSetup(error.to_string());
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    Ok(builder.with_platform_verifier().map_err(failed)?.with_no_client_auth())
}

/// Returns TLS settings that trust nobody, for clients of plain HTTP.
fn untrusting_tls() -> Result<ClientConfig, RequestError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| RequestError::TlsSetup(error.to_string()))?;
    Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}
