//! Templates of gate files, and the questions that they leave open.
//!
//! A template is a commented gate file in which `{{…}}` stands for what is known when the file is written: its name, days
//! and shared parts. A text in angle brackets is a placeholder, which only a person can answer. A gate with a placeholder
//! is refused (`tollgate_govern::read`).

mod draft;

pub use draft::{AnswerError, GateDraft, GateQuestion};

use tollgate_model::{Date, GateName};

/// Days until a new record has to be reviewed: three months.
const REVIEW_DAYS: u64 = 90;
/// Days of the example of an approval.
const APPROVAL_DAYS: u64 = 365;
/// Digest that no document has. Checking a gate with it says the digest of the document.
const UNKNOWN_DIGEST: &str =
    "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// Parts that several templates have in common, by the mark that they replace.
const FRAGMENTS: [(&str, &str); 7] = [
    ("head", include_str!("fragments/head.toml")),
    ("responsibility", include_str!("fragments/responsibility.toml")),
    ("autonomy", include_str!("fragments/autonomy.toml")),
    ("review", include_str!("fragments/review.toml")),
    ("brand-voice", include_str!("fragments/brand-voice.toml")),
    ("budget", include_str!("fragments/budget.toml")),
    ("data", include_str!("fragments/data.toml")),
];

/// Template of a gate file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateTemplate {
    /// Judges outputs and delegates nothing.
    Quality,
    Email,
    SocialPost,
    SupportAnswer,
    AgentAction,
}

impl GateTemplate {
    pub const ALL: [Self; 5] =
        [Self::Quality, Self::Email, Self::SocialPost, Self::SupportAnswer, Self::AgentAction];

    pub fn name(self) -> &'static str {
        match self {
            Self::Quality => "quality",
            Self::Email => "email",
            Self::SocialPost => "social-post",
            Self::SupportAnswer => "support-answer",
            Self::AgentAction => "agent-action",
        }
    }

    /// Describes what a gate of this template is for, as a noun phrase.
    pub fn description(self) -> &'static str {
        match self {
            Self::Quality => {
                "outputs that are judged, with nothing delegated and no record to fill in"
            }
            Self::Email => "e-mails to customers",
            Self::SocialPost => "posts on social media",
            Self::SupportAnswer => "answers to customers who ask for help",
            Self::AgentAction => "actions of an agent, each with its tool and arguments",
        }
    }

    /// Returns the text of a new gate file, whose days are counted from `today`.
    pub fn render(self, name: &GateName, today: Date) -> String {
        let mut text = match self {
            Self::Quality => include_str!("templates/quality.toml"),
            Self::Email => include_str!("templates/email.toml"),
            Self::SocialPost => include_str!("templates/social-post.toml"),
            Self::SupportAnswer => include_str!("templates/support-answer.toml"),
            Self::AgentAction => include_str!("templates/agent-action.toml"),
        }
        .to_owned();
        for (mark, fragment) in FRAGMENTS {
            text = text.replace(&format!("{{{{{mark}}}}}\n"), fragment);
        }
        let known = [
            ("name", name.to_string()),
            ("today", today.to_string()),
            ("in-three-months", today.plus_days(REVIEW_DAYS).to_string()),
            ("in-a-year", today.plus_days(APPROVAL_DAYS).to_string()),
            ("brand-voice-digest", UNKNOWN_DIGEST.to_owned()),
        ];
        for (mark, value) in known {
            text = text.replace(&format!("{{{{{mark}}}}}"), &value);
        }
        text
    }

    /// Returns the first test cases of a gate of this template, a JSON object a line.
    pub fn cases(self) -> &'static str {
        match self {
            Self::Quality => include_str!("cases/quality.jsonl"),
            Self::Email => include_str!("cases/email.jsonl"),
            Self::SocialPost => include_str!("cases/social-post.jsonl"),
            Self::SupportAnswer => include_str!("cases/support-answer.jsonl"),
            Self::AgentAction => include_str!("cases/agent-action.jsonl"),
        }
    }
}
