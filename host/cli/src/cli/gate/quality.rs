//! Messages about gates that only judge: whether they are ready, and the next step to a gate that delegates.

use tollgate::gate::GateLoadError;
use tollgate_api::{GateCompleteness, join_causes};
use tollgate_govern::completeness::{
    find_missing_for_delegation, find_missing_for_quality, is_part_of_quality,
};
use tollgate_govern::due_dates::{DueDate, find_due_dates};
use tollgate_govern::score::ScoreThresholds;
use tollgate_model::{Gate, GatePart};

use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};
use crate::hints;

/// The purpose of a gate that only judges, for people.
pub(super) const PURPOSE: &str = "quality: it judges outputs, and gives nobody leave to send them";

/// A gate that only judges, with what it lacks.
pub(super) struct JudgingGate<'a> {
    gate: &'a Gate,
    /// Parts without which nothing passes.
    missing: Vec<GatePart>,
    /// Parts that it lacks to delegate, the next one first.
    to_delegate: Vec<GatePart>,
    /// Days of its exceptions that have passed or come soon.
    due: Vec<DueDate>,
    /// Whether it was released before its file got this purpose. Its active release decides then.
    pub(super) is_released: bool,
    /// The reason why its contracts cannot be loaded.
    pub(super) load_error: Option<GateLoadError>,
}

impl<'a> JudgingGate<'a> {
    pub(super) fn new(gate: &'a Gate, thresholds: ScoreThresholds, now_ms: u64) -> Self {
        let missing = find_missing_for_quality(gate);
        let mut to_delegate = find_missing_for_delegation(gate, thresholds);
        to_delegate.retain(|part| !missing.contains(part));
        let due = find_due_dates(gate, now_ms);
        Self { gate, missing, to_delegate, due, is_released: false, load_error: None }
    }

    /// Returns whether the gate can pass outputs, and all of it is valid.
    pub(super) fn is_ready(&self) -> bool {
        self.missing.is_empty()
            && !self.due.iter().any(DueDate::has_passed)
            && self.load_error.is_none()
    }

    pub(super) fn document(&self) -> GateCompleteness {
        GateCompleteness::of_quality(self.gate.name.clone(), &self.missing, &self.to_delegate)
            .with_faults(&self.due, None)
            .with_load_error(self.load_error.as_ref().map(|error| join_causes(error)))
    }

    pub(super) fn print(&self) {
        let name = &self.gate.name;
        console::print(format!("{}  {PURPOSE}", paint(STRONG, name)));
        if self.is_ready() {
            let ready = paint(GOOD, "ready to judge");
            let by_file = if self.is_released { " --quality" } else { "" };
            console::print(format!("  {ready}: `tollgate check --gate {name} FILE{by_file}`"));
        }
        if self.is_released {
            let warning = paint(DOUBT, "warning:");
            console::print(format!(
                "  {warning} without `--quality`, the active release decides, and not this file"
            ));
        }
        if let Some(error) = &self.load_error {
            let fault = paint(BAD, "nothing is judged");
            console::print(format!("  {fault}, because it cannot be loaded:"));
            join_causes(error).lines().for_each(|line| console::print(format!("    {line}")));
            let hint = hints::first_hint(error);
            hint.iter().for_each(|hint| console::print(format!("    {hint}")));
        }
        if !self.missing.is_empty() {
            console::print(format!("  {} until this is added:", paint(BAD, "nothing passes")));
            self.missing.iter().for_each(|part| console::print(format!("    {part}")));
        }
        let (passed, soon): (Vec<_>, Vec<_>) = self.due.iter().partition(|due| due.has_passed());
        if !passed.is_empty() {
            console::print(format!("  {}:", paint(BAD, "not valid any more")));
            passed.iter().for_each(|due| console::print(format!("    {due}")));
        }
        for due in soon {
            console::print(format!("  {} {due}", paint(DOUBT, "warning:")));
        }
        console::print(format!("  next step to delegate: {}", self.describe_next_step()));
        if let Some(count) = self.to_delegate.len().checked_sub(1).filter(|count| *count > 0) {
            let more = format!(
                "  {count} further parts follow; with the purpose `delegation`, all are listed"
            );
            console::print(paint(QUIET, more));
        }
    }

    /// Describes the change of the file that comes next on the way to a gate that delegates.
    fn describe_next_step(&self) -> String {
        const CHANGE: &str = "write `purpose = \"delegation\"`";
        match self.to_delegate.first() {
            Some(part) if is_part_of_quality(*part) => format!("add {part}"),
            Some(part) => format!("{CHANGE}, and add {part}"),
            None => CHANGE.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::Date;

    use super::*;

    fn next_step(text: &str) -> String {
        let text = format!("purpose = \"quality\"\n{text}");
        let gate = tollgate_govern::read::read("gates/products.toml", &text).unwrap();
        JudgingGate::new(&gate, ScoreThresholds::default(), 0).describe_next_step()
    }

    #[test]
    fn names_what_may_be_added_before_the_purpose_changes() {
        assert_eq!(next_step(""), "add `task`: the task of the AI");
        let task = "task = \"t\"\nobjective = \"o\"\n";
        assert_eq!(
            next_step(task),
            "add `[owner] name, role`: the decision owner, by name and role"
        );
        let all = "author = \"Dana Hill\"\nprompt = \"welcome-email@^2.1\"\nowner = { name = \"Sam Reed\", role = \"r\" }\n\
                   [[contracts]]\ncontract = \"tollgate/pii@^1\"\n";
        let step = next_step(&format!("{task}{all}"));
        assert!(step.starts_with("write `purpose = \"delegation\"`, and add `[score]`"), "{step}");
    }

    #[test]
    fn an_exception_that_has_ended_is_a_fault() {
        let text = "purpose = \"quality\"\n[[contracts]]\ncontract = \"tollgate/pii@^1\"\n\
                    [[contracts]]\ncontract = \"tollgate/length@^1\"\nmode = \"advise\"\n\
                    fail-open = { owner = \"Sam Reed\", until = \"2026-06-30\", reason = \"it is new\" }\n";
        let gate = tollgate_govern::read::read("gates/products.toml", text).unwrap();
        let on = |day: &str| {
            let now_ms = day.parse::<Date>().unwrap().start_ms();
            JudgingGate::new(&gate, ScoreThresholds::default(), now_ms)
        };
        let (last, after) = (on("2026-06-30"), on("2026-07-01"));
        assert!(last.is_ready() && last.document().complete);
        assert!(!after.is_ready() && !after.document().complete);
        assert_eq!(after.document().due.len(), 1);
    }

    #[test]
    fn a_gate_without_an_enforced_contract_is_not_ready() {
        let gate = Gate::named("products".parse().unwrap()).into_quality();
        assert!(!JudgingGate::new(&gate, ScoreThresholds::default(), 0).is_ready());
    }

    #[test]
    fn a_gate_that_cannot_be_loaded_is_not_ready() {
        let text = "purpose = \"quality\"\n[[contracts]]\ncontract = \"acme/none\"\n";
        let gate = tollgate_govern::read::read("gates/products.toml", text).unwrap();
        let mut judging = JudgingGate::new(&gate, ScoreThresholds::default(), 0);
        assert!(judging.is_ready());
        judging.load_error = Some(GateLoadError::Lock(tollgate_project::LockError::Missing));
        let document = judging.document();
        assert!(!judging.is_ready() && !document.complete && document.missing.is_empty());
        assert_eq!(document.load_error.unwrap(), "there is no `tollgate.lock`");
    }
}
