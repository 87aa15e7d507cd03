//! Reasons as sentences that a reviewer understands.

use std::fmt;

use super::{Because, Cause, Why};
use crate::Mode;

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finding { contract, rule, severity, message, mode } => {
                write!(f, "{}`{contract}` found `{rule}` ({severity}): {message}", aside(*mode))
            }
            Self::Fail { contract, mode } => {
                write!(f, "{}`{contract}` says `fail`, and names no finding", aside(*mode))
            }
            Self::Unsure { contract, mode } => {
                write!(f, "{}`{contract}` cannot tell: a human has to look", aside(*mode))
            }
            Self::Split { contract, answers: [pass, fail, unsure], agreeing, mode } => write!(
                f,
                "{}`{contract}` is flaky here: {pass} pass, {fail} fail, {unsure} unsure, and \
                 {agreeing} had to agree",
                aside(*mode)
            ),
            Self::Failure { contract, kind, message, mode, fail_open } => {
                let open =
                    if *fail_open { ", and the gate goes on without it for a time" } else { "" };
                write!(
                    f,
                    "{}not evaluated: `{contract}` gave no answer ({kind}: {message}){open}",
                    aside(*mode)
                )
            }
            Self::CheckMissing { contract, answers, wanted, mode } => write!(
                f,
                "{}not evaluated: `{contract}` gave {answers} of {wanted} answers",
                aside(*mode)
            ),
            Self::CheckUnknown { contract } => {
                write!(f, "`{contract}` answered, and the gate does not name it")
            }
            Self::NothingPassed => f.write_str("no contract that counts has passed it"),
            Self::OnlyProbabilistic => {
                f.write_str("only contracts that ask a model have passed it: a human has to look")
            }
            Self::RecordIncomplete { missing } => write!(f, "the record lacks {missing}"),
            Self::ScoreHigh { sum, sign_off_would_do: false } => {
                write!(f, "the delegation score of {sum} says that this is not for an AI")
            }
            Self::ScoreHigh { sum, sign_off_would_do: true } => {
                write!(f, "the delegation score of {sum} takes an executive's sign-off")
            }
            Self::Oversight { because } => {
                f.write_str("a human approves every output: ")?;
                listed(f, because)
            }
            Self::Refused { scheme, level } => {
                write!(f, "at level {level} of {scheme} the AI does nothing here")
            }
            Self::LevelUnknown { scheme, level } => {
                write!(f, "level {level} of {scheme} is recorded, which is none of this gate")
            }
            Self::Demotion { why } => write!(f, "the gate loses a level: {why}"),
            Self::Shadow => f.write_str("the gate is in shadow: judged and recorded, not acted on"),
            other => other.walls(f),
        }
    }
}

impl Cause {
    /// What is about the output's surroundings.
    fn walls(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ChannelOutside { channel } => write!(f, "it may not go to `{channel}`"),
            Self::ChannelUnknown => f.write_str("nobody says where it would go (`channel`)"),
            Self::TopicBlocked { topic } => write!(f, "it may not be about `{topic}`"),
            Self::TopicsUnknown => f.write_str("nobody says what it is about (`topics`)"),
            Self::BrandVoiceChanged => {
                f.write_str("the document on the brand's voice is not the one that was agreed")
            }
            Self::BrandVoiceOther => {
                f.write_str("it was made with another document on the brand's voice")
            }
            Self::BudgetExceeded { period, cap, spent } => {
                write!(f, "the budget of the {period} does not reach: {spent} of {cap}")
            }
            Self::BudgetWarning { period, cap, spent } => {
                write!(f, "the budget of the {period} is nearly spent: {spent} of {cap}")
            }
            Self::CostUnknown { model: Some(model) } => {
                write!(
                    f,
                    "nobody knows what it costs: `{model}` has no price, or no tokens are told"
                )
            }
            Self::CostUnknown { model: None } => {
                f.write_str("nobody knows what it costs (`cost`, or `model` and tokens)")
            }
            Self::CampaignUnknown => {
                f.write_str("nobody says which campaign it belongs to (`campaign`)")
            }
            Self::ConfidenceLow { confidence, wanted } => {
                write!(f, "the model was sure by {confidence}, and {wanted} is asked")
            }
            Self::ConfidenceUnknown => {
                f.write_str("nobody says how sure the model was (`confidence`)")
            }
            other => other.record(f),
        }
    }

    /// What is about data, models and people.
    fn record(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ModelNotApproved { model } => {
                write!(f, "the model `{model}` was not approved for this use")
            }
            Self::ModelApprovalOver { model, until } => {
                write!(f, "the approval of the model `{model}` was over on {until}")
            }
            Self::ModelUnknown => f.write_str("nobody says which model made it (`model`)"),
            Self::DataUnlisted { class } => {
                write!(f, "it holds `{class}`, a kind of data that the record does not name")
            }
            Self::DataForbidden { class } => {
                write!(f, "it holds `{class}`, which no model may get")
            }
            Self::ConsentNotRespected { class } => {
                write!(f, "it holds `{class}`, and nobody looks at the consent of the people")
            }
            Self::RegionOutside { class, region } => {
                write!(f, "it holds `{class}`, which may not be handled in `{region}`")
            }
            Self::RegionUnknown { class } => {
                write!(f, "it holds `{class}`, and nobody says where it was handled (`region`)")
            }
            Self::ToolOutside { tool } => write!(f, "the AI was not given the tool `{tool}`"),
            Self::PromptOther { prompt, wanted } => {
                write!(f, "it comes from the prompt `{prompt}`, and this gate is for `{wanted}`")
            }
            Self::PromptUnknown => f.write_str("nobody says which prompt it comes from (`prompt`)"),
            Self::ContextUnreadable { key, why } => {
                write!(f, "what is told of it cannot be read: `{key}` {why}")
            }
            Self::ApprovalUnfit { approved, wanted } => write!(
                f,
                "the approval does not count: {approved} of {wanted} people who may approve it did"
            ),
            Self::RecordOverdue { review_by } => {
                write!(f, "the record should have been looked at again by {review_by}")
            }
            Self::Approved { by } => {
                f.write_str("approved by ")?;
                listed(f, by)
            }
            Self::Sampled { share } => write!(f, "drawn for a look afterwards (share {share})"),
            Self::UndoWindow { until_ms } => {
                write!(f, "it can be taken back until {until_ms} (milliseconds since 1970)")
            }
            // Everything else was told before it came here.
            other => f.write_str(other.code()),
        }
    }
}

/// What does not count says so.
fn aside(mode: Mode) -> &'static str {
    match mode {
        Mode::Enforce => "",
        Mode::Advise => "advice: ",
        Mode::Shadow => "in shadow: ",
    }
}

fn listed(f: &mut fmt::Formatter<'_>, items: &[impl fmt::Display]) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        item.fmt(f)?;
    }
    Ok(())
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pattern { pattern } => write!(f, "its pattern is {pattern}"),
            Self::Level { scheme, level } => write!(f, "it is at level {level} of {scheme}"),
            Self::NotPromoted { scheme, level } => {
                write!(
                    f,
                    "its file names level {level} of {scheme}, and nobody has promoted it yet"
                )
            }
            Self::Score { sum, posture } => write!(f, "its score of {sum} says {posture}"),
            Self::HighRisk => f.write_str("its risk is high, and no executive has signed off"),
            Self::NotReversible => {
                f.write_str("it cannot be undone, and no executive has signed off")
            }
            Self::NotLowRisk => f.write_str("only low-risk tasks are executed at this level"),
            Self::Missing { missing } => write!(f, "the record lacks {missing}"),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ThresholdBroken { kpi, value, limit } => {
                write!(f, "`{kpi}` is {value}, and has to keep to {limit}")
            }
            Self::Incident { what, .. } => write!(f, "an incident: {what}"),
            Self::Rollback { .. } => f.write_str("an output was taken back"),
            Self::ReviewOverdue { .. } => f.write_str("a review was not done in time"),
            Self::RecordOverdue { review_by } => {
                write!(f, "the record was not looked at again by {review_by}")
            }
            Self::ContractFailed { contract } => write!(f, "`{contract}` gave no answer"),
        }
    }
}
