//! The tags of a repository, page by page.

use std::collections::BTreeSet;

use reqwest::header::LINK;
use reqwest::{StatusCode, Url};
use serde::Deserialize;

use super::client::Client;
use super::error::{Problem, RegistryError};
use super::repository::{Repository, Tag};
use super::transport::{Answer, Request};

/// How many are asked for at once: most registries give no more.
const PAGE_TAGS: usize = 1_000;

#[derive(Deserialize)]
struct Page {
    // Some write `null` where there are none.
    tags: Option<Vec<String>>,
}

impl Client {
    /// Every tag of a repository, in order. One that does not exist has none; one that we may not
    /// see is an error. Where a registry keeps no list of referrers, theirs are among them, as
    /// `sha256-…`.
    pub async fn tags(&self, repository: &Repository) -> Result<Vec<Tag>, RegistryError> {
        self.pages_of_tags(repository).await.map_err(|problem| repository.error(problem))
    }

    async fn pages_of_tags(&self, repository: &Repository) -> Result<Vec<Tag>, Problem> {
        let mut tags = BTreeSet::new();
        let mut url = repository.url("tags/list");
        url.set_query(Some(&format!("n={PAGE_TAGS}")));
        for _ in 0..self.settings.pages_max {
            let answer = self.ask(&Request::get(repository, url.clone())).await?;
            if answer.status == StatusCode::NOT_FOUND && tags.is_empty() {
                return Ok(Vec::new());
            }
            let answer = answer.one_of(&[StatusCode::OK])?;
            let page: Page = serde_json::from_slice(&answer.body)
                .map_err(|error| Problem::malformed("list of tags", error))?;
            for tag in page.tags.unwrap_or_default() {
                tags.insert(tag.parse()?);
            }
            if tags.len() > self.settings.tags_max {
                return Err(Problem::Endless { what: "tags", max: self.settings.tags_max });
            }
            match next_page(repository, &url, &answer)? {
                Some(next) => url = next,
                None => return Ok(tags.into_iter().collect()),
            }
        }
        Err(Problem::Endless { what: "tags", max: tags.len() })
    }
}

/// Where a list goes on: `<address>; rel="next"`, and at the same registry.
pub(super) fn next_page(
    repository: &Repository,
    asked: &Url,
    answer: &Answer,
) -> Result<Option<Url>, Problem> {
    let Some(link) = answer.header(LINK.as_str()) else { return Ok(None) };
    let next =
        link.split(',').find(|part| part.contains("rel=\"next\"") || part.contains("rel=next"));
    let Some(next) = next else { return Ok(None) };
    let wrong = |reason: &str| Err(Problem::malformed("link to the next page", reason));
    let address = next.trim().strip_prefix('<').and_then(|next| next.split_once('>'));
    let Some(Ok(url)) = address.map(|(address, _)| asked.join(address)) else {
        return wrong("it has no address");
    };
    if !repository.place().is_at(&url) {
        return wrong("it leads to another registry");
    }
    Ok(Some(url))
}
