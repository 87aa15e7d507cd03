//! Answers of the host's rules about a world.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tollgate_govern::autonomy::{demotion_causes, effective_level};
use tollgate_govern::promotion::{PromotionError, demotion_change, propose_promotion};
use tollgate_govern::review::{
    HeldRun, NextStep, ReviewRuleError, Reviewer, check_audit_review, claim_review,
    conclude_review, escalation_holder, escalation_steps, is_escalated_at_once, required_approvals,
    review_due_ms,
};
use tollgate_govern::score::ScoreThresholds;
use tollgate_govern::{
    GateState, KpiReading, OutputApproval, OutputFacts, PeriodSpending, RecordedLevel, decide,
};
use tollgate_model::{
    ChecklistAnswer, Decision, DemotionCause, Digest, FormatVersion, Gate, LevelChangeReason,
    Money, Person, Release, ReviewAction, Subject, parse_rfc3339,
};

/// Decides about the world and reviews the decision. Adds the decision to the held run, which the model needs.
pub fn answer_world(world: &mut Value) -> Value {
    let gate: Gate = read(&world["gate"]);
    let now_ms = world["now"].as_u64().unwrap();
    let subject: Subject = read(&world["subject"]);
    let facts =
        OutputFacts::from_subject(&subject, read(&world["subject-digest"]), read(&world["run"]));
    let facts = OutputFacts { is_unfenced: read(&world["is-unfenced"]), ..facts };
    let checks: Vec<_> = read(&world["checks"]);
    let state = read_state(&world["state"], &gate);
    let decision = decide(&gate, &checks, &facts, &state, now_ms);
    let unapproved =
        decide(&gate, &checks, &facts, &GateState { approval: None, ..state.clone() }, now_ms);
    let held = read_held_run(&world["held"], unapproved, facts.subject);
    world["held"]["decision"] = json!(held.decision);
    json!({
        "decision": decision,
        "level": answer_level(&gate, &state, now_ms),
        "promotion": answer_promotion(world, &gate, &state, now_ms),
        "review": answer_review(world, &gate, &held, now_ms),
    })
}

fn read<T: DeserializeOwned>(value: &Value) -> T {
    T::deserialize(value).unwrap_or_else(|error| panic!("{error} in {value}"))
}

fn read_state(state: &Value, gate: &Gate) -> GateState {
    let amount = |period: &str| Money::from_micros(state["spent"][period].as_u64().unwrap());
    let points = |key: &str| u8::try_from(state["thresholds"][key].as_u64().unwrap()).unwrap();
    let level = &state["level"];
    let approval = &state["approval"];
    let figures: BTreeMap<String, KpiReading> = read(&state["figures"]);
    GateState {
        thresholds: ScoreThresholds {
            delegate_max: points("delegate-max"),
            human_max: points("human-max"),
        },
        level: level.is_object().then(|| RecordedLevel {
            scheme: read(&level["scheme"]),
            level: read(&level["level"]),
            since_ms: parse_rfc3339(level["since"].as_str().unwrap()).unwrap(),
            reason: LevelChangeReason::Demoted { causes: Vec::new() },
        }),
        incidents: read(&state["incidents"]),
        figures,
        spent: PeriodSpending {
            day: amount("day"),
            week: amount("week"),
            month: amount("month"),
            campaign: amount("campaign"),
        },
        earliest_review_due_ms: state["earliest-review-due"].as_u64(),
        brand_voice: read(&state["brand-voice"]),
        release: state["pinned-prompt"].is_object().then(|| Release {
            format: FormatVersion,
            gate: gate.name.clone(),
            gate_digest: Digest::of("gate"),
            prompt: Some(read(&state["pinned-prompt"])),
            brand_voice: read(&state["brand-voice"]),
            score_thresholds: ScoreThresholds {
                delegate_max: points("delegate-max"),
                human_max: points("human-max"),
            },
            contracts: Vec::new(),
        }),
        approval: approval.is_object().then(|| OutputApproval {
            subject: read(&approval["subject"]),
            by: read(&approval["by"]),
            edited: read(&approval["edited"]),
            required_approvals: read(&approval["required-approvals"]),
        }),
        is_paid_for: read(&state["is-paid-for"]),
    }
}

fn read_held_run(held: &Value, decision: Decision, subject: Digest) -> HeldRun {
    HeldRun {
        subject,
        decision,
        authors: read(&held["authors"]),
        held_at_ms: read(&held["held-at"]),
        claim: read(&held["claim"]),
        approved_by: read(&held["approved-by"]),
        escalations: read(&held["escalations"]),
    }
}

/// Answers by the level without the failures of this run, as a status shows it.
fn answer_level(gate: &Gate, state: &GateState, now_ms: u64) -> Value {
    let Some(autonomy) = &gate.autonomy else { return json!(null) };
    let level = effective_level(gate, autonomy, state, &[], now_ms);
    let change = demotion_change(&level);
    let mut after = state.clone();
    if let Some(change) = &change {
        after.apply_level_change(change, now_ms);
    }
    let next = effective_level(gate, autonomy, &after, &[], now_ms);
    json!({
        "scheme": level.scheme,
        "level": level.level,
        "is-recorded": level.is_recorded,
        "demoted-from": level.demoted_from,
        "causes": level.causes.iter().map(describe_cause).collect::<Vec<_>>(),
        "after-recording": { "level": next.level, "causes": next.causes.len() },
        "all-causes": demotion_causes(gate, state, &[], 0, now_ms).iter().map(describe_cause).collect::<Vec<_>>(),
    })
}

fn describe_cause(cause: &DemotionCause) -> Value {
    match cause {
        DemotionCause::ThresholdBroken { kpi, .. } => json!(["threshold-broken", kpi]),
        DemotionCause::Incident { .. } => json!(["incident", ""]),
        DemotionCause::Rollback { .. } => json!(["rollback", ""]),
        DemotionCause::ReleaseRollback { .. } => json!(["release-rollback", ""]),
        DemotionCause::ReviewOverdue { .. } => json!(["review-overdue", ""]),
        DemotionCause::RecordOverdue { .. } => json!(["record-overdue", ""]),
        DemotionCause::ContractFailed { contract } => json!(["contract-failed", contract]),
    }
}

fn answer_promotion(world: &Value, gate: &Gate, state: &GateState, now_ms: u64) -> Value {
    let person: Person = read(&world["review"]["reviewer"]["person"]);
    match propose_promotion(gate, state, read(&world["track-record"]), now_ms) {
        Ok(proposal) => {
            let accepted_by = match proposal.accept(gate, &person, now_ms) {
                Ok(_) => "an accepter",
                Err(PromotionError::AcceptedByAuthor(_)) => "an author",
                Err(_) => "somebody else",
            };
            json!({ "from": proposal.from, "to": proposal.to, "accepted-by": accepted_by })
        }
        Err(objections) => {
            json!({ "objections": objections.iter().map(describe_promotion_error).collect::<Vec<_>>() })
        }
    }
}

fn describe_promotion_error(error: &PromotionError) -> Value {
    match error {
        PromotionError::Missing(part) => json!(["missing", part]),
        PromotionError::HighestLevel(_) => json!(["highest-level", ""]),
        PromotionError::TooFewReviews { .. } => json!(["too-few-reviews", ""]),
        PromotionError::ApprovalRateTooLow { .. } => json!(["approval-rate-too-low", ""]),
        PromotionError::DemotionPending(cause) => {
            json!(["demotion-pending", describe_cause(cause)[0]])
        }
        PromotionError::NotReady(_) => json!(["not-ready", ""]),
        PromotionError::AcceptedByAuthor(_) => json!(["accepted-by-author", ""]),
        PromotionError::NotAnAccepter { .. } => json!(["not-an-accepter", ""]),
    }
}

fn answer_review(world: &Value, gate: &Gate, held: &HeldRun, now_ms: u64) -> Value {
    let review = &world["review"];
    let action: ReviewAction = read(&review["action"]);
    let answers: Vec<ChecklistAnswer> = read(&review["answers"]);
    let reviewer = Reviewer {
        person: read(&review["reviewer"]["person"]),
        roles: read(&review["reviewer"]["roles"]),
    };
    let concluded = conclude_review(gate, held, &reviewer, &action, &answers, now_ms);
    let audit = check_audit_review(gate, held, &reviewer, &action, &answers, now_ms);
    let claim = claim_review(gate, Digest::of("run"), held, &reviewer.person, now_ms);
    json!({
        "required-approvals": required_approvals(gate, &held.decision.reasons),
        "escalated-at-once": is_escalated_at_once(gate, &held.decision.reasons),
        "due": review_due_ms(gate, held.held_at_ms),
        "steps": escalation_steps(gate, held, now_ms),
        "holder": escalation_holder(gate, held, now_ms).map(|holder| &holder.name),
        "concluded": match concluded {
            Ok(step) => describe_step(&step),
            Err(errors) => describe_review_errors(&errors),
        },
        "audit": describe_review_errors(&audit),
        "claimed": claim.is_ok(),
    })
}

fn describe_step(step: &NextStep) -> Value {
    match step {
        NextStep::DecideAgain(approval) => describe_approval("decide-again", approval),
        NextStep::JudgeAgain(approval) => describe_approval("judge-again", approval),
        NextStep::AnotherPerson { remaining } => {
            json!({ "step": "another-person", "remaining": remaining })
        }
        NextStep::Rejected => json!({ "step": "rejected" }),
        NextStep::Escalated { to } => {
            json!({ "step": "escalated", "to": to.as_ref().map(|holder| &holder.name) })
        }
    }
}

fn describe_approval(step: &str, approval: &OutputApproval) -> Value {
    json!({
        "step": step,
        "subject": approval.subject,
        "by": approval.by,
        "edited": approval.edited,
        "required": approval.required_approvals,
    })
}

fn describe_review_errors(errors: &[ReviewRuleError]) -> Value {
    let kinds = errors.iter().map(|error| match error {
        ReviewRuleError::NotHeld(_) => "not-held",
        ReviewRuleError::Author(_) => "author",
        ReviewRuleError::Excluded(_) => "excluded",
        ReviewRuleError::AlreadyApproved(_) => "already-approved",
        ReviewRuleError::NotAReviewer(_) => "not-a-reviewer",
        ReviewRuleError::NotEscalatedTo(_) => "not-escalated-to",
        ReviewRuleError::Claimed { .. } => "claimed",
        ReviewRuleError::Unanswered(..) => "unanswered",
        ReviewRuleError::WrongAnswer { .. } => "wrong-answer",
        ReviewRuleError::EvidenceMissing(_) => "evidence-missing",
        ReviewRuleError::CannotBeApproved(_) => "cannot-be-approved",
    });
    json!({ "objections": kinds.collect::<Vec<_>>() })
}
