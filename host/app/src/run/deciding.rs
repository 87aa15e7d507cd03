//! From what is recorded to what the rules take.

use tollgate_govern::contracts::Check;
use tollgate_govern::{Facts, State};
use tollgate_model::{Checked, Decision, Gate};

/// What happens to an output of which contracts said this.
pub(super) fn decide(
    gate: &Gate,
    checked: &[Checked],
    facts: &Facts,
    state: &State,
    now_ms: u64,
) -> Decision {
    let said = |check: &Checked| -> Vec<_> {
        check.verdicts.iter().map(|verdict| verdict.said.clone()).collect()
    };
    let said: Vec<_> = checked.iter().map(said).collect();
    let check = |(check, verdicts)| {
        let Checked { contract, determinism, .. }: &Checked = check;
        let verdicts: &Vec<_> = verdicts;
        Check { contract, determinism: *determinism, verdicts }
    };
    let checks: Vec<_> = checked.iter().zip(&said).map(check).collect();
    tollgate_govern::decide(gate, &checks, facts, state, now_ms)
}
