//! What a decision has to know of an output: read once, from what the caller says of it.
//!
//! A subject's context has these keys, and any others: `channel`, `topics`, `model`, `confidence`,
//! `campaign`, `data-classes`, `region`, `brand-voice`, `cost`, `input-tokens`, `output-tokens`,
//! `author`. What cannot be read is a reason to hold, never overlooked.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tollgate_model::{
    Content, ContentKind, Digest, JsonText, Money, Person, Prompt, Share, Subject,
};

/// What a decision has to know of an output.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// What names the run: what is drawn by lot is drawn by this.
    pub run: Digest,
    /// What identifies the output.
    pub subject: Digest,
    /// What kind of output it is.
    pub kind: ContentKind,
    /// The tool that an agent would call.
    pub tool: Option<String>,
    /// The prompt that it comes from.
    pub prompt: Option<Prompt>,
    /// Where it would go.
    pub channel: Option<String>,
    /// What it is about.
    pub topics: Option<Vec<String>>,
    /// The model that made it.
    pub model: Option<String>,
    /// How sure the model was.
    pub confidence: Option<Share>,
    /// The campaign that it belongs to.
    pub campaign: Option<String>,
    /// Which kinds of data went into it.
    pub data_classes: Vec<String>,
    /// Where they were handled.
    pub region: Option<String>,
    /// The document on the brand's voice that it was made with.
    pub brand_voice: Option<Digest>,
    /// What it cost, where the caller knows.
    pub cost: Option<Money>,
    /// How many tokens the model read.
    pub input_tokens: Option<u64>,
    /// How many it wrote.
    pub output_tokens: Option<u64>,
    /// Who asked for it, or wrote it.
    pub author: Option<Person>,
    /// What cannot be read, and why.
    pub unreadable: Vec<(String, String)>,
}

/// What is read of a context. Everything else is for contracts.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default, bound(deserialize = "'de: 'c"))]
struct Written<'c> {
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

impl Facts {
    /// What is known of an output. `run` names the run, `digest` identifies the output.
    pub fn of(subject: &Subject, digest: Digest, run: Digest) -> Self {
        let mut unreadable = Vec::new();
        let written = whole(&subject.context, &mut unreadable);
        let mut reader = Reader { unreadable };
        Self {
            run,
            subject: digest,
            kind: subject.content.kind(),
            tool: match &subject.content {
                Content::Action { tool, .. } => Some(tool.clone()),
                _ => None,
            },
            prompt: subject.prompt.clone(),
            channel: reader.read("channel", written.channel),
            topics: reader.read("topics", written.topics),
            model: reader.read("model", written.model),
            confidence: reader.read("confidence", written.confidence),
            campaign: reader.read("campaign", written.campaign),
            data_classes: reader.read("data-classes", written.data_classes).unwrap_or_default(),
            region: reader.read("region", written.region),
            brand_voice: reader.read("brand-voice", written.brand_voice),
            cost: reader.read("cost", written.cost),
            input_tokens: reader.read("input-tokens", written.input_tokens),
            output_tokens: reader.read("output-tokens", written.output_tokens),
            author: reader.read("author", written.author),
            unreadable: reader.unreadable,
        }
    }
}

/// A key that is there twice says two things: neither is believed.
fn whole<'c>(context: &'c JsonText, unreadable: &mut Vec<(String, String)>) -> Written<'c> {
    serde_json::from_str(context.as_str()).unwrap_or_else(|error| {
        unreadable.push(("context".into(), short(&error)));
        Written::default()
    })
}

struct Reader {
    unreadable: Vec<(String, String)>,
}

impl Reader {
    fn read<T: DeserializeOwned>(&mut self, key: &str, raw: Option<&RawValue>) -> Option<T> {
        let raw = raw.filter(|raw| raw.get() != "null")?;
        match serde_json::from_str(raw.get()) {
            Ok(value) => Some(value),
            Err(error) => {
                self.unreadable.push((key.into(), short(&error)));
                None
            }
        }
    }
}

/// What went wrong, without the place in a text that nobody sees.
fn short(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    Cow::from(text.get(..end).unwrap_or(&text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(context: &str) -> Facts {
        let context = JsonText::parse(context).unwrap();
        let subject = Subject { context, ..Subject::new(Content::Text("hello".into())) };
        Facts::of(&subject, Digest::of("subject"), Digest::of("run"))
    }

    #[test]
    fn everything_that_is_told_is_known() {
        let known = facts(
            r#"{"channel": "email", "topics": ["news"], "model": "acme/large", "confidence": 0.9,
                "campaign": "spring", "data-classes": ["contact"], "region": "eu", "cost": "0.01",
                "input-tokens": 5, "output-tokens": 6, "author": "Dana Hill", "variables": {}}"#,
        );
        assert_eq!(known.unreadable, []);
        assert_eq!(known.channel.as_deref(), Some("email"));
        assert_eq!(known.confidence, Share::of(0.9).ok());
        assert_eq!(known.cost, Some(Money::of_micros(10_000)));
        assert_eq!((known.input_tokens, known.output_tokens), (Some(5), Some(6)));
        assert_eq!(known.data_classes, ["contact"]);
    }

    #[test]
    fn what_cannot_be_read_is_told_and_hides_nothing_else() {
        let known = facts(r#"{"channel": 7, "confidence": 1.5, "model": "m", "topics": null}"#);
        let keys: Vec<_> = known.unreadable.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["channel", "confidence"]);
        assert_eq!((known.model.as_deref(), known.topics), (Some("m"), None));
    }

    #[test]
    fn a_key_that_is_there_twice_is_not_believed() {
        let known = facts(r#"{"channel": "email", "channel": "billboard"}"#);
        assert_eq!(known.channel, None);
        assert!(known.unreadable[0].1.contains("duplicate"), "{:?}", known.unreadable);
    }
}
