//! A gate file while its questions are answered: answers take the places of placeholders.

use std::ops::Range;

use tollgate_engine::confine_path;
use tollgate_govern::read::{
    Placeholder, PlaceholderPlace, check_besides_placeholders, find_placeholders,
};
use tollgate_model::{Digest, GateName, TextFileErrors};

use super::{GateTemplate, UNKNOWN_DIGEST};
use crate::files;
use crate::gates::quote_names;
use crate::project::Project;

/// Answer that stands for an empty list.
const NOTHING: &str = "-";

/// Text of a new gate file, some of whose questions may be open.
#[derive(Clone, Debug)]
pub struct GateDraft {
    /// Path of the file within the project, for messages.
    path: String,
    text: String,
}

/// Question that a draft leaves open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateQuestion {
    /// Paths of the values that the answer is written to, such as `review.reviewers[0].name`.
    pub keys: Vec<String>,
    /// Text of the question, with an example or the possible answers.
    pub question: String,
    /// Whether the answer is a list, which may be empty.
    pub is_list: bool,
}

/// Reason why an answer is not written into a draft.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The key is not in the template, or has its value already.
    #[error("`{key}` is not an open question of this gate; {}", describe_known(.known))]
    UnknownKey {
        key: String,
        /// Keys of the same table, or all if there is none.
        known: Vec<String>,
    },
    /// One of two answers would be lost.
    #[error("`{0}` is answered twice")]
    AnsweredTwice(String),
    #[error("`{0}` is a placeholder itself")]
    StillPlaceholder(String),
    /// The gate cannot have this answer.
    #[error("{0}")]
    Refused(#[source] TextFileErrors),
}

impl GateDraft {
    /// Creates the draft of a gate that is going to be at `path`.
    pub fn new(
        path: &str,
        template: GateTemplate,
        name: &GateName,
        today: tollgate_model::Date,
    ) -> Self {
        Self { path: path.to_owned(), text: template.render(name, today) }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the open questions in the order of the file. A question that is asked at several places is one.
    pub fn questions(&self) -> Vec<GateQuestion> {
        let mut questions: Vec<GateQuestion> = Vec::new();
        for placeholder in find_placeholders(&self.text) {
            let key = key_of(&placeholder);
            match questions.iter_mut().find(|known| known.question == placeholder.question) {
                Some(known) => known.keys.push(key),
                None => questions.push(GateQuestion {
                    keys: vec![key],
                    is_list: placeholder.place == PlaceholderPlace::OnlyItem,
                    question: placeholder.question,
                }),
            }
        }
        questions
    }

    /// Writes answers to their keys, and then wherever the same question is still open.
    pub fn answer_keys(&mut self, answers: &[(String, String)]) -> Result<(), AnswerError> {
        let placeholders = find_placeholders(&self.text);
        let mut asked: Vec<(&Placeholder, &String)> = Vec::new();
        for (key, answer) in answers {
            let found = placeholders.iter().find(|one| key_of(one) == list_key(key));
            let found = found.ok_or_else(|| self.unknown_key(key))?;
            if asked.iter().any(|(other, _)| other.span == found.span) {
                return Err(AnswerError::AnsweredTwice(key.clone()));
            }
            asked.push((found, answer));
        }
        // The last first, because an answer moves all that is behind it.
        let mut from_last = asked.clone();
        from_last.sort_by_key(|(placeholder, _)| std::cmp::Reverse(placeholder.span.start));
        for (placeholder, answer) in from_last {
            self.answer(std::slice::from_ref(placeholder), answer)?;
        }
        for (placeholder, answer) in asked {
            self.answer_question(&placeholder.question, answer)?;
        }
        Ok(())
    }

    /// Writes an answer to every place where the question is still open.
    pub fn answer_question(&mut self, question: &str, answer: &str) -> Result<(), AnswerError> {
        let mut asked = find_placeholders(&self.text);
        asked.retain(|placeholder| placeholder.question == question);
        self.answer(&asked, answer)
    }

    /// Writes an answer to these places.
    fn answer(&mut self, asked: &[Placeholder], answer: &str) -> Result<(), AnswerError> {
        let answer = answer.trim();
        let open_before = find_placeholders(&self.text).len();
        let mut refused = None;
        // Most values are texts. Where a text does not fit, a number or truth value is tried as it is written.
        for is_text in [true, false] {
            let Some(text) = self.with_answer(asked, answer, is_text) else { continue };
            match check_besides_placeholders(&self.path, &text) {
                Ok(()) if find_placeholders(&text).len() + asked.len() > open_before => {
                    return Err(AnswerError::StillPlaceholder(answer.to_owned()));
                }
                Ok(()) => {
                    self.text = text;
                    return Ok(());
                }
                Err(errors) => refused = Some(errors),
            }
        }
        refused.map_or(Ok(()), |errors| Err(AnswerError::Refused(errors)))
    }

    /// Returns the text with an answer in these places. `None` if the answer is to be written as it is, and is neither a
    /// number nor a truth value.
    fn with_answer(&self, asked: &[Placeholder], answer: &str, is_text: bool) -> Option<String> {
        let is_number = answer.parse::<f64>().is_ok_and(f64::is_finite);
        if !is_text && !is_number && !matches!(answer, "true" | "false") {
            return None;
        }
        let mut text = self.text.clone();
        for placeholder in asked.iter().rev() {
            let value = match placeholder.place {
                PlaceholderPlace::OnlyItem => quote_items(answer),
                PlaceholderPlace::Value if !is_text => answer.to_owned(),
                PlaceholderPlace::Value | PlaceholderPlace::Key => quote(answer),
            };
            text.replace_range(Range::<usize>::from(placeholder.span), &value);
        }
        Some(text)
    }

    fn unknown_key(&self, key: &str) -> AnswerError {
        let questions = self.questions().into_iter();
        let keys: Vec<_> = questions.flat_map(|question| question.keys).collect();
        let table = |key: &str| key.split(['.', '[']).next().map(str::to_owned);
        let near: Vec<_> = keys.iter().filter(|one| table(one) == table(key)).cloned().collect();
        let known = if near.is_empty() { keys } else { near };
        AnswerError::UnknownKey { key: key.to_owned(), known }
    }

    /// Writes the digest of the brand voice document into the draft, if the draft names one that the project has.
    pub fn agree_on_brand_voice(&mut self, project: &Project) {
        let named = toml::from_str::<toml::Table>(&self.text).ok().and_then(|gate| {
            let document = gate.get("guardrails")?.get("brand-voice")?.get("document")?;
            document.as_str().map(str::to_owned)
        });
        let Some(path) = named.and_then(|path| confine_path(&project.folder, &path).ok()) else {
            return;
        };
        if let Ok(document) = files::read(&path) {
            self.text = self.text.replace(UNKNOWN_DIGEST, &Digest::of(document).to_string());
        }
    }
}

fn describe_known(known: &[String]) -> String {
    match known {
        [] => "it has none".into(),
        known => format!("these are {}", quote_names(known)),
    }
}

/// Returns the key that people name. The only item of a list stands for the list.
fn key_of(placeholder: &Placeholder) -> String {
    let key = placeholder.key.as_str();
    match placeholder.place {
        PlaceholderPlace::OnlyItem => list_key(key).to_owned(),
        PlaceholderPlace::Key | PlaceholderPlace::Value => key.to_owned(),
    }
}

/// Returns the key without the index of a placeholder that is the only item of its list.
fn list_key(key: &str) -> &str {
    key.strip_suffix("[0]").unwrap_or(key)
}

/// Writes items that are separated by commas as those of a TOML list.
fn quote_items(answer: &str) -> String {
    if answer == NOTHING {
        return String::new();
    }
    let items = answer.split(',').map(str::trim).filter(|item| !item.is_empty());
    items.map(quote).collect::<Vec<_>>().join(", ")
}

/// Writes a text as a TOML string. The escapes of JSON are among those of TOML.
fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
