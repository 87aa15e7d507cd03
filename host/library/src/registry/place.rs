//! Where packages lie: `HOST[:PORT]/PREFIX…`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::repository::{Repository, TAG_BYTES_MAX};

/// Registries cut off the name of a repository, its host included, at this in places.
const NAME_BYTES_MAX: usize = 255;
/// What people write for Docker Hub, and where its registry answers.
const DOCKER_HUB: &str = "docker.io";
const DOCKER_HUB_REGISTRY: &str = "registry-1.docker.io";

/// A registry, and the part of it that packages lie in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    host: String,
    prefix: String,
    /// Scheme, host and port; what is asked for is put behind it.
    root: Url,
}

/// Why a text names no place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// It starts with `https://` or the like.
    #[error("`{0}` has a scheme: leave out everything up to `://`")]
    Scheme(String),
    /// What it starts with is no host.
    #[error(
        "`{0}` starts with no host: write `HOST/PREFIX` or `HOST:PORT/PREFIX`, the host with its \
         domain, as in `ghcr.io/acme`"
    )]
    Host(String),
    /// The name of a repository is none.
    #[error(
        "`{0}` is no name of a repository: it is made of lower-case letters and digits, with `.`, \
         `_`, `__` or hyphens between them, and `/` between its parts"
    )]
    Name(String),
    /// It is too long.
    #[error("`{0}` is too long: host and name together have at most {NAME_BYTES_MAX} characters")]
    TooLong(String),
    /// A tag is none.
    #[error(
        "`{0}` is no tag: it is made of letters, digits, `_`, `.` and `-`, does not start with \
         `.` or `-`, and has at most {TAG_BYTES_MAX} characters"
    )]
    Tag(String),
}

impl Place {
    /// The same, spoken to in plain HTTP: whoever is on the way reads and changes everything.
    /// No credentials are sent there.
    pub fn insecure(mut self) -> Self {
        plain(&self.host, &mut self.root);
        self
    }

    /// Host and port, as they were written.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is on this machine: what goes there passes no network.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.root)
    }

    /// The repository of a package, by its path under this place.
    pub fn repository(&self, path: &str) -> Result<Repository, PlaceError> {
        let name = match self.prefix.as_str() {
            "" => path.to_owned(),
            prefix => format!("{prefix}/{path}"),
        };
        check_name(&self.host, &name)?;
        Ok(Repository::new(self.clone(), name))
    }

    /// The address of a path at the registry.
    pub(super) fn url(&self, path: &str) -> Url {
        let mut url = self.root.clone();
        url.set_path(path);
        url
    }

    /// Whether this address is of the registry itself, where its credentials may go.
    pub(super) fn is_at(&self, url: &Url) -> bool {
        self.root.origin() == url.origin()
    }

    /// Whether what goes there stays between the two of us.
    pub(super) fn is_private(&self) -> bool {
        is_private(&self.root)
    }
}

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        if text.contains("://") {
            return Err(PlaceError::Scheme(text.into()));
        }
        let text = text.strip_suffix('/').unwrap_or(text);
        let (host, prefix) = text.split_once('/').unwrap_or((text, ""));
        let host = host.to_ascii_lowercase();
        let root = root(&host).ok_or_else(|| PlaceError::Host(text.into()))?;
        if text.contains('/') {
            check_name(&host, prefix)?;
        }
        Ok(Self { host, prefix: prefix.into(), root })
    }
}

/// The address of a registry, where a text is a host. A word without a dot is part of a name.
fn root(host: &str) -> Option<Url> {
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
    // Addresses have many spellings, and one of them is enough.
    let written = answers.strip_suffix(":443").unwrap_or(answers);
    if read != written || url.port() == Some(0) {
        return None;
    }
    if is_loopback(&url) {
        plain(host, &mut url);
    }
    Some(url)
}

/// The same address without TLS. A port that TLS has without being named has to be named now.
fn plain(host: &str, url: &mut Url) {
    let port = if host.ends_with(":443") { Some(443) } else { url.port() };
    // Only with what is no web address at all could these fail.
    let _ = url.set_scheme("http");
    let _ = url.set_port(port);
}

pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse();
    host == "localhost" || address.is_ok_and(|address: IpAddr| address.is_loopback())
}

/// Whether nobody on the way reads what goes to this address.
pub(super) fn is_private(url: &Url) -> bool {
    url.scheme() == "https" || is_loopback(url)
}

fn check_name(host: &str, name: &str) -> Result<(), PlaceError> {
    if host.len() + 1 + name.len() > NAME_BYTES_MAX {
        return Err(PlaceError::TooLong(format!("{host}/{name}")));
    }
    if name.split('/').all(is_part) { Ok(()) } else { Err(PlaceError::Name(name.into())) }
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`, as the distribution specification has it.
fn is_part(part: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_separator =
        |text: &str| matches!(text, "." | "_" | "__") || text.chars().all(|c| c == '-');
    part.starts_with(is_word) && part.ends_with(is_word) && part.split(is_word).all(is_separator)
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefix.as_str() {
            "" => f.write_str(&self.host),
            prefix => write!(f, "{}/{prefix}", self.host),
        }
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(place: &str) -> String {
        let place: Place = place.parse().unwrap();
        place.repository("acme/claims").unwrap().url("tags/list").to_string()
    }

    #[test]
    fn a_place_says_where_a_package_lies() {
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
        let place: Place = "GHCR.io/acme".parse().unwrap();
        assert_eq!(place.to_string(), "ghcr.io/acme");
        assert_eq!(place.repository("a/b").unwrap().to_string(), "ghcr.io/acme/a/b");
    }

    #[test]
    fn plain_http_is_for_this_machine_and_where_it_is_asked_for() {
        for host in ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert!(url(&format!("{host}:5000")).starts_with(&format!("http://{host}:5000/")));
            assert!(url(host).starts_with(&format!("http://{host}/v2")), "{}", url(host));
        }
        for host in ["localhost.acme.com", "128.0.0.1", "[::2]", "127.0.0.1.nip.io"] {
            assert!(url(&format!("{host}:5000")).starts_with("https://"));
        }
        let place = "10.0.0.1:5000/x".parse::<Place>().unwrap().insecure();
        assert_eq!(
            place.repository("y").unwrap().url("z").as_str(),
            "http://10.0.0.1:5000/v2/x/y/z"
        );
        let place = "acme.com:443/x".parse::<Place>().unwrap().insecure();
        assert_eq!(
            place.repository("y").unwrap().url("z").as_str(),
            "http://acme.com:443/v2/x/y/z"
        );
        assert!(!place.is_private() && !place.is_loopback());
    }

    #[test]
    fn what_names_no_place_is_refused() {
        let refused = |text: &str| text.parse::<Place>().unwrap_err();
        for text in ["https://ghcr.io/acme", "oci://ghcr.io"] {
            assert!(matches!(refused(text), PlaceError::Scheme(_)), "{text}");
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
                matches!(refused(text), PlaceError::Host(_)),
                "{text}: {:?}",
                text.parse::<Place>()
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
                matches!(refused(text), PlaceError::Name(_)),
                "{text}: {:?}",
                text.parse::<Place>()
            );
        }
        assert!(matches!(
            refused(&format!("acme.com/{}", "a".repeat(300))),
            PlaceError::TooLong(_)
        ));
        let place: Place = "acme.com".parse().unwrap();
        for path in ["", "..", "a/../b", "/a", "a/", "a b"] {
            assert!(place.repository(path).is_err(), "{path}");
        }
    }
}
