//! The contracts of a gate, which are asked together about each output.

use std::sync::Arc;

use tollgate_engine::{ContractPanel, HostContext};
use tollgate_model::{Content, ContractCheck, Judgement, Subject};

use crate::gate::bound_contract::BoundContract;

/// Contracts as a gate binds them, asked once for each output. Cloning it is cheap.
#[derive(Clone)]
pub struct BoundPanel {
    contracts: Arc<[BoundContract]>,
    /// Those of them that judge whole outputs, in the same order.
    panel: ContractPanel,
}

impl BoundPanel {
    pub(crate) fn new(contracts: Vec<BoundContract>) -> Self {
        let whole = contracts.iter().filter(|bound| bound.at.is_none());
        let panel = whole.map(|bound| (bound.contract.clone(), bound.repeat));
        Self { panel: ContractPanel::new(panel), contracts: contracts.into() }
    }

    pub(crate) fn contracts(&self) -> &[BoundContract] {
        &self.contracts
    }

    /// Returns the contracts that judge whole outputs, in the order of the panel.
    pub(crate) fn whole_contracts(&self) -> impl Iterator<Item = &BoundContract> {
        self.contracts.iter().filter(|bound| bound.at.is_none())
    }

    /// Returns the panel of the contracts that judge whole outputs.
    pub(crate) fn panel(&self) -> &ContractPanel {
        &self.panel
    }

    /// Judges a subject with every contract, as often as the gate asks for. What should be JSON and is not is judged by
    /// none: the decision says so.
    pub(crate) async fn judge(&self, subject: &Subject, live: &HostContext) -> Vec<ContractCheck> {
        if let Content::InvalidJson(_) = subject.content {
            return Vec::new();
        }
        let judgements = self.panel.judge(subject, live).await;
        self.complete_checks(subject, judgements, live).await
    }

    /// Judges the parts of an output that contracts ask for. Returns the checks of all contracts for the record, with the
    /// judgements of those that judge whole outputs.
    pub(crate) async fn complete_checks(
        &self,
        subject: &Subject,
        judgements: Vec<Vec<Judgement>>,
        live: &HostContext,
    ) -> Vec<ContractCheck> {
        let (mut judgements, mut checks) = (judgements.into_iter(), Vec::new());
        for bound in self.contracts.iter() {
            match &bound.at {
                None => checks.extend(judgements.next().map(|all| bound.to_check(None, all))),
                Some(pattern) => checks.extend(bound.judge_parts(subject, pattern, live).await),
            }
        }
        checks
    }
}
