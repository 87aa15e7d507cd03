//! Authentication: answers the challenge of a registry with credentials or a token, and sends
//! neither to anybody else. A token server gets credentials only in the domain of the registry.

use http_auth::ChallengeRef;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{StatusCode, Url};
use serde::Deserialize;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::client::Client;
use super::credentials::{Credential, LocatedCredential};
use super::error::RequestError;
use super::location::{RegistryLocation, is_confidential, is_loopback};
use super::remote_message::{RemoteMessage, sanitise};
use super::secret::Secret;
use super::transport::{RegistryRequest, RegistryResponse};

/// Number of authorisations kept for reuse. Beyond it, repositories authenticate again.
const CACHED_AUTHORISATIONS_MAX: usize = 1_000;
/// Client id sent to token servers.
const CLIENT_ID: &str = "tollgate";

/// Operation on a repository, which a token has to permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum RepositoryAccess {
    Pull,
    Push,
    Delete,
}

/// Header that answers a challenge, and the origin of the credentials behind it.
pub(super) struct Authorisation {
    pub header: HeaderValue,
    /// `None` for anonymous access.
    origin: Option<String>,
}

/// Scheme that a registry demands.
enum Challenge {
    Basic,
    Bearer(TokenServer),
}

/// Token server named in a `Bearer` challenge.
struct TokenServer {
    realm: String,
    service: Option<String>,
    scope: Option<String>,
}

#[derive(Deserialize)]
struct TokenResponse {
    token: Option<Secret>,
    access_token: Option<Secret>,
}

impl Authorisation {
    /// Returns the error for a registry that refuses this authorisation.
    pub fn rejection(&self, request: &RegistryRequest<'_>, message: RemoteMessage) -> RequestError {
        access_error(request.repository.location(), self.origin.as_ref(), message)
    }
}

fn access_error(
    location: &RegistryLocation,
    origin: Option<&String>,
    message: RemoteMessage,
) -> RequestError {
    let host = location.host().to_owned();
    match origin {
        Some(origin) => RequestError::CredentialsRejected { host, origin: origin.clone(), message },
        None => RequestError::CredentialsRequired { host, message },
    }
}

impl Client {
    /// Returns the authorisation that this repository accepted last.
    pub(super) async fn cached_authorisation(
        &self,
        request: &RegistryRequest<'_>,
    ) -> Option<HeaderValue> {
        self.authorisations.lock().await.get(&cache_key(request)).cloned()
    }

    pub(super) async fn cache_authorisation(
        &self,
        request: &RegistryRequest<'_>,
        header: HeaderValue,
    ) {
        let mut authorisations = self.authorisations.lock().await;
        if authorisations.len() >= CACHED_AUTHORISATIONS_MAX {
            authorisations.clear();
        }
        authorisations.insert(cache_key(request), header);
    }

    /// Answers the challenge in a registry's refusal.
    pub(super) async fn authorise(
        &self,
        request: &RegistryRequest<'_>,
        refusal: &RegistryResponse,
    ) -> Result<Authorisation, RequestError> {
        let location = request.repository.location();
        let name = request.repository.name();
        let timeout = self.settings.helper_timeout();
        let found = self.credentials.find(location.host(), name, timeout).await?;
        if found.is_some() && !location.is_confidential() {
            return Err(RequestError::CredentialsOverPlainHttp);
        }
        let message = RemoteMessage::new(refusal.status, &refusal.body);
        let origin = found.as_ref().map(|found| found.origin.clone());
        let header = match (parse_challenge(&refusal.headers), found) {
            (Some(Challenge::Bearer(server)), found) => {
                Some(self.obtain_token(request, &server, found).await?)
            }
            (Some(Challenge::Basic), Some(found)) => basic_header(&found.credential),
            _ => None,
        };
        match header {
            Some(header) => Ok(Authorisation { header, origin }),
            None => Err(access_error(location, origin.as_ref(), message)),
        }
    }

    /// Requests a token from the server that the registry names.
    async fn obtain_token(
        &self,
        request: &RegistryRequest<'_>,
        server: &TokenServer,
        found: Option<LocatedCredential>,
    ) -> Result<HeaderValue, RequestError> {
        let location = request.repository.location();
        let unusable =
            || RequestError::malformed("token", "it contains characters that a header cannot have");
        let credential = found.as_ref().map(|found| &found.credential);
        if let Some(Credential::Token(token)) = credential {
            return token.to_header("Bearer").ok_or_else(unusable);
        }
        let realm = realm_url(location, server)?;
        if credential.is_some() && !location.shares_domain(&realm) {
            return Err(RequestError::ForeignTokenServer {
                host: location.host().to_owned(),
                token_server: sanitise(realm.host_str().unwrap_or_default()),
            });
        }
        let scopes = token_scopes(request, server);
        let request = self.token_request(&realm, server, &scopes, credential)?;
        let response = self.await_response(request.send(), None).await?;
        let response = self.read_response(self.reject_busy(response).await?).await?;
        match response.status {
            StatusCode::OK => parse_token(&response.body)?.to_header("Bearer").ok_or_else(unusable),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let message = RemoteMessage::new(response.status, &response.body);
                Err(access_error(location, found.map(|found| found.origin).as_ref(), message))
            }
            status => Err(RequestError::from_response(status, &response.body)),
        }
    }

    fn token_request(
        &self,
        realm: &Url,
        server: &TokenServer,
        scopes: &[String],
        credential: Option<&Credential>,
    ) -> Result<reqwest::RequestBuilder, RequestError> {
        let client = self.http_client(realm)?;
        let mut url = realm.clone();
        if let Some(Credential::IdentityToken(identity)) = credential {
            return Ok(client
                .post(url)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(refresh_form(server, scopes, identity)));
        }
        url.query_pairs_mut()
            .extend_pairs(server.service.iter().map(|service| ("service", service)))
            .extend_pairs(scopes.iter().map(|scope| ("scope", scope)));
        let request = client.get(url);
        Ok(match credential.and_then(basic_header) {
            Some(header) => request.header(AUTHORIZATION, header),
            None => request,
        })
    }
}

fn cache_key(request: &RegistryRequest<'_>) -> (String, RepositoryAccess) {
    (request.repository.to_string(), request.access)
}

/// Parses the challenge of a registry. Prefers a token, because a password is then not sent to
/// every request.
fn parse_challenge(headers: &HeaderMap) -> Option<Challenge> {
    let values = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    let challenges: Vec<_> =
        values.filter_map(|value| http_auth::parse_challenges(value).ok()).flatten().collect();
    let of = |scheme: &str| {
        challenges.iter().find(|challenge| challenge.scheme.eq_ignore_ascii_case(scheme))
    };
    match of("Bearer").and_then(parse_token_server) {
        Some(server) => Some(Challenge::Bearer(server)),
        None => of("Basic").map(|_| Challenge::Basic),
    }
}

fn parse_token_server(challenge: &ChallengeRef<'_>) -> Option<TokenServer> {
    let parameter = |name: &str| {
        let found = challenge.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_unescaped())
    };
    Some(TokenServer {
        realm: parameter("realm")?,
        service: parameter("service"),
        scope: parameter("scope"),
    })
}

/// Returns the address of a token server. It must be reached by TLS, and a remote registry must not
/// point to a server on this machine.
fn realm_url(location: &RegistryLocation, server: &TokenServer) -> Result<Url, RequestError> {
    let refuse =
        |reason| Err(RequestError::ForbiddenRedirect { to: sanitise(&server.realm), reason });
    let Ok(url) = Url::parse(&server.realm) else {
        return refuse("the token server's address is invalid");
    };
    if !matches!(url.scheme(), "https" | "http") || !is_confidential(&url) {
        return refuse("tokens are not requested without TLS");
    }
    if is_loopback(&url) && !location.is_loopback() {
        return refuse("a remote registry must not name a token server on this machine");
    }
    Ok(url)
}

/// Returns the scopes to request: the one needed for this operation, and one more that the registry
/// names for the same repository. Some registries need another one to list tags.
fn token_scopes(request: &RegistryRequest<'_>, server: &TokenServer) -> Vec<String> {
    let actions = match request.access {
        RepositoryAccess::Pull => "pull",
        RepositoryAccess::Push => "pull,push",
        RepositoryAccess::Delete => "pull,push,delete",
    };
    let of_repository = format!("repository:{}:", request.repository.name());
    let named = server.scope.iter().flat_map(|scope| scope.split(' '));
    let named = named.filter(|scope| scope.starts_with(&of_repository)).map(Into::into);
    let mut scopes = vec![format!("{of_repository}{actions}")];
    scopes.extend(named.take(1));
    scopes.dedup();
    scopes
}

/// Builds the form that exchanges an identity token for an access token (OAuth 2).
fn refresh_form(server: &TokenServer, scopes: &[String], identity: &Secret) -> String {
    // `Url` encodes query pairs in the same way as a form.
    let Ok(mut url) = Url::parse("https://form.invalid/") else { return String::new() };
    url.query_pairs_mut()
        .append_pair("grant_type", "refresh_token")
        .append_pair("client_id", CLIENT_ID)
        .append_pair("service", server.service.as_deref().unwrap_or_default())
        .append_pair("scope", &scopes.join(" "))
        .append_pair("refresh_token", identity.expose());
    url.query().unwrap_or_default().to_owned()
}

fn parse_token(body: &[u8]) -> Result<Secret, RequestError> {
    // The parser's error is left out, because it could quote the token.
    let malformed = || RequestError::malformed("token", "it has no `token` or `access_token`");
    let response: TokenResponse = serde_json::from_slice(body).map_err(|_| malformed())?;
    response.token.or(response.access_token).ok_or_else(malformed)
}

fn basic_header(credential: &Credential) -> Option<HeaderValue> {
    let Credential::Password { user, password } = credential else { return None };
    let pair = Zeroizing::new(format!("{user}:{}", password.expose()));
    Secret::new(STANDARD.encode(pair.as_bytes())).to_header("Basic")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn want(values: &[&str]) -> Option<Challenge> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, value.parse().unwrap());
        }
        parse_challenge(&headers)
    }

    #[test]
    fn prefers_tokens_over_passwords() {
        let bearer =
            r#"Bearer realm="https://a.com/token",service="s, t",scope="repository:x:pull""#;
        for values in
            [&[bearer][..], &["Basic realm=\"x\"", bearer], &[&format!("Basic, {bearer}")]]
        {
            let Some(Challenge::Bearer(token)) = want(values) else { panic!("{values:?}") };
            assert_eq!(
                (token.realm.as_str(), token.service.as_deref()),
                ("https://a.com/token", Some("s, t"))
            );
        }
        assert!(matches!(want(&["basic realm=x"]), Some(Challenge::Basic)));
        for value in ["", "Bearer", "Bearer service=x", "Negotiate", "Bearer realm=\"x"] {
            assert!(want(&[value]).is_none(), "{value}");
        }
    }

    #[test]
    fn requests_tokens_only_over_confidential_connections() {
        let ask = |place: &str, realm: &str| {
            let location: RegistryLocation = place.parse().unwrap();
            realm_of(&location, realm).is_ok()
        };
        assert!(ask("ghcr.io", "https://auth.example/token"));
        assert!(ask("localhost:5000", "http://127.0.0.1:5001/token"));
        for realm in [
            "http://auth.example/token",
            "http://localhost/",
            "https://127.0.0.1/",
            "ftp://localhost/",
            "/token",
            "",
        ] {
            assert!(!ask("ghcr.io", realm), "{realm}");
        }
        assert!(!ask("localhost:5000", "http://auth.example/token"));
    }

    #[test]
    fn only_token_servers_in_the_same_domain_get_credentials() {
        let shares = |place: &str, realm: &str| {
            let location: RegistryLocation = place.parse().unwrap();
            location.shares_domain(&realm_of(&location, realm).unwrap())
        };
        for (place, realm) in [
            ("docker.io/acme", "https://auth.docker.io/token"),
            ("ghcr.io/acme", "https://ghcr.io/token"),
            ("registry.gitlab.com/acme", "https://gitlab.com/jwt/auth"),
            ("registry.digitalocean.com/acme", "https://api.digitalocean.com/v2/registry/auth"),
            ("registry.acme.co.uk", "https://gitlab.acme.co.uk/jwt/auth"),
            ("acme.com:5050", "https://acme.com/jwt/auth"),
            ("acme.azurecr.io", "https://acme.azurecr.io/oauth2/token"),
            ("192.0.2.7:5000", "https://192.0.2.7:5001/token"),
            ("localhost:5000", "http://localhost:5001/token"),
        ] {
            assert!(shares(place, realm), "{place} {realm}");
        }
        for (place, realm) in [
            ("ghcr.io/acme", "https://evil.io/token"),
            ("ghcr.io/acme", "https://ghcr.io.evil.com/token"),
            ("registry.acme.com", "https://evilacme.com/token"),
            ("registry.acme.com", "https://acme.com.evil.com/token"),
            ("registry.acme.com", "https://user:acme.com@evil.com/token"),
            ("acme.com", "https://evil.com/token"),
            ("192.0.2.7:5000", "https://198.0.2.7/token"),
            ("192.0.2.7:5000", "https://evil.0.2.7.example/token"),
            ("localhost:5000", "http://127.0.0.1:5000/token"),
        ] {
            assert!(!shares(place, realm), "{place} {realm}");
        }
    }

    fn realm_of(place: &RegistryLocation, realm: &str) -> Result<Url, RequestError> {
        super::realm_url(place, &TokenServer { realm: realm.into(), service: None, scope: None })
    }

    #[test]
    fn requests_scopes_of_this_repository_only() {
        let place: RegistryLocation = "ghcr.io/acme".parse().unwrap();
        let repository = place.repository("claims").unwrap();
        let request = RegistryRequest::get(&repository, repository.url("tags/list"));
        let scope = "repository:other:push repository:acme/claims:metadata_read registry:catalog:*";
        let token = TokenServer { realm: String::new(), service: None, scope: Some(scope.into()) };
        let expected = ["repository:acme/claims:pull", "repository:acme/claims:metadata_read"];
        assert_eq!(token_scopes(&request, &token), expected);
    }

    #[test]
    fn errors_never_quote_a_token_response() {
        for body in ["sesame", r#"{"tokken": "sesame"}"#, r#"{"token": ["sesame"]}"#] {
            assert!(!parse_token(body.as_bytes()).unwrap_err().to_string().contains("sesame"));
        }
        assert_eq!(parse_token(br#"{"access_token": "x"}"#).unwrap(), Secret::new("x"));
    }
}
