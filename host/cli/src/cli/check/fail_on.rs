//! Values of `--fail-on`: the least result of an output with which `tollgate check` exits with 1.

use clap::ValueEnum;
use tollgate_api::report::CheckResult;
use tollgate_model::{
    Decision, EnforcementMode, Reason, ReasonEffect, ReasonKind, Ruling, Severity,
};

use crate::exit::Exit;

/// The least result of an output that counts as failed. Each value counts what the ones before it count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// A blocked output; of a quality gate, one that failed for a reason that blocks.
    Block,
    /// A held output, and every one that failed.
    Hold,
    /// An output that is allowed or passed in spite of a finding of severity `warning` or higher.
    Warning,
}

/// Numbers of outputs by what they mean for the exit code.
#[derive(Debug, Default)]
pub(super) struct ExitTally {
    not_judged: u64,
    blocked: u64,
    /// Blocked outputs are counted here too.
    stopped: u64,
    /// Outputs that were not stopped in spite of a warning.
    warned: u64,
}

impl ExitTally {
    pub(super) fn add(&mut self, result: &Result<CheckResult, String>) {
        let Ok(CheckResult { decision, .. }) = result else {
            self.not_judged += 1;
            return;
        };
        self.add_decision(decision);
    }

    fn add_decision(&mut self, decision: &Decision) {
        match decision.ruling {
            Ruling::Allow | Ruling::Pass => {
                let has_warning = decision.reasons.iter().any(|reason| is_warning(&reason.kind));
                self.warned += u64::from(has_warning);
            }
            Ruling::Hold => self.stopped += 1,
            Ruling::Block => {
                self.stopped += 1;
                self.blocked += 1;
            }
            Ruling::Fail => {
                self.stopped += 1;
                self.blocked += u64::from(decision.reasons.iter().any(is_as_strict_as_block));
            }
        }
    }

    /// Returns the exit code. An output that was not judged counts more than any result.
    pub(super) fn exit(&self, fail_on: FailOn) -> Exit {
        let failed = match fail_on {
            FailOn::Block => self.blocked,
            FailOn::Hold => self.stopped,
            FailOn::Warning => self.stopped + self.warned,
        };
        match (self.not_judged, failed) {
            (0, 0) => Exit::Pass,
            (0, _) => Exit::Fail,
            _ => Exit::NoOutcome,
        }
    }
}

/// Returns whether a reason of a quality gate counts as one that blocks. That nothing judged an output does: no finding of
/// it is known, so none is mild.
fn is_as_strict_as_block(reason: &Reason) -> bool {
    reason.effect == ReasonEffect::Block || reason.kind == ReasonKind::NothingPassed
}

/// Returns whether a reason that stops nothing is a warning: a finding, or a contract that did not pass the output.
/// Contracts in shadow only collect experience.
fn is_warning(kind: &ReasonKind) -> bool {
    match kind {
        ReasonKind::Finding { severity, mode, .. } => {
            *severity >= Severity::Warning && *mode != EnforcementMode::Shadow
        }
        ReasonKind::Fail { mode, .. }
        | ReasonKind::Unsure { mode, .. }
        | ReasonKind::NoMajority { mode, .. }
        | ReasonKind::Failure { mode, .. }
        | ReasonKind::AnswersMissing { mode, .. }
        | ReasonKind::PartNotJudged { mode, .. } => *mode != EnforcementMode::Shadow,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use FailOn::{Block, Hold, Warning};

    use super::*;

    fn finding(severity: Severity, mode: EnforcementMode) -> ReasonKind {
        let (contract, rule, message) = ("acme/a".into(), "rule".into(), "message".into());
        ReasonKind::Finding { contract, at: None, rule, severity, message, mode }
    }

    fn exits(ruling: Ruling, effect: ReasonEffect, kind: ReasonKind) -> [Exit; 3] {
        let reasons = vec![Reason { effect, lifted: false, kind }];
        let (would_be, undo_until_ms, cost) = (None, None, None);
        let decision = Decision { ruling, would_be, reasons, audit: false, undo_until_ms, cost };
        let mut tally = ExitTally::default();
        tally.add_decision(&decision);
        [Block, Hold, Warning].map(|fail_on| tally.exit(fail_on))
    }

    #[test]
    fn counts_what_the_option_names_and_everything_stricter() {
        use Exit::{Fail, Pass};
        use ReasonEffect::{Block, Hold, Note};
        let warning = || finding(Severity::Warning, EnforcementMode::Enforce);
        assert_eq!(exits(Ruling::Block, Block, warning()), [Fail, Fail, Fail]);
        assert_eq!(exits(Ruling::Fail, Block, warning()), [Fail, Fail, Fail]);
        assert_eq!(exits(Ruling::Hold, Hold, warning()), [Pass, Fail, Fail]);
        assert_eq!(exits(Ruling::Fail, Hold, warning()), [Pass, Fail, Fail]);
        for ruling in [Ruling::Allow, Ruling::Pass] {
            assert_eq!(exits(ruling, Note, warning()), [Pass, Pass, Fail]);
            let info = finding(Severity::Info, EnforcementMode::Enforce);
            assert_eq!(exits(ruling, Note, info), [Pass; 3]);
            let in_shadow = finding(Severity::Critical, EnforcementMode::Shadow);
            assert_eq!(exits(ruling, Note, in_shadow), [Pass; 3]);
        }
    }

    #[test]
    fn what_was_not_evaluated_is_a_warning_even_if_it_stops_nothing() {
        let (contract, mode) = ("acme/a".to_owned(), EnforcementMode::Advise);
        let kind = ReasonKind::AnswersMissing { contract, at: None, answers: 0, expected: 1, mode };
        assert_eq!(exits(Ruling::Pass, ReasonEffect::Note, kind)[2], Exit::Fail);
    }

    #[test]
    fn an_output_that_nothing_judged_counts_as_blocked() {
        let kind = || ReasonKind::NothingPassed;
        assert_eq!(exits(Ruling::Fail, ReasonEffect::Hold, kind()), [Exit::Fail; 3]);
        assert_eq!(exits(Ruling::Hold, ReasonEffect::Hold, kind())[0], Exit::Pass);
    }

    #[test]
    fn an_output_that_was_not_judged_is_always_told() {
        let mut tally = ExitTally::default();
        tally.add(&Err("no output".into()));
        assert_eq!([Block, Hold, Warning].map(|fail_on| tally.exit(fail_on)), [Exit::NoOutcome; 3]);
    }
}
