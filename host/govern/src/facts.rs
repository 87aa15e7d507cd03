//! Facts about an output that decisions depend on, read once from the subject and its context.
//!
//! The context keys are `channel`, `topics`, `model`, `confidence`, `campaign`, `data-classes`,
//! `region`, `brand-voice`, `cost`, `input-tokens`, `output-tokens` and `author`; other keys are
//! left to contracts. A value that cannot be read becomes a reason to hold.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use tollgate_model::{
    Content, ContentKind, Digest, JsonProblem, JsonText, Money, Person, PromptRef, Share, Subject,
    has_visible_text,
};

/// Facts about an output. The caller states most of them; nothing here is verified.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputFacts {
    /// Digest of the run; also decides whether the run is in the audit sample.
    pub run: Digest,
    /// Digest of the output.
    pub subject: Digest,
    pub kind: ContentKind,
    /// Set if the output is a text without a visible character.
    pub is_blank: bool,
    /// Syntax error of an output that should be JSON and is not.
    pub not_json: Option<JsonProblem>,
    /// Set if a code fence around the output was taken off before it was judged.
    pub is_unfenced: bool,
    /// Tool that an action calls; `None` for other kinds.
    pub tool: Option<String>,
    pub prompt: Option<PromptRef>,
    /// Channel that the output is meant for.
    pub channel: Option<String>,
    pub topics: Option<Vec<String>>,
    pub model: Option<String>,
    pub confidence: Option<Share>,
    pub campaign: Option<String>,
    /// Classes of data that went into the output; empty if the caller states that there are none.
    pub data_classes: Option<Vec<String>>,
    /// Region where the data was handled.
    pub region: Option<String>,
    /// Digest of the brand-voice document that the output was made with.
    pub brand_voice: Option<Digest>,
    /// Cost as the caller states it; takes precedence over the cost of tokens.
    pub cost: Option<Money>,
    pub input_tokens: Option<u64>,
    pub output_tokens: Option<u64>,
    /// Person who requested or wrote the output.
    pub author: Option<Person>,
    /// Context keys that cannot be read, each with the reason.
    pub unreadable: Vec<(String, String)>,
}

/// Context keys that decisions use, not parsed yet.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default, bound(deserialize = "'de: 'c"))]
struct RawContext<'c> {
    channel: Option<&'c RawValue>,
    topics: Option<&'c RawValue>,
    model: Option<&'c RawValue>,
    confidence: Option<&'c RawValue>,
    campaign: Option<&'c RawValue>,
    data_classes: Option<&'c RawValue>,
    region: Option<&'c RawValue>,
    brand_voice: Option<&'c RawValue>,
    cost: Option<&'c RawValue>,
    input_tokens: Option<&'c RawValue>,
    output_tokens: Option<&'c RawValue>,
    author: Option<&'c RawValue>,
}

/// Largest number of tokens that one output can have taken, about a hundred times what the largest models read at once.
/// Beyond it a number is a mistake or a lie, and its price would use up the budget for all other outputs.
const TOKENS_MAX: u64 = 1_000_000_000;

/// Confidence as the context states it, rounded down: one just below the required confidence does not reach it, however
/// many digits it has.
struct StatedConfidence(Share);

impl<'de> Deserialize<'de> for StatedConfidence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        serde_json::from_str::<f64>(raw.get())
            .map_err(|error| D::Error::custom(without_position(&error)))?;
        Share::rounded_down(raw.get()).map(Self).map_err(D::Error::custom)
    }
}

/// Number of tokens as the context states it.
struct StatedTokens(u64);

impl<'de> Deserialize<'de> for StatedTokens {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tokens = u64::deserialize(deserializer)?;
        if tokens > TOKENS_MAX {
            let message = format!(
                "{tokens} tokens are more than one output takes: the limit is {TOKENS_MAX}"
            );
            return Err(D::Error::custom(message));
        }
        Ok(Self(tokens))
    }
}

impl OutputFacts {
    /// Reads the facts of a subject. `digest` is that of the subject, `run` that of the run.
    pub fn from_subject(subject: &Subject, digest: Digest, run: Digest) -> Self {
        let mut unreadable = Vec::new();
        let context = parse_context(&subject.context, &mut unreadable);
        let mut reader = ContextReader { unreadable };
        Self {
            run,
            subject: digest,
            kind: subject.content.kind(),
            is_blank: is_blank(&subject.content),
            not_json: match &subject.content {
                Content::InvalidJson(invalid) => Some(invalid.problem()),
                _ => None,
            },
            is_unfenced: false,
            tool: match &subject.content {
                Content::Action { tool, .. } => Some(tool.clone()),
                _ => None,
            },
            prompt: subject.prompt.clone(),
            channel: reader.read("channel", context.channel),
            topics: reader.read("topics", context.topics),
            model: reader.read("model", context.model),
            confidence: reader
                .read("confidence", context.confidence)
                .map(|StatedConfidence(confidence)| confidence),
            campaign: reader.read("campaign", context.campaign),
            data_classes: reader.read("data-classes", context.data_classes),
            region: reader.read("region", context.region),
            brand_voice: reader.read("brand-voice", context.brand_voice),
            cost: reader.read("cost", context.cost),
            input_tokens: reader.read_tokens("input-tokens", context.input_tokens),
            output_tokens: reader.read_tokens("output-tokens", context.output_tokens),
            author: reader.read("author", context.author),
            unreadable: reader.unreadable,
        }
    }
}

/// Returns whether an output is a text without a visible character, also one that is written as JSON.
fn is_blank(content: &Content) -> bool {
    match content {
        Content::Text(text) => !has_visible_text(text),
        Content::Json(json) => {
            serde_json::from_str::<String>(json.as_str()).is_ok_and(|text| !has_visible_text(&text))
        }
        Content::InvalidJson(_) | Content::Action { .. } => false,
    }
}

/// Parses the keys of a context. If it cannot be parsed, for example because a key is there twice,
/// none of its values is used.
fn parse_context<'c>(
    context: &'c JsonText,
    unreadable: &mut Vec<(String, String)>,
) -> RawContext<'c> {
    serde_json::from_str(context.as_str()).unwrap_or_else(|error| {
        unreadable.push(("context".into(), without_position(&error)));
        RawContext::default()
    })
}

struct ContextReader {
    unreadable: Vec<(String, String)>,
}

impl ContextReader {
    fn read<T: DeserializeOwned>(&mut self, key: &str, raw: Option<&RawValue>) -> Option<T> {
        // JSON `null` means the same as an absent key.
        let raw = raw.filter(|raw| raw.get() != "null")?;
        match serde_json::from_str(raw.get()) {
            Ok(value) => Some(value),
            Err(error) => {
                self.unreadable.push((key.into(), without_position(&error)));
                None
            }
        }
    }

    fn read_tokens(&mut self, key: &str, raw: Option<&RawValue>) -> Option<u64> {
        self.read(key, raw).map(|StatedTokens(tokens)| tokens)
    }
}

/// Returns the message without its position, which refers to a text that users do not see.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    Cow::from(text.get(..end).unwrap_or(&text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(context: &str) -> OutputFacts {
        let context = JsonText::parse(context).unwrap();
        let subject = Subject { context, ..Subject::new(Content::Text("hello".into())) };
        OutputFacts::from_subject(&subject, Digest::of("subject"), Digest::of("run"))
    }

    #[test]
    fn reads_all_known_keys() {
        let facts = facts(
            r#"{"channel": "email", "topics": ["news"], "model": "acme/large", "confidence": 0.9,
                "campaign": "spring", "data-classes": ["contact"], "region": "eu", "cost": "0.01",
                "input-tokens": 5, "output-tokens": 6, "author": "Dana Hill", "variables": {}}"#,
        );
        assert_eq!(facts.unreadable, []);
        assert_eq!(facts.channel.as_deref(), Some("email"));
        assert_eq!(facts.confidence, Share::new(0.9).ok());
        assert_eq!(facts.cost, Some(Money::from_micros(10_000)));
        assert_eq!((facts.input_tokens, facts.output_tokens), (Some(5), Some(6)));
        assert_eq!(facts.data_classes, Some(vec!["contact".into()]));
    }

    #[test]
    fn reports_unreadable_keys_and_reads_the_others() {
        let facts = facts(r#"{"channel": 7, "confidence": 1.5, "model": "m", "topics": null}"#);
        let keys: Vec<_> = facts.unreadable.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["channel", "confidence"]);
        assert_eq!((facts.model.as_deref(), facts.topics), (Some("m"), None));
    }

    #[test]
    fn a_confidence_is_read_digit_by_digit() {
        let confidence = |text: &str| facts(&format!(r#"{{"confidence": {text}}}"#)).confidence;
        assert!(confidence("0.79999999999999999999") < Share::new(0.8).ok());
        assert_eq!(confidence("0.80000000000000000001"), Share::new(0.8).ok());
        let text = facts(r#"{"confidence": "0.9"}"#);
        assert_eq!(text.confidence, None);
        assert_eq!(text.unreadable[0].1, "invalid type: string \"0.9\", expected f64");
    }

    #[test]
    fn more_tokens_than_an_output_takes_are_not_believed() {
        let stated =
            facts(r#"{"input-tokens": 18446744073709551615, "output-tokens": 1000000000}"#);
        assert_eq!((stated.input_tokens, stated.output_tokens), (None, Some(TOKENS_MAX)));
        let [(key, reason)] = &stated.unreadable[..] else { panic!("{:?}", stated.unreadable) };
        assert_eq!(key, "input-tokens");
        assert!(reason.contains("the limit is 1000000000"), "{reason}");
    }

    #[test]
    fn rejects_duplicate_keys() {
        let facts = facts(r#"{"channel": "email", "channel": "billboard"}"#);
        assert_eq!(facts.channel, None);
        assert!(facts.unreadable[0].1.contains("duplicate"), "{:?}", facts.unreadable);
    }
}
