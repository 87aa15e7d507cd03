//! Locations of packages in registries: `HOST[:PORT]/PREFIX…`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::repository::{Repository, TAG_BYTES_MAX};

/// Limit for host and repository name together, because some registries cut off longer names.
const NAME_BYTES_MAX: usize = 255;
/// Docker Hub's usual name, and the host of its registry.
const DOCKER_HUB: &str = "docker.io";
const DOCKER_HUB_REGISTRY: &str = "registry-1.docker.io";

/// A registry's host and the prefix of the repositories in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryLocation {
    host: String,
    prefix: String,
    /// Scheme, host and port. Paths are appended.
    base_url: Url,
}

/// Reason why a text is not the name of a registry, a repository or a tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistryNameError {
    #[error("`{0}` has a scheme: remove everything up to `://`")]
    HasScheme(String),
    #[error(
        "`{0}` does not start with a host: write `HOST/PREFIX` or `HOST:PORT/PREFIX` with the host's \
         full name, e.g. `ghcr.io/acme`"
    )]
    InvalidHost(String),
    #[error(
        "`{0}` is not a repository name: use lower-case letters and digits, separated by `.`, `_`, \
         `__` or hyphens, in parts separated by `/`"
    )]
    InvalidRepository(String),
    #[error("`{0}` is too long: host and name may have {NAME_BYTES_MAX} characters together")]
    TooLong(String),
    #[error(
        "`{0}` is not a tag: use at most {TAG_BYTES_MAX} letters, digits, `_`, `.` and `-`, and do not \
         start with `.` or `-`"
    )]
    InvalidTag(String),
}

impl RegistryLocation {
    /// Returns the same location without TLS. Anybody on the network can read and change what is
    /// transferred, so no credentials are sent there.
    pub fn with_plain_http(mut self) -> Self {
        use_plain_http(&self.host, &mut self.base_url);
        self
    }

    /// Returns host and port as they were written.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns whether the registry is on this machine, so that no network is involved.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.base_url)
    }

    /// Returns the repository of the package at `path` under this location.
    pub fn repository(&self, path: &str) -> Result<Repository, RegistryNameError> {
        let name = match self.prefix.as_str() {
            "" => path.to_owned(),
            prefix => format!("{prefix}/{path}"),
        };
        check_name(&self.host, &name)?;
        Ok(Repository::new(self.clone(), name))
    }

    /// Returns the address of an absolute path at the registry.
    pub(super) fn url(&self, path: &str) -> Url {
        let mut url = self.base_url.clone();
        url.set_path(path);
        url
    }

    /// Returns whether an address belongs to the registry itself, so that credentials may be sent.
    pub(super) fn is_same_origin(&self, url: &Url) -> bool {
        self.base_url.origin() == url.origin()
    }

    /// Returns whether a token server may receive the registry's credentials: on the same host, or in
    /// the same domain, which is the host without its first part. So `auth.docker.io` may for
    /// `registry-1.docker.io`, and `gitlab.com` for `registry.gitlab.com`.
    pub(super) fn shares_domain(&self, token_server: &Url) -> bool {
        if self.base_url.host_str() == token_server.host_str() {
            return true;
        }
        // Addresses have no domain. A single part, such as `io`, belongs to everybody.
        let domain = self.base_url.domain().and_then(|own| own.split_once('.'));
        let Some((_, domain)) = domain.filter(|(_, domain)| domain.contains('.')) else {
            return false;
        };
        let rest = token_server.domain().and_then(|other| other.strip_suffix(domain));
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// Returns whether nobody else can read what is sent there: by TLS, or on this machine.
    pub(super) fn is_confidential(&self) -> bool {
        is_confidential(&self.base_url)
    }
}

impl FromStr for RegistryLocation {
    type Err = RegistryNameError;

    fn from_str(text: &str) -> Result<Self, RegistryNameError> {
        if text.contains("://") {
            return Err(RegistryNameError::HasScheme(text.into()));
        }
        let text = text.strip_suffix('/').unwrap_or(text);
        let (host, prefix) = text.split_once('/').unwrap_or((text, ""));
        let host = host.to_ascii_lowercase();
        let root = parse_host(&host).ok_or_else(|| RegistryNameError::InvalidHost(text.into()))?;
        if text.contains('/') {
            check_name(&host, prefix)?;
        }
        Ok(Self { host, prefix: prefix.into(), base_url: root })
    }
}

/// Returns the base address if the text is a host. A word without a dot is part of a name instead.
fn parse_host(host: &str) -> Option<Url> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    let is_host = host.contains(['.', ':']) || host == "localhost";
    let is_label = |label: &str| !label.is_empty() && !label.starts_with('-');
    let are_labels = host.starts_with('[') || host.split('.').all(is_label);
    let is_short = host.len() <= NAME_BYTES_MAX;
    if !is_host || !is_short || !are_labels || !host.chars().all(allowed) {
        return None;
    }
    let answers = if host == DOCKER_HUB { DOCKER_HUB_REGISTRY } else { host };
    let mut url = Url::parse(&format!("https://{answers}/")).ok()?;
    let read = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str()?),
        None => url.host_str()?.to_owned(),
    };
    // `Url` accepts several spellings of an address, such as `127.1`; only the usual one is
    // allowed.
    let written = answers.strip_suffix(":443").unwrap_or(answers);
    if read != written || url.port() == Some(0) {
        return None;
    }
    if is_loopback(&url) {
        use_plain_http(host, &mut url);
    }
    Some(url)
}

/// Switches an address to plain HTTP. Port 443 is the default only with TLS, so it becomes
/// explicit.
fn use_plain_http(host: &str, url: &mut Url) {
    let port = if host.ends_with(":443") { Some(443) } else { url.port() };
    // These fail only for addresses without a host, which were refused before.
    let _ = url.set_scheme("http");
    let _ = url.set_port(port);
}

pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse();
    host == "localhost" || address.is_ok_and(|address: IpAddr| address.is_loopback())
}

/// Returns whether nobody else can read what is sent to this address.
pub(super) fn is_confidential(url: &Url) -> bool {
    url.scheme() == "https" || is_loopback(url)
}

fn check_name(host: &str, name: &str) -> Result<(), RegistryNameError> {
    if host.len() + 1 + name.len() > NAME_BYTES_MAX {
        return Err(RegistryNameError::TooLong(format!("{host}/{name}")));
    }
    if name.split('/').all(is_name_component) {
        Ok(())
    } else {
        Err(RegistryNameError::InvalidRepository(name.into()))
    }
}

/// Matches `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`, as the distribution specification requires.
fn is_name_component(part: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_separator =
        |text: &str| matches!(text, "." | "_" | "__") || text.chars().all(|c| c == '-');
    part.starts_with(is_word) && part.ends_with(is_word) && part.split(is_word).all(is_separator)
}

impl fmt::Display for RegistryLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefix.as_str() {
            "" => f.write_str(&self.host),
            prefix => write!(f, "{}/{prefix}", self.host),
        }
    }
}

impl Serialize for RegistryLocation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RegistryLocation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(place: &str) -> String {
        let place: RegistryLocation = place.parse().unwrap();
        place.repository("acme/claims").unwrap().url("tags/list").to_string()
    }

    #[test]
    fn builds_the_address_of_a_package() {
        let tail = "acme/claims/tags/list";
        assert_eq!(
            url("ghcr.io/acme/contracts"),
            format!("https://ghcr.io/v2/acme/contracts/{tail}")
        );
        assert_eq!(
            url("Registry.Acme.com:8443"),
            format!("https://registry.acme.com:8443/v2/{tail}")
        );
        assert_eq!(url("acme.com:443/x/"), format!("https://acme.com/v2/x/{tail}"));
        assert_eq!(url("docker.io/acme"), format!("https://registry-1.docker.io/v2/acme/{tail}"));
        let place: RegistryLocation = "GHCR.io/acme".parse().unwrap();
        assert_eq!(place.to_string(), "ghcr.io/acme");
        assert_eq!(place.repository("a/b").unwrap().to_string(), "ghcr.io/acme/a/b");
    }

    #[test]
    fn uses_plain_http_on_this_machine_or_on_request() {
        for host in ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert!(url(&format!("{host}:5000")).starts_with(&format!("http://{host}:5000/")));
            assert!(url(host).starts_with(&format!("http://{host}/v2")), "{}", url(host));
        }
        for host in ["localhost.acme.com", "128.0.0.1", "[::2]", "127.0.0.1.nip.io"] {
            assert!(url(&format!("{host}:5000")).starts_with("https://"));
        }
        let place = "10.0.0.1:5000/x".parse::<RegistryLocation>().unwrap().with_plain_http();
        assert_eq!(
            place.repository("y").unwrap().url("z").as_str(),
            "http://10.0.0.1:5000/v2/x/y/z"
        );
        let place = "acme.com:443/x".parse::<RegistryLocation>().unwrap().with_plain_http();
        assert_eq!(
            place.repository("y").unwrap().url("z").as_str(),
            "http://acme.com:443/v2/x/y/z"
        );
        assert!(!place.is_confidential() && !place.is_loopback());
    }

    #[test]
    fn rejects_invalid_locations() {
        let refused = |text: &str| text.parse::<RegistryLocation>().unwrap_err();
        for text in ["https://ghcr.io/acme", "oci://ghcr.io"] {
            assert!(matches!(refused(text), RegistryNameError::HasScheme(_)), "{text}");
        }
        for text in [
            "",
            "/",
            "acme",
            "acme/contracts",
            "user@acme.com/x",
            "acme.com:x/y",
            "acme.com:0",
            "acme.com:99999/x",
            "127.1/x",
            "0x7f.0.0.1",
            "2130706433:80",
            "acme.com?x",
            "a b.c",
            "é.com/x",
            "[::1",
            "[0:0:0:0:0:0:0:1]:5000",
            "..",
            ".",
            "acme.com#x/y",
            "acme..com\\x",
        ] {
            assert!(
                matches!(refused(text), RegistryNameError::InvalidHost(_)),
                "{text}: {:?}",
                text.parse::<RegistryLocation>()
            );
        }
        for text in [
            "acme.com/..",
            "acme.com/a/../b",
            "acme.com/A",
            "acme.com//a",
            "acme.com/a//",
            "acme.com/a?b",
            "acme.com/a:1",
            "acme.com/a@b",
            "acme.com/-a",
            "acme.com/a___b",
            "acme.com/a._b",
            "acme.com/a%2f",
            "acme.com/é",
            "acme.com/a\n",
        ] {
            assert!(
                matches!(refused(text), RegistryNameError::InvalidRepository(_)),
                "{text}: {:?}",
                text.parse::<RegistryLocation>()
            );
        }
        assert!(matches!(
            refused(&format!("acme.com/{}", "a".repeat(300))),
            RegistryNameError::TooLong(_)
        ));
        let place: RegistryLocation = "acme.com".parse().unwrap();
        for path in ["", "..", "a/../b", "/a", "a/", "a b"] {
            assert!(place.repository(path).is_err(), "{path}");
        }
    }
}
