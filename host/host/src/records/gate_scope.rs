//! The gates of which somebody may see records.

use std::collections::BTreeSet;

use tollgate_model::GateName;

/// Gates of which somebody may see records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GateScope {
    All,
    Only(BTreeSet<GateName>),
}

impl GateScope {
    /// Returns whether it includes a gate.
    pub fn includes(&self, gate: &GateName) -> bool {
        match self {
            Self::All => true,
            Self::Only(gates) => gates.contains(gate),
        }
    }

    /// Returns the part of it that is one gate. It is empty if the gate is not included.
    #[must_use]
    pub fn narrowed_to(&self, gate: &GateName) -> Self {
        let included = Some(gate).filter(|gate| self.includes(gate));
        Self::Only(included.into_iter().cloned().collect())
    }

    /// Returns what the ledger has to be asked for: all gates at once, or one gate after another.
    pub(crate) fn queried_gates(&self) -> Vec<Option<GateName>> {
        match self {
            Self::All => vec![None],
            Self::Only(gates) => gates.iter().cloned().map(Some).collect(),
        }
    }
}
