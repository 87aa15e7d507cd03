//! The contracts of one gate, which are asked together about each subject.
//!
//! A caller asks once for a subject and learns nothing of sandboxes. Each judgement has a sandbox of its own.

use std::sync::Arc;

use tollgate_model::{Judgement, Subject};

use crate::capabilities::HostContext;
use crate::contract::Contract;
use crate::limits::Limits;

/// Contracts that judge the same subjects, each as often as it is asked to. They have to be of one engine. Cloning it is
/// cheap.
#[derive(Clone)]
pub struct ContractPanel {
    members: Arc<[PanelMember]>,
}

/// A contract of a panel.
pub(crate) struct PanelMember {
    pub(crate) contract: Contract,
    /// Number of judgements for each subject.
    pub(crate) judgement_count: u8,
}

impl PanelMember {
    /// Returns all judgements of a subject: those that are there already, and as many more as are missing.
    pub(crate) async fn judge(
        &self,
        subject: &Subject,
        live: &HostContext,
        first: Option<Judgement>,
    ) -> Vec<Judgement> {
        let mut judgements = Vec::with_capacity(self.judgement_count.into());
        judgements.extend(first);
        while judgements.len() < usize::from(self.judgement_count) {
            judgements.push(self.contract.judge(subject, live.clone()).await);
        }
        judgements
    }
}

impl ContractPanel {
    /// Creates a panel of contracts with the number of judgements that each gives of a subject.
    pub fn new(contracts: impl IntoIterator<Item = (Contract, u8)>) -> Self {
        let to_member = |(contract, judgement_count)| PanelMember { contract, judgement_count };
        Self { members: contracts.into_iter().map(to_member).collect() }
    }

    /// Judges a subject with every contract, and returns the judgements of each, in the order of the panel. A contract
    /// that fails changes nothing for the others.
    ///
    /// The contracts judge one after another. One subject takes microseconds, so parallelism comes from judging many
    /// subjects at once.
    pub async fn judge(&self, subject: &Subject, live: &HostContext) -> Vec<Vec<Judgement>> {
        let mut judgements = Vec::with_capacity(self.members.len());
        for member in self.members.iter() {
            judgements.push(member.judge(subject, live, None).await);
        }
        judgements
    }

    pub(crate) fn members(&self) -> &[PanelMember] {
        &self.members
    }

    /// Returns the size of the largest subject that any of the contracts judges.
    pub(crate) fn subject_bytes_max(&self) -> usize {
        let each = self.members.iter();
        let each = each.map(|member| member.contract.loaded().limits.subject_bytes_max);
        each.max().unwrap_or(Limits::default().subject_bytes_max)
    }
}
