//! Replays of recorded runs, one line each.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::replay::{ComparedDecisions, ReplayOutcome, ReplayedCheck};
use tollgate_model::{
    Decision, Digest, Failure, FormatVersion, PinnedContract, Reason, Ruling, Verdict,
};

/// Replay of a run with its recorded contracts.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ReplayedRunLine {
    pub format: FormatVersion<1>,
    pub run: Digest,
    /// Whether all contracts gave the recorded verdicts, byte for byte; `null` if the run could not be replayed.
    pub same: Option<bool>,
    /// Verdicts in the order of the recorded ones; absent if the run could not be replayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contracts: Option<Vec<ReplayedVerdict>>,
    /// Reason why the run could not be replayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Replay of one recorded verdict.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ReplayedVerdict {
    /// Id of the contract in the gate.
    pub id: String,
    pub contract: PinnedContract,
    /// Part of the document that the contract judged; absent for the whole output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Number of the repetition, counted from 1.
    pub attempt: usize,
    pub same: bool,
    /// Whether the fuel is the same too. Only with the same verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_fuel: Option<bool>,
    /// Recorded verdict. Only if the new one differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Verdict>,
    /// New verdict. Only if it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Verdict>,
    /// Recorded failure that depended on more than the output, such as the load of the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_repeatable: Option<Failure>,
}

/// Decision on a recorded output as its release makes it today, and the one that a candidate makes. Both count the approvals
/// that the run has.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ComparedRunLine {
    pub format: FormatVersion<1>,
    pub run: Digest,
    /// Latest ruling in the ledger; absent if it is `before`. It is another one if level, figures or the date have changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Ruling>,
    /// Ruling of the release that judged the run.
    pub before: Ruling,
    /// Ruling with the candidate.
    pub after: Ruling,
    /// Reasons that only the first decision has.
    pub removed_reasons: Vec<Reason>,
    /// Reasons that only the decision with the candidate has.
    pub added_reasons: Vec<Reason>,
}

impl ReplayedRunLine {
    pub fn replayed(run: Digest, checks: &[ReplayedCheck]) -> Self {
        let contracts: Vec<ReplayedVerdict> = checks.iter().map(Into::into).collect();
        let same = contracts.iter().all(|one| one.same);
        Self {
            format: FormatVersion,
            run,
            same: Some(same),
            contracts: Some(contracts),
            error: None,
        }
    }

    pub fn not_replayed(run: Digest, error: String) -> Self {
        Self { format: FormatVersion, run, same: None, contracts: None, error: Some(error) }
    }
}

impl From<&ReplayedCheck> for ReplayedVerdict {
    fn from(check: &ReplayedCheck) -> Self {
        let mut verdict = Self {
            id: check.binding_id.clone(),
            contract: check.pinned.clone(),
            at: check.part.clone(),
            attempt: check.attempt,
            same: false,
            same_fuel: None,
            before: None,
            after: None,
            not_repeatable: None,
        };
        match &check.outcome {
            ReplayOutcome::Identical { same_fuel } => {
                (verdict.same, verdict.same_fuel) = (true, Some(*same_fuel));
            }
            ReplayOutcome::Different { before, after } => {
                verdict.before = Some(Verdict::clone(before));
                verdict.after = Some(Verdict::clone(after));
            }
            ReplayOutcome::NotRepeatable(failure) => {
                verdict.not_repeatable = Some(failure.clone());
            }
        }
        verdict
    }
}

impl ComparedRunLine {
    pub fn new(run: Digest, compared: &ComparedDecisions) -> Self {
        let ComparedDecisions { recorded, before, after, .. } = compared;
        Self {
            format: FormatVersion,
            run,
            recorded: Some(*recorded).filter(|recorded| *recorded != before.ruling),
            before: before.ruling,
            after: after.ruling,
            removed_reasons: reasons_only_in(before, after),
            added_reasons: reasons_only_in(after, before),
        }
    }
}

/// Returns the reasons of `one` that `other` does not have.
fn reasons_only_in(one: &Decision, other: &Decision) -> Vec<Reason> {
    one.reasons.iter().filter(|reason| !other.reasons.contains(reason)).cloned().collect()
}
