//! Reasons as sentences for reviewers.

use std::fmt;

use super::ReasonKind;
use crate::{BudgetPeriod, EnforcementMode, Money, NonBlankString, OutcomeCounts, format_utc};

impl fmt::Display for ReasonKind {
    // One match without a fallback arm, so that the compiler asks for the sentence of a new kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson { line, column, problem, fenced, open_fence } => write!(
                f,
                "the output is not JSON, so no contract was asked: {problem} at line {line}, column {column}{}",
                match (fenced, open_fence) {
                    (true, _) => "; it stands in a code fence, which the option `unfence` takes off",
                    (_, true) => {
                        "; there is a code fence inside, which is not taken off: text is around it, it has no end, or \
                         its first line has more than a short word"
                    }
                    _ => "",
                }
            ),
            Self::Unfenced => f.write_str(
                "the code fence around the output was taken off: only the document inside was judged",
            ),
            Self::PartNotJudged { contract, at, problem, mode } => write!(
                f,
                "{}not evaluated: {}, and `{contract}` judges that",
                mode_prefix(*mode),
                problem.describe(at)
            ),
            Self::Finding { contract, at, rule, severity, message, mode } => {
                let (prefix, place) = (mode_prefix(*mode), place_phrase(at.as_deref()));
                write!(f, "{prefix}`{contract}` found `{rule}` ({severity}){place}: {message}")
            }
            Self::Fail { contract, at, mode } => write!(
                f,
                "{}`{contract}` answered `fail` without a finding{}",
                mode_prefix(*mode),
                place_phrase(at.as_deref())
            ),
            Self::Unsure { contract, at, mode } => write!(
                f,
                "{}`{contract}` is unsure{}: a human has to decide",
                mode_prefix(*mode),
                place_phrase(at.as_deref())
            ),
            Self::NoMajority { contract, at, answers, majority, mode } => {
                let OutcomeCounts { pass, fail, unsure } = answers;
                let place = place_phrase(at.as_deref());
                write!(
                    f,
                    "{}`{contract}` is flaky{place}: {pass} pass, {fail} fail, {unsure} unsure, but \
                 {majority} equal answers are required",
                    mode_prefix(*mode)
                )
            }
            Self::Failure { contract, at, kind, message, mode, fail_open, fails_ordinary } => write!(
                f,
                "{}not evaluated: `{contract}` gave no answer{} ({kind}: {message}){}{}",
                mode_prefix(*mode),
                place_phrase(at.as_deref()),
                if *fail_open { "; its `fail-open` exception applies" } else { "" },
                if *fails_ordinary { "; it fails on ordinary outputs, too" } else { "" }
            ),
            Self::AnswersMissing { contract, at, answers, expected, mode } => write!(
                f,
                "{}not evaluated: `{contract}` gave {answers} of {expected} answers{}",
                mode_prefix(*mode),
                place_phrase(at.as_deref())
            ),
            Self::ContractUnknown { contract } => {
                write!(f, "`{contract}` answered, but the gate does not use it")
            }
            Self::NothingPassed => f.write_str("no enforced contract passed the output"),
            Self::OnlyProbabilistic => f.write_str(
                "only contracts that ask a model passed the output: a human has to decide",
            ),
            Self::RecordIncomplete { missing } => write!(f, "the gate record lacks {missing}"),
            Self::ScoreTooHigh { sum, sign_off_would_do: false } => {
                write!(f, "the delegation score of {sum} is too high to delegate this to an AI")
            }
            Self::ScoreTooHigh { sum, sign_off_would_do: true } => {
                write!(f, "the delegation score of {sum} requires an executive's sign-off")
            }
            Self::Oversight { reasons } => {
                f.write_str("a human approves every output")?;
                // Decisions of earlier versions have none where the gate had no level.
                if !reasons.is_empty() {
                    f.write_str(": ")?;
                }
                write_list(f, reasons)
            }
            Self::LevelRefuses { scheme, level } => {
                write!(f, "level {level} of {scheme} allows no outputs")
            }
            Self::LevelInvalid { scheme, level } => write!(
                f,
                "the recorded level {level} of {scheme} does not exist in the gate's scheme"
            ),
            Self::Demotion { cause } => write!(f, "the gate loses a level: {cause}"),
            Self::Shadow => f.write_str(
                "the gate is in shadow mode: outputs are judged and recorded, but not sent",
            ),
            Self::ChannelNotAllowed { channel } => write!(f, "channel `{channel}` is not allowed"),
            Self::ChannelUnknown => f.write_str("the `channel` of the output is not given"),
            Self::TopicBlocked { topic } => write!(f, "topic `{topic}` is blocked"),
            Self::TopicsUnknown => f.write_str("the `topics` of the output are not given"),
            Self::BrandVoiceChanged => {
                f.write_str("the brand voice document is missing or differs from the agreed one")
            }
            Self::BrandVoiceMismatch => {
                f.write_str("the output was made with another brand voice document")
            }
            Self::BudgetExceeded { period, cap, spent, currency } => {
                write!(f, "{} budget exceeded: ", budget_adjective(*period))?;
                write_spent(f, *spent, *cap, currency.as_ref())
            }
            Self::BudgetWarning { period, cap, spent, currency } => {
                write!(f, "{} budget nearly spent: ", budget_adjective(*period))?;
                write_spent(f, *spent, *cap, currency.as_ref())
            }
            Self::CostUnknown { model: Some(model) } => write!(
                f,
                "the cost is unknown: `{model}` has no price, or `input-tokens` and \
                 `output-tokens` are not given"
            ),
            Self::CostUnknown { model: None } => {
                f.write_str("the cost is unknown: give `cost`, or `model` and its tokens")
            }
            Self::CampaignUnknown => f.write_str("the `campaign` of the output is not given"),
            Self::ConfidenceLow { confidence, required } => {
                write!(f, "model confidence {confidence} is below the required {required}")
            }
            Self::ConfidenceUnknown => f.write_str("the `confidence` of the model is not given"),
            Self::ModelNotApproved { model } => {
                write!(f, "model `{model}` is not approved for this use")
            }
            Self::ModelApprovalExpired { model, until } => {
                write!(f, "the approval of model `{model}` ended on {until}")
            }
            Self::ModelUnknown => f.write_str("the `model` that made the output is not given"),
            Self::DataUnknown => f.write_str("the `data-classes` of the output are not given"),
            Self::DataUnlisted { class } => {
                write!(f, "the output holds `{class}` data, which the gate record does not list")
            }
            Self::DataForbidden { class } => {
                write!(f, "the output holds `{class}` data, which models may not get")
            }
            Self::ConsentNotRespected { class } => {
                write!(f, "the output holds `{class}` data, for which consent is not checked")
            }
            Self::RegionNotAllowed { class, region } => write!(
                f,
                "the output holds `{class}` data, which may not be handled in region `{region}`"
            ),
            Self::RegionUnknown { class } => write!(
                f,
                "the output holds `{class}` data, and the `region` that handled it is not given"
            ),
            Self::OutputBlank => f.write_str("the output has no visible text"),
            Self::ToolNotAllowed { tool } => write!(f, "the AI may not call tool `{tool}`"),
            Self::PromptMismatch { prompt, required } => write!(
                f,
                "the output comes from prompt `{prompt}`, but the gate requires `{required}`"
            ),
            Self::PromptUnknown => f.write_str("the `prompt` of the output is not given"),
            Self::ContextUnreadable { key, problem } => {
                write!(f, "context key `{key}` cannot be read: {problem}")
            }
            Self::ApprovalsMissing { approved, required } => {
                write!(f, "{approved} of {required} required reviewers have approved")
            }
            Self::RecordOverdue { review_by } => {
                write!(f, "the gate record was due for review by {review_by}")
            }
            Self::Revoked { revocation } => revocation.fmt(f),
            Self::Approved { by } => {
                f.write_str("approved by ")?;
                write_list(f, by)
            }
            Self::Sampled { share } => write!(f, "sampled for audit (share {share})"),
            Self::UndoWindow { until_ms } => {
                write!(f, "can be retracted until {}", format_utc(*until_ms))
            }
        }
    }
}

/// Returns a prefix that marks an answer without influence on the ruling.
fn mode_prefix(mode: EnforcementMode) -> &'static str {
    match mode {
        EnforcementMode::Enforce => "",
        EnforcementMode::Advise => "advice: ",
        EnforcementMode::Shadow => "in shadow: ",
    }
}

/// Returns the phrase for a part of a document; empty for the whole output.
fn place_phrase(at: Option<&str>) -> String {
    at.map_or_else(String::new, |at| format!(" at `{at}`"))
}

fn budget_adjective(period: BudgetPeriod) -> &'static str {
    match period {
        BudgetPeriod::Day => "daily",
        BudgetPeriod::Week => "weekly",
        BudgetPeriod::Month => "monthly",
        BudgetPeriod::Campaign => "campaign",
    }
}

fn write_spent(
    f: &mut fmt::Formatter<'_>,
    spent: Money,
    cap: Money,
    currency: Option<&NonBlankString>,
) -> fmt::Result {
    write!(f, "{spent} of {cap}")?;
    currency.map_or(Ok(()), |currency| write!(f, " {currency}"))
}

fn write_list(f: &mut fmt::Formatter<'_>, items: &[impl fmt::Display]) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        item.fmt(f)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PartProblem;

    #[test]
    fn names_the_place_in_a_document_where_there_is_one() {
        let unsure = |at: Option<&str>| ReasonKind::Unsure {
            contract: "tone".into(),
            at: at.map(Into::into),
            mode: EnforcementMode::Advise,
        };
        let text = unsure(Some("/items/0")).to_string();
        assert_eq!(text, "advice: `tone` is unsure at `/items/0`: a human has to decide");
        assert_eq!(unsure(None).to_string(), "advice: `tone` is unsure: a human has to decide");
        let absent = ReasonKind::PartNotJudged {
            contract: "tone".into(),
            at: "/text".into(),
            problem: PartProblem::Absent,
            mode: EnforcementMode::Enforce,
        };
        let text = absent.to_string();
        assert_eq!(text, "not evaluated: there is nothing at `/text`, and `tone` judges that");
    }

    #[test]
    fn tells_how_to_take_a_code_fence_off() {
        let not_json = |fenced, open_fence| ReasonKind::NotJson {
            line: 1,
            column: 53,
            problem: "EOF while parsing a string".into(),
            fenced,
            open_fence,
        };
        let text = not_json(false, false).to_string();
        let expected = "the output is not JSON, so no contract was asked: EOF while parsing a string at \
                        line 1, column 53";
        assert_eq!(text, expected);
        assert!(
            not_json(true, false).to_string().ends_with("which the option `unfence` takes off")
        );
        let inside = not_json(false, true).to_string();
        assert!(inside.ends_with("or its first line has more than a short word"), "{inside}");
    }

    #[test]
    fn nothing_follows_a_colon_without_a_reason() {
        let told = |reasons| ReasonKind::Oversight { reasons }.to_string();
        assert_eq!(told(Vec::new()), "a human approves every output");
        let high_risk = told(vec![crate::HoldReason::HighRisk]);
        assert!(high_risk.starts_with("a human approves every output: the risk is high"));
    }

    #[test]
    fn names_the_currency_where_it_is_known() {
        let exceeded = |currency: Option<&str>| ReasonKind::BudgetExceeded {
            period: BudgetPeriod::Day,
            cap: "12".parse().unwrap(),
            spent: "12.5".parse().unwrap(),
            currency: currency.map(|currency| currency.parse().unwrap()),
        };
        let text = exceeded(Some("EUR")).to_string();
        assert_eq!(text, "daily budget exceeded: 12.50 of 12.00 EUR");
        // Decisions of earlier versions have no currency.
        assert_eq!(exceeded(None).to_string(), "daily budget exceeded: 12.50 of 12.00");
    }
}
