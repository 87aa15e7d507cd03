//! Finds claims that nobody has approved: words such as "best" that do not stand in a table
//! of the operator's.

use std::collections::BTreeMap;

use tollgate_sdk::host::lookup;
use tollgate_sdk::prelude::*;

/// What the operator sets.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The table of approved claims.
    pub table: String,
    /// What claims something.
    pub terms: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        let terms = [
            "best",
            "cheapest",
            "guaranteed",
            "clinically proven",
            "risk-free",
            "number one",
            "100% safe",
            "fda approved",
        ];
        Self { table: "claims".into(), terms: terms.map(Into::into).into() }
    }
}

/// An empty term would stand everywhere. Of those that begin alike, the longest comes first.
pub fn configure(mut config: Config) -> Result<Config, Refusal> {
    if let Some(at) = config.terms.iter().position(String::is_empty) {
        return Err(Refusal::bad_config(
            &Pointer::root().key("terms").index(at),
            "a term is empty",
        ));
    }
    config.terms.sort_by_key(|term| std::cmp::Reverse(term.len()));
    Ok(config)
}

/// Judges one text.
pub fn judge(config: &Config, subject: &Subject) -> Result<Report, Refusal> {
    let Content::Text(text) = &subject.content else {
        return Err(Refusal::NotApplicable("it judges texts".into()));
    };
    let mut approved = BTreeMap::new();
    let (mut findings, mut claims, mut at) = (Vec::new(), 0, 0);
    while let Some(character) = text[at..].chars().next() {
        let Some(term) = config.terms.iter().find(|term| stands_at(text, at, term)) else {
            at += character.len_utf8();
            continue;
        };
        let claim = &text[at..at + term.len()];
        claims += 1;
        let key = term.to_ascii_lowercase();
        let is_approved = match approved.get(&key) {
            Some(known) => *known,
            None => is_approved(&config.table, &key)?,
        };
        approved.insert(key, is_approved);
        if !is_approved {
            let message = format!("`{claim}` is a claim that is not approved");
            findings.push(Finding::error("unapproved-claim", message).at(at..at + term.len()));
        }
        at += term.len();
    }
    Ok(Report::of(findings).measure("claims", f64::from(claims)))
}

contract!(Config, configure, judge);

fn stands_at(text: &str, at: usize, term: &str) -> bool {
    let is_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let (before, rest) = text.as_bytes().split_at(at);
    let (here, after) = rest.split_at_checked(term.len()).unwrap_or_default();
    here.eq_ignore_ascii_case(term.as_bytes()) && !is_word(before.last()) && !is_word(after.first())
}

fn is_approved(table: &str, term: &str) -> Result<bool, Refusal> {
    lookup::get(table, term).map(|value| value.is_some()).map_err(|error| {
        let reason = match error {
            lookup::Error::NotGranted(_) => "not granted".into(),
            lookup::Error::Unavailable(reason) => reason,
        };
        Refusal::Broken(format!("the table `{table}` cannot be read: {reason}"))
    })
}
