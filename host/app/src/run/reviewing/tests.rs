use tollgate_model::{
    Cause, Content, Decision, Effect, JsonText, Mode, Reason, Ruling, Severity, Subject,
};

use super::Against;
use super::approving::all_seen;
use super::editing::edited;

fn finding(rule: &str, message: &str) -> Cause {
    let (contract, rule, message) = ("tollgate/pii".into(), rule.into(), message.into());
    Cause::Finding { contract, rule, severity: Severity::Error, message, mode: Mode::Enforce }
}

fn held_for(causes: Vec<Cause>) -> Decision {
    let reason = |cause| Reason { effect: Effect::Hold, lifted: false, cause };
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
fn what_nobody_has_seen_is_not_approved() {
    let seen = held_for(vec![finding("email", "[not kept]")]);
    let anew = |causes| all_seen(&seen, &held_for(causes));
    assert!(anew(vec![finding("email", "kim@example.com")]), "what it quotes is not kept");
    assert!(!anew(vec![finding("email", ""), finding("phone", "")]));
    assert!(!anew(vec![Cause::BrandVoiceChanged]));
    assert!(anew(vec![Cause::Oversight { because: Vec::new() }]), "somebody is looking");
    assert!(anew(Vec::new()));
}

#[test]
fn what_is_edited_is_of_the_same_kind() {
    let json = |text: &str| JsonText::parse(text).unwrap();
    let action = Content::Action { tool: "mail".into(), arguments: json("{}") };
    let context = json(r#"{"channel":"email"}"#);
    let subject = |content| Subject { content, prompt: None, context: context.clone() };
    let other = edited(subject(action.clone()), r#"{"to": "x"}"#.into()).unwrap();
    let wanted = Content::Action { tool: "mail".into(), arguments: json(r#"{"to": "x"}"#) };
    assert_eq!(other, subject(wanted));
    assert!(matches!(edited(subject(action), "x".into()), Err(Against::NoJson(..))));
    let text = edited(subject(Content::Text("a".into())), "{".into()).unwrap();
    assert_eq!(text, subject(Content::Text("{".into())));
}
