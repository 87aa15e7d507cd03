//! Being let in: a registry refuses, says what it wants, and gets that and nothing more.

use http_auth::ChallengeRef;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{StatusCode, Url};
use serde::Deserialize;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::client::Client;
use super::credentials::{Credential, Found};
use super::error::Problem;
use super::place::{Place, is_loopback, is_private};
use super::said::{Said, harmless};
use super::secret::Secret;
use super::transport::{Answer, Request};

/// How many repositories are remembered as open. Whoever has more asks again.
const REMEMBERED_MAX: usize = 1_000;
/// What token servers know this program as.
const CLIENT: &str = "tollgate";

/// What is to be done with a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Access {
    Pull,
    Push,
    Delete,
}

/// What is sent to be let in, and where it comes from.
pub(super) struct Authorised {
    pub header: HeaderValue,
    from: Option<String>,
}

/// What a registry wants.
enum Wanted {
    Password,
    Token(Token),
}

/// A token, and of whom.
struct Token {
    realm: String,
    service: Option<String>,
    scope: Option<String>,
}

#[derive(Deserialize)]
struct Given {
    token: Option<Secret>,
    access_token: Option<Secret>,
}

impl Authorised {
    /// What it means that this did not help.
    pub fn refused(&self, request: &Request<'_>, said: Said) -> Problem {
        refused(request.repository.place(), self.from.as_ref(), said)
    }
}

fn refused(place: &Place, from: Option<&String>, said: Said) -> Problem {
    let host = place.host().to_owned();
    match from {
        Some(from) => Problem::Unwelcome { host, from: from.clone(), said },
        None => Problem::Unknown { host, said },
    }
}

impl Client {
    /// What this registry took the last time.
    pub(super) async fn known(&self, request: &Request<'_>) -> Option<HeaderValue> {
        self.authorised.lock().await.get(&key(request)).cloned()
    }

    pub(super) async fn remember(&self, request: &Request<'_>, header: HeaderValue) {
        let mut authorised = self.authorised.lock().await;
        if authorised.len() >= REMEMBERED_MAX {
            authorised.clear();
        }
        authorised.insert(key(request), header);
    }

    /// What a registry wants to see that has refused.
    pub(super) async fn authorise(
        &self,
        request: &Request<'_>,
        refusal: &Answer,
    ) -> Result<Authorised, Problem> {
        let place = request.repository.place();
        let name = request.repository.name();
        let found = self.credentials.find(place.host(), name, self.settings.helper()).await?;
        if found.is_some() && !place.is_private() {
            return Err(Problem::CredentialsInTheOpen);
        }
        let said = Said::new(refusal.status, &refusal.body);
        let from = found.as_ref().map(|found| found.from.clone());
        let header = match (wanted(&refusal.headers), found) {
            (Some(Wanted::Token(token)), found) => Some(self.token(request, &token, found).await?),
            (Some(Wanted::Password), Some(found)) => basic(&found.credential),
            _ => None,
        };
        match header {
            Some(header) => Ok(Authorised { header, from }),
            None => Err(refused(place, from.as_ref(), said)),
        }
    }

    /// A token, of whom the registry says that it gives them.
    async fn token(
        &self,
        request: &Request<'_>,
        token: &Token,
        found: Option<Found>,
    ) -> Result<HeaderValue, Problem> {
        let place = request.repository.place();
        let unusable = || Problem::malformed("token", "it cannot stand in a header");
        let credential = found.as_ref().map(|found| &found.credential);
        if let Some(Credential::Token(token)) = credential {
            return token.header("Bearer").ok_or_else(unusable);
        }
        let realm = realm(place, token)?;
        let scopes = scopes(request, token);
        let request = self.token_request(&realm, token, &scopes, credential)?;
        let response = self.answer(request.send(), None).await?;
        let answer = self.whole(self.usable(response).await?).await?;
        match answer.status {
            StatusCode::OK => given(&answer.body)?.header("Bearer").ok_or_else(unusable),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let said = Said::new(answer.status, &answer.body);
                Err(refused(place, found.map(|found| found.from).as_ref(), said))
            }
            status => Err(Problem::of_answer(status, &answer.body)),
        }
    }

    fn token_request(
        &self,
        realm: &Url,
        token: &Token,
        scopes: &[String],
        credential: Option<&Credential>,
    ) -> Result<reqwest::RequestBuilder, Problem> {
        let client = self.connection(realm)?;
        let mut url = realm.clone();
        if let Some(Credential::Identity(identity)) = credential {
            return Ok(client
                .post(url)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form(token, scopes, identity)));
        }
        url.query_pairs_mut()
            .extend_pairs(token.service.iter().map(|service| ("service", service)))
            .extend_pairs(scopes.iter().map(|scope| ("scope", scope)));
        let request = client.get(url);
        Ok(match credential.and_then(basic) {
            Some(header) => request.header(AUTHORIZATION, header),
            None => request,
        })
    }
}

fn key(request: &Request<'_>) -> (String, Access) {
    (request.repository.to_string(), request.access)
}

/// What a registry says that it wants, the safer first.
fn wanted(headers: &HeaderMap) -> Option<Wanted> {
    let values = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    let challenges: Vec<_> =
        values.filter_map(|value| http_auth::parse_challenges(value).ok()).flatten().collect();
    let of = |scheme: &str| {
        challenges.iter().find(|challenge| challenge.scheme.eq_ignore_ascii_case(scheme))
    };
    match of("Bearer").and_then(bearer) {
        Some(token) => Some(Wanted::Token(token)),
        None => of("Basic").map(|_| Wanted::Password),
    }
}

fn bearer(challenge: &ChallengeRef<'_>) -> Option<Token> {
    let parameter = |name: &str| {
        let found = challenge.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_unescaped())
    };
    Some(Token {
        realm: parameter("realm")?,
        service: parameter("service"),
        scope: parameter("scope"),
    })
}

/// Who gives tokens. Nobody on the way may read what goes there, and a registry elsewhere may not
/// send us to this machine.
fn realm(place: &Place, token: &Token) -> Result<Url, Problem> {
    let refuse = |reason| Err(Problem::Redirect { to: harmless(&token.realm), reason });
    let Ok(url) = Url::parse(&token.realm) else {
        return refuse("for a token, which is no address");
    };
    if !matches!(url.scheme(), "https" | "http") || !is_private(&url) {
        return refuse("for a token, which is not asked for without TLS");
    }
    if is_loopback(&url) && !place.is_loopback() {
        return refuse("for a token, which is this machine");
    }
    Ok(url)
}

/// What a token is to be good for: what is going to be done, and what the registry names beside
/// it for this repository. Some name more for a list of tags.
fn scopes(request: &Request<'_>, token: &Token) -> Vec<String> {
    let actions = match request.access {
        Access::Pull => "pull",
        Access::Push => "pull,push",
        Access::Delete => "pull,push,delete",
    };
    let of_repository = format!("repository:{}:", request.repository.name());
    let named = token.scope.iter().flat_map(|scope| scope.split(' '));
    let named = named.filter(|scope| scope.starts_with(&of_repository)).map(Into::into);
    let mut scopes = vec![format!("{of_repository}{actions}")];
    scopes.extend(named.take(1));
    scopes.dedup();
    scopes
}

/// What a token is asked for with that gives others.
fn form(token: &Token, scopes: &[String], identity: &Secret) -> String {
    // An address knows how its pairs are written.
    let Ok(mut url) = Url::parse("https://form.invalid/") else { return String::new() };
    url.query_pairs_mut()
        .append_pair("grant_type", "refresh_token")
        .append_pair("client_id", CLIENT)
        .append_pair("service", token.service.as_deref().unwrap_or_default())
        .append_pair("scope", &scopes.join(" "))
        .append_pair("refresh_token", identity.expose());
    url.query().unwrap_or_default().to_owned()
}

fn given(body: &[u8]) -> Result<Secret, Problem> {
    // What is wrong with it is not told in its own words, for one of them might be the token.
    let wrong = || Problem::malformed("token", "there is none in it");
    let given: Given = serde_json::from_slice(body).map_err(|_| wrong())?;
    given.token.or(given.access_token).ok_or_else(wrong)
}

fn basic(credential: &Credential) -> Option<HeaderValue> {
    let Credential::Password { user, password } = credential else { return None };
    let pair = Zeroizing::new(format!("{user}:{}", password.expose()));
    Secret::new(STANDARD.encode(pair.as_bytes())).header("Basic")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn want(values: &[&str]) -> Option<Wanted> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, value.parse().unwrap());
        }
        wanted(&headers)
    }

    #[test]
    fn a_registry_says_what_it_wants() {
        let bearer =
            r#"Bearer realm="https://a.com/token",service="s, t",scope="repository:x:pull""#;
        for values in
            [&[bearer][..], &["Basic realm=\"x\"", bearer], &[&format!("Basic, {bearer}")]]
        {
            let Some(Wanted::Token(token)) = want(values) else { panic!("{values:?}") };
            assert_eq!(
                (token.realm.as_str(), token.service.as_deref()),
                ("https://a.com/token", Some("s, t"))
            );
        }
        assert!(matches!(want(&["basic realm=x"]), Some(Wanted::Password)));
        for value in ["", "Bearer", "Bearer service=x", "Negotiate", "Bearer realm=\"x"] {
            assert!(want(&[value]).is_none(), "{value}");
        }
    }

    #[test]
    fn tokens_are_asked_for_where_nobody_listens() {
        let ask = |place: &str, realm: &str| {
            let place: Place = place.parse().unwrap();
            realm_of(&place, realm).is_ok()
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

    fn realm_of(place: &Place, realm: &str) -> Result<Url, Problem> {
        super::realm(place, &Token { realm: realm.into(), service: None, scope: None })
    }

    #[test]
    fn a_token_is_good_for_this_repository_and_no_other() {
        let place: Place = "ghcr.io/acme".parse().unwrap();
        let repository = place.repository("claims").unwrap();
        let request = Request::get(&repository, repository.url("tags/list"));
        let scope = "repository:other:push repository:acme/claims:metadata_read registry:catalog:*";
        let token = Token { realm: String::new(), service: None, scope: Some(scope.into()) };
        let expected = ["repository:acme/claims:pull", "repository:acme/claims:metadata_read"];
        assert_eq!(scopes(&request, &token), expected);
    }

    #[test]
    fn what_is_given_for_a_token_is_never_repeated() {
        for body in ["sesame", r#"{"tokken": "sesame"}"#, r#"{"token": ["sesame"]}"#] {
            assert!(!given(body.as_bytes()).unwrap_err().to_string().contains("sesame"));
        }
        assert_eq!(given(br#"{"access_token": "x"}"#).unwrap(), Secret::new("x"));
    }
}
