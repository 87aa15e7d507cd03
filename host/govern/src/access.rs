//! What an AI may reach: tools, data, models, and who agreed to it.

use tollgate_model::{Approval, Cause, ContentKind, DataClass, Date, Gate, SignOffOf};

use crate::{Case, Reasons};

/// Whether an executive has taken something upon themselves, and still does. The author of the
/// record cannot.
pub fn signed_off(gate: &Gate, of: SignOffOf, now_ms: u64) -> bool {
    if gate.sign_offs.is_empty() {
        return false;
    }
    let today = Date::of_ms(now_ms);
    gate.sign_offs.iter().any(|sign_off| {
        sign_off.of == of
            && holds(today, sign_off.on, sign_off.until)
            && Some(&sign_off.by.name) != gate.author.as_ref()
    })
}

fn holds(today: Date, on: Date, until: Option<Date>) -> bool {
    on <= today && until.is_none_or(|until| today <= until)
}

/// Asks about the tool of an action, the kinds of data, and the model.
pub(crate) fn rule(case: &Case<'_>, reasons: &mut Reasons) {
    tool(case, reasons);
    for class in &case.facts.data_classes {
        data(case, class, reasons);
    }
    model(case, reasons);
}

/// An agent may do what it was given, and nothing else.
fn tool(case: &Case<'_>, reasons: &mut Reasons) {
    if case.facts.kind != ContentKind::Action {
        return;
    }
    let tool = case.facts.tool.as_deref().unwrap_or_default();
    if !case.gate.access.iter().any(|access| access.tools.contains(tool)) {
        reasons.add(Cause::ToolOutside { tool: tool.into() });
    }
}

fn data(case: &Case<'_>, class: &str, reasons: &mut Reasons) {
    let known = case.gate.data.as_deref().unwrap_or_default();
    let Some(data) = known.iter().find(|data| data.class.as_str() == class) else {
        return reasons.add(Cause::DataUnlisted { class: class.into() });
    };
    if data.may_be_uploaded != Some(true) {
        reasons.add(Cause::DataForbidden { class: class.into() });
    }
    if data.consent_respected != Some(true) {
        reasons.add(Cause::ConsentNotRespected { class: class.into() });
    }
    region(case, data, reasons);
}

fn region(case: &Case<'_>, data: &DataClass, reasons: &mut Reasons) {
    if data.region_restricted != Some(true) {
        return;
    }
    let class = data.class.to_string();
    match &case.facts.region {
        None => reasons.add(Cause::RegionUnknown { class }),
        Some(region) if data.regions.contains(region) => {}
        Some(region) => reasons.add(Cause::RegionOutside { class, region: region.clone() }),
    }
}

/// A model is approved for this use, or it is not.
fn model(case: &Case<'_>, reasons: &mut Reasons) {
    let Some(model) = &case.facts.model else { return reasons.add(Cause::ModelUnknown) };
    let today = Date::of_ms(case.now_ms);
    let of_it = || case.gate.approvals.iter().filter(|approval| approval.model.as_str() == model);
    let counts = |approval: &Approval| holds(today, approval.on, approval.until);
    if of_it().any(counts) {
        return;
    }
    // Of several that are over, the last is told.
    match of_it().filter_map(|approval| approval.until).max().filter(|until| *until < today) {
        Some(until) => reasons.add(Cause::ModelApprovalOver { model: model.clone(), until }),
        None => reasons.add(Cause::ModelNotApproved { model: model.clone() }),
    }
}
