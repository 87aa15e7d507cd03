//! A client: what it may do with a registry is in the files beside this one.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use reqwest::header::HeaderValue;
use reqwest::{Url, redirect};
use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::sync::Mutex;

use super::authority::Access;
use super::credentials::Credentials;
use super::error::Problem;
use super::place::is_loopback;
use super::settings::Settings;

const AGENT: &str = concat!("tollgate/", env!("CARGO_PKG_VERSION"));

/// Is told how many bytes of a transfer are done: of a blob that is fetched, or of everything
/// that is pushed. The number falls where something has to be done again.
pub type Progress<'a> = dyn FnMut(u64) + Send + 'a;

/// Speaks to registries.
#[derive(Debug)]
pub struct Client {
    pub(super) settings: Settings,
    pub(super) credentials: Credentials,
    /// What registries have taken, by repository and by what it is for.
    pub(super) authorised: Mutex<HashMap<(String, Access), HeaderValue>>,
    /// Lists of referrers are read, changed and written: one after the other.
    pub(super) list: Mutex<()>,
    secure: OnceLock<reqwest::Client>,
    plain: OnceLock<reqwest::Client>,
    local: OnceLock<reqwest::Client>,
}

impl Client {
    /// One that is known by these credentials. Nothing is connected to before it is needed.
    pub fn new(settings: Settings, credentials: Credentials) -> Self {
        Self {
            settings,
            credentials,
            authorised: Mutex::default(),
            list: Mutex::default(),
            secure: OnceLock::new(),
            plain: OnceLock::new(),
            local: OnceLock::new(),
        }
    }

    /// What speaks to this address. Without TLS no certificates are needed, which a small machine
    /// does not have; what is on this machine is behind no proxy.
    pub(super) fn connection(&self, url: &Url) -> Result<&reqwest::Client, Problem> {
        let kept = match (url.scheme(), is_loopback(url)) {
            ("https", _) => &self.secure,
            (_, true) => &self.local,
            (_, false) => &self.plain,
        };
        if let Some(client) = kept.get() {
            return Ok(client);
        }
        let tls = if url.scheme() == "https" { trusting()? } else { trusting_none()? };
        let builder = self.builder(tls);
        let is_local = url.scheme() == "http" && is_loopback(url);
        let builder = if is_local { builder.no_proxy() } else { builder };
        let client = builder.build().map_err(|error| Problem::Client(error.to_string()))?;
        Ok(kept.get_or_init(|| client))
    }

    fn builder(&self, tls: ClientConfig) -> reqwest::ClientBuilder {
        reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(AGENT)
            .connect_timeout(self.settings.connect())
            // Where they lead, and what may go there, is looked at here.
            .redirect(redirect::Policy::none())
            // Trying again is done here too.
            .retry(reqwest::retry::never())
    }
}

/// TLS with the certificates of this machine, or those that `SSL_CERT_FILE` names.
fn trusting() -> Result<ClientConfig, Problem> {
    let failed = |error: rustls::Error| Problem::Client(error.to_string());
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    Ok(builder.with_platform_verifier().map_err(failed)?.with_no_client_auth())
}

/// TLS that trusts nobody, for what speaks none.
fn trusting_none() -> Result<ClientConfig, Problem> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Problem::Client(error.to_string()))?;
    Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}
