//! The access rules: tools, data classes and models, and the sign-offs of executives.

use tollgate_model::{
    ContentKind, DataClass, Date, Gate, ModelApproval, ReasonKind, SignOff, SignOffScope,
};

use crate::{DecisionInput, Reasons};

/// Checks for a valid executive sign-off.
pub fn is_signed_off(gate: &Gate, of: SignOffScope, now_ms: u64) -> bool {
    valid_sign_offs(gate, now_ms).any(|sign_off| sign_off.scope == of)
}

/// Returns the sign-offs that are valid today. One by the author of the gate record is not.
pub fn valid_sign_offs(gate: &Gate, now_ms: u64) -> impl Iterator<Item = &SignOff> {
    let today = Date::from_ms(now_ms);
    gate.sign_offs.iter().filter(move |sign_off| {
        is_valid_on(today, sign_off.on, sign_off.until)
            && Some(&sign_off.by.name) != gate.author.as_ref()
    })
}

fn is_valid_on(today: Date, on: Date, until: Option<Date>) -> bool {
    on <= today && until.is_none_or(|until| today <= until)
}

pub(crate) fn add_reasons(input: &DecisionInput<'_>, reasons: &mut Reasons) {
    check_tool(input, reasons);
    check_data_classes(input, reasons);
    check_model(input, reasons);
}

/// Blocks actions with a tool that the record does not list.
fn check_tool(input: &DecisionInput<'_>, reasons: &mut Reasons) {
    if input.facts.kind != ContentKind::Action {
        return;
    }
    let tool = input.facts.tool.as_deref().unwrap_or_default();
    // An action without a tool name matches no listed tool, so it is blocked.
    if !input.gate.access.iter().any(|access| access.tools.contains(tool)) {
        reasons.add(ReasonKind::ToolNotAllowed { tool: tool.into() });
    }
}

/// Checks the classes of data that the caller states. Classes that are not stated are a reason to hold; an empty list
/// states that there are none.
fn check_data_classes(input: &DecisionInput<'_>, reasons: &mut Reasons) {
    match &input.facts.data_classes {
        Some(classes) => classes.iter().for_each(|class| check_data_class(input, class, reasons)),
        None if input.gate.data.as_ref().is_some_and(|data| !data.is_empty()) => {
            reasons.add(ReasonKind::DataUnknown);
        }
        None => {}
    }
}

fn check_data_class(input: &DecisionInput<'_>, class: &str, reasons: &mut Reasons) {
    let classes = input.gate.data.as_deref().unwrap_or_default();
    let Some(data) = classes.iter().find(|data| data.class.as_str() == class) else {
        return reasons.add(ReasonKind::DataUnlisted { class: class.into() });
    };
    // A missing answer is not a yes either: the record is incomplete then, which holds for a reason of its own.
    if data.may_be_uploaded == Some(false) {
        reasons.add(ReasonKind::DataForbidden { class: class.into() });
    }
    if data.consent_respected == Some(false) {
        reasons.add(ReasonKind::ConsentNotRespected { class: class.into() });
    }
    check_region(input, data, reasons);
}

fn check_region(input: &DecisionInput<'_>, data: &DataClass, reasons: &mut Reasons) {
    if data.region_restricted != Some(true) {
        return;
    }
    let class = data.class.to_string();
    match &input.facts.region {
        None => reasons.add(ReasonKind::RegionUnknown { class }),
        Some(region) if data.regions.contains(region) => {}
        Some(region) => reasons.add(ReasonKind::RegionNotAllowed { class, region: region.clone() }),
    }
}

/// Blocks outputs of models without an approval, and holds those whose approval has ended.
fn check_model(input: &DecisionInput<'_>, reasons: &mut Reasons) {
    let Some(model) = &input.facts.model else { return reasons.add(ReasonKind::ModelUnknown) };
    let today = Date::from_ms(input.now_ms);
    let approvals =
        || input.gate.approvals.iter().filter(|approval| approval.model.as_str() == model);
    let is_valid = |approval: &ModelApproval| is_valid_on(today, approval.on, approval.until);
    if approvals().any(is_valid) {
        return;
    }
    // Of several ended approvals, report the latest.
    match approvals().filter_map(|approval| approval.until).filter(|until| *until < today).max() {
        Some(until) => {
            reasons.add(ReasonKind::ModelApprovalExpired { model: model.clone(), until })
        }
        None => reasons.add(ReasonKind::ModelNotApproved { model: model.clone() }),
    }
}
