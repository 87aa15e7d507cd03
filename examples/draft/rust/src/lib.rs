//! Watches a draft while it is being written: it may have so many characters, no line of its
//! prompt may stand in it, and it must not be too old.

use tollgate_sdk::host::{clock, log, prompt_text};
use tollgate_sdk::prelude::*;
use tollgate_sdk::{Action, Place};

const MS_PER_MINUTE: u64 = 60_000;
/// A line that short may stand anywhere by chance; a longer one hardly.
const CHANCE: f64 = 20.0;

/// What the operator sets.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How many characters a draft may have.
    #[schemars(range(min = 1))]
    pub max_characters: usize,
    /// Lines of the prompt with fewer characters may stand in a draft.
    #[schemars(range(min = 1))]
    pub leak_characters: usize,
    /// How many minutes ago it may have been written.
    pub max_minutes: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self { max_characters: 1000, leak_characters: 20, max_minutes: 60 }
    }
}

/// Context that the caller may give.
#[derive(Deserialize)]
struct Context {
    /// In milliseconds since 1970.
    written_at: Option<u64>,
}

/// Arguments of the tool `send`.
#[derive(Deserialize)]
struct Message {
    text: String,
}

/// Nothing is to be prepared.
pub fn configure(config: Config) -> Result<Config, Refusal> {
    Ok(config)
}

/// Judges a text, or what the tool `send` would send.
pub fn judge(config: &Config, subject: &Subject) -> Result<Report, Refusal> {
    match &subject.content {
        Content::Text(text) => Draft::begin(config, subject)?.whole(text),
        Content::Action(Action { tool, arguments }) if tool == "send" => {
            let message: Message = serde_json::from_str(arguments)
                .map_err(|error| Refusal::Broken(format!("`send` takes a text: {error}")))?;
            let mut report = Draft::begin(config, subject)?.whole(&message.text)?;
            report.findings.iter_mut().for_each(in_the_arguments);
            Ok(report)
        }
        _ => Err(Refusal::NotApplicable("it judges texts, and what `send` would send".into())),
    }
}

/// Begins to judge a text.
pub fn begin(config: &'static Config, subject: &Subject) -> Result<Draft<'static>, Refusal> {
    Draft::begin(config, subject)
}

contract!(Config, configure, judge, begin);

fn in_the_arguments(finding: &mut Finding) {
    if let Place::Span(_) = finding.place {
        finding.place = Place::Pointer("/text".into());
    }
}

/// A draft, as far as it is written.
pub struct Draft<'c> {
    config: &'c Config,
    /// The lines that may not stand in it, the longest first.
    secrets: Vec<String>,
    /// Text not looked at yet: a secret may begin there whose end is still to come.
    rest: String,
    /// Start of `rest` in the draft, in bytes.
    at: usize,
    /// End of the secret that was found last.
    leak_end: usize,
    characters: usize,
    leaks: usize,
    unsure: bool,
    /// Findings that nobody was told yet.
    news: Vec<Finding>,
    told: Vec<Finding>,
}

impl<'c> Draft<'c> {
    fn begin(config: &'c Config, subject: &Subject) -> Result<Self, Refusal> {
        let Context { written_at } = subject.context()?;
        let mut draft = Self {
            config,
            secrets: secrets(config),
            rest: String::new(),
            at: 0,
            leak_end: 0,
            characters: 0,
            leaks: 0,
            unsure: written_at.is_none(),
            news: Vec::new(),
            told: Vec::new(),
        };
        draft.news.extend(match written_at {
            Some(written_at) => too_old(config, written_at),
            None => Some(Finding::info("stale", "the context does not say when it was written")),
        });
        Ok(draft)
    }

    /// Looks at every character that nothing can still change.
    fn look(&mut self, is_complete: bool) {
        let window = self.secrets.first().map_or(0, String::len);
        let mut rest = self.rest.as_str();
        while let Some(character) = rest.chars().next() {
            if !is_complete && rest.len() < window {
                break;
            }
            self.characters += 1;
            if self.characters == self.config.max_characters + 1 {
                self.news.push(too_long(self.config, self.at..self.at + character.len_utf8()));
            }
            if self.at >= self.leak_end
                && let Some(secret) = self.secrets.iter().find(|secret| rest.starts_with(*secret))
            {
                self.leaks += 1;
                self.leak_end = self.at + secret.len();
                self.news.push(leak(secret, self.at..self.leak_end));
            }
            self.at += character.len_utf8();
            rest = &rest[character.len_utf8()..];
        }
        self.rest = rest.to_owned();
    }
}

impl Session for Draft<'_> {
    fn push(&mut self, part: &str) -> Result<Progress, Refusal> {
        self.rest.push_str(part);
        self.look(false);
        let news = std::mem::take(&mut self.news);
        self.told.extend(news.iter().cloned());
        // A human has to look at all of it, so nothing may go out before.
        Ok(Progress::settled(if self.unsure { 0 } else { self.at }).found(news))
    }

    fn finish(mut self) -> Result<Report, Refusal> {
        self.look(true);
        self.told.append(&mut self.news);
        log::info(&format!("{} characters, {} leaks", self.characters, self.leaks));
        let mut report = Report::of(self.told)
            .measure("characters", self.characters as f64)
            .measure("leaks", self.leaks as f64);
        if self.unsure && report.outcome == Outcome::Pass {
            report.outcome = Outcome::Unsure;
        }
        Ok(report)
    }
}

fn secrets(config: &Config) -> Vec<String> {
    let prompt = prompt_text::read().unwrap_or_default();
    let lines = prompt.split('\n').map(|line| line.trim_matches([' ', '\t', '\r']));
    let mut secrets: Vec<String> = lines
        .filter(|line| line.chars().count() >= config.leak_characters)
        .map(String::from)
        .collect();
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets
}

fn too_old(config: &Config, written_at: u64) -> Option<Finding> {
    let minutes = clock::now().saturating_sub(written_at) / MS_PER_MINUTE;
    let message = || format!("it was written {minutes} minutes ago");
    (minutes > config.max_minutes).then(|| Finding::warning("stale", message()))
}

fn too_long(config: &Config, at: std::ops::Range<usize>) -> Finding {
    let message = format!("there are more than {} characters", config.max_characters);
    Finding::error("too-long", message).at(at)
}

fn leak(secret: &str, at: std::ops::Range<usize>) -> Finding {
    let characters = secret.chars().count() as f64;
    Finding::critical("prompt-leak", "a line of the prompt stands in the draft")
        .at(at)
        .fix("")
        .confidence(characters / (characters + CHANCE))
}
