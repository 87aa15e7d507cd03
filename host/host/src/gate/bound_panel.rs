//! The contracts of a gate, which are asked together about each output.

use std::sync::Arc;

use tollgate_engine::{ContractPanel, HostContext};
use tollgate_model::{ContractCheck, Judgement, Subject};

use crate::gate::bound_contract::BoundContract;

/// Contracts as a gate binds them, asked once for each output. Cloning it is cheap.
#[derive(Clone)]
pub struct BoundPanel {
    contracts: Arc<[BoundContract]>,
    /// The same contracts in the same order.
    panel: ContractPanel,
}

impl BoundPanel {
    pub(crate) fn new(contracts: Vec<BoundContract>) -> Self {
        let panel = contracts.iter().map(|bound| (bound.contract.clone(), bound.repeat));
        Self { panel: ContractPanel::new(panel), contracts: contracts.into() }
    }

    pub(crate) fn contracts(&self) -> &[BoundContract] {
        &self.contracts
    }

    pub(crate) fn panel(&self) -> &ContractPanel {
        &self.panel
    }

    /// Judges a subject with every contract, as often as the gate asks for.
    pub(crate) async fn judge(&self, subject: &Subject, live: &HostContext) -> Vec<ContractCheck> {
        self.to_checks(self.panel.judge(subject, live).await)
    }

    /// Returns the checks of an output for the record, from the judgements of each contract.
    pub(crate) fn to_checks(&self, judgements: Vec<Vec<Judgement>>) -> Vec<ContractCheck> {
        let each = self.contracts.iter().zip(judgements);
        each.map(|(contract, judgements)| contract.to_check(judgements)).collect()
    }
}
