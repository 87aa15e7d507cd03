//! Listing the tags of a repository, page by page.

use std::collections::BTreeSet;

use reqwest::header::LINK;
use reqwest::{StatusCode, Url};
use serde::Deserialize;

use super::client::Client;
use super::error::{RegistryError, RequestError};
use super::repository::{Repository, Tag};
use super::transport::{RegistryRequest, RegistryResponse, within};

/// Number of tags requested at once, which is the most that common registries return.
const TAGS_PER_PAGE: usize = 1_000;

#[derive(Deserialize)]
struct TagPage {
    // Some registries send `null` for an empty list.
    tags: Option<Vec<String>>,
}

impl Client {
    /// Lists the tags of a repository in order. A missing repository has none; a forbidden one is
    /// an error. If the registry does not keep lists of referrers, their tags (`sha256-…`) are
    /// included.
    pub async fn list_tags(&self, repository: &Repository) -> Result<Vec<Tag>, RegistryError> {
        let listed = within(self.settings.list_timeout(), self.try_list_tags(repository)).await;
        listed.map_err(|error| repository.error(error))
    }

    async fn try_list_tags(&self, repository: &Repository) -> Result<Vec<Tag>, RequestError> {
        let mut tags = BTreeSet::new();
        let mut url = repository.url("tags/list");
        url.set_query(Some(&format!("n={TAGS_PER_PAGE}")));
        for _ in 0..self.settings.pages_max {
            let response =
                self.send_with_retries(&RegistryRequest::get(repository, url.clone())).await?;
            if response.status == StatusCode::NOT_FOUND && tags.is_empty() {
                return Ok(Vec::new());
            }
            let response = response.expect_status(&[StatusCode::OK])?;
            let page: TagPage = serde_json::from_slice(&response.body)
                .map_err(|error| RequestError::malformed("list of tags", error))?;
            for tag in page.tags.unwrap_or_default() {
                tags.insert(tag.parse()?);
            }
            if tags.len() > self.settings.tags_max {
                return Err(RequestError::ListTooLong {
                    list: "tags",
                    max: self.settings.tags_max,
                });
            }
            match next_page(repository, &url, &response)? {
                Some(next) => url = next,
                None => return Ok(tags.into_iter().collect()),
            }
        }
        Err(RequestError::ListTooLong { list: "tags", max: tags.len() })
    }
}

/// Returns the address of the next page, from a header `<address>; rel="next"`. It must be at the
/// same registry.
pub(super) fn next_page(
    repository: &Repository,
    requested: &Url,
    response: &RegistryResponse,
) -> Result<Option<Url>, RequestError> {
    let Some(link) = response.header(LINK.as_str()) else { return Ok(None) };
    let next =
        link.split(',').find(|part| part.contains("rel=\"next\"") || part.contains("rel=next"));
    let Some(next) = next else { return Ok(None) };
    let malformed = |reason: &str| Err(RequestError::malformed("link to the next page", reason));
    let address = next.trim().strip_prefix('<').and_then(|next| next.split_once('>'));
    let Some(Ok(url)) = address.map(|(address, _)| requested.join(address)) else {
        return malformed("it has no address");
    };
    if !repository.location().is_same_origin(&url) {
        return malformed("it leads to another registry");
    }
    Ok(Some(url))
}
