//! Unit tests for approving and editing.

use tollgate_model::{
    Content, Decision, EnforcementMode, JsonText, Reason, ReasonEffect, ReasonKind, Ruling,
    Severity, Subject,
};

use super::ReviewError;
use super::approving::has_seen_all;
use super::editing::replace_content;

fn finding(rule: &str, message: &str) -> ReasonKind {
    let (contract, rule, message) = ("tollgate/pii".into(), rule.into(), message.into());
    ReasonKind::Finding {
        contract,
        at: None,
        rule,
        severity: Severity::Error,
        message,
        mode: EnforcementMode::Enforce,
    }
}

fn hold_with(causes: Vec<ReasonKind>) -> Decision {
    let reason = |cause| Reason { effect: ReasonEffect::Hold, lifted: false, kind: cause };
    Decision {
        ruling: Ruling::Hold,
        would_be: None,
        reasons: causes.into_iter().map(reason).collect(),
        audit: false,
        undo_until_ms: None,
        cost: None,
    }
}

#[test]
fn new_reasons_need_a_new_review() {
    let seen = hold_with(vec![finding("email", "[not kept]")]);
    let is_covered = |causes| has_seen_all(&seen, &hold_with(causes));
    assert!(is_covered(vec![finding("email", "kim@example.com")]), "what it quotes is not kept");
    assert!(!is_covered(vec![finding("email", ""), finding("phone", "")]));
    assert!(!is_covered(vec![ReasonKind::BrandVoiceChanged]));
    assert!(is_covered(vec![ReasonKind::Oversight { reasons: Vec::new() }]), "somebody is looking");
    assert!(is_covered(Vec::new()));
}

#[test]
fn an_edit_keeps_the_kind_of_content() {
    let json = |text: &str| JsonText::parse(text).unwrap();
    let action = Content::Action { tool: "mail".into(), arguments: json("{}") };
    let context = json(r#"{"channel":"email"}"#);
    let subject = |content| Subject { content, prompt: None, context: context.clone() };
    let other = replace_content(subject(action.clone()), r#"{"to": "x"}"#.into()).unwrap();
    let wanted = Content::Action { tool: "mail".into(), arguments: json(r#"{"to": "x"}"#) };
    assert_eq!(other, subject(wanted));
    assert!(matches!(
        replace_content(subject(action), "x".into()),
        Err(ReviewError::InvalidJson(..))
    ));
    let text = replace_content(subject(Content::Text("a".into())), "{".into()).unwrap();
    assert_eq!(text, subject(Content::Text("{".into())));
}
