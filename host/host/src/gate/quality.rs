//! Gates of the purpose `quality`: they judge outputs by what their contracts find. They need no release and no ledger,
//! and nothing of them is recorded.

use std::collections::BTreeMap;
use std::sync::Arc;

use tollgate_engine::{Config, Engine, Table};
use tollgate_model::{ContractBinding, Gate, GateName, GatePurpose, ScoreThresholds};

use super::bound_contract::{BoundContract, BoundInputs};
use super::load_error::GateLoadError;
use super::loaded_gate::LoadedGate;
use super::release_snapshot::{ReleaseDraft, ReleaseSnapshot};

/// A contract of a quality gate that has no file, with everything that it judges by.
#[derive(Clone)]
pub struct QualityContract {
    /// Says how the gate uses the contract, and what the contract may do. Its configuration and the files of its tables
    /// are not read.
    pub binding: ContractBinding,
    pub component: Arc<[u8]>,
    /// Complete configuration.
    pub config: Config,
    /// Tables, by the contract's name for each.
    pub tables: BTreeMap<String, Arc<Table>>,
}

/// The reason why something is not done at a gate: it has the purpose `quality`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "gate `{gate}` has the purpose `quality`: it judges outputs, and nothing of it is released, recorded or reviewed"
)]
pub struct QualityGateError {
    pub gate: GateName,
}

/// Fails if a gate only judges.
pub fn require_delegation(gate: &Gate) -> Result<(), QualityGateError> {
    match gate.purpose {
        GatePurpose::Quality => Err(QualityGateError { gate: gate.name.clone() }),
        GatePurpose::Delegation => Ok(()),
    }
}

impl LoadedGate {
    /// Makes a quality gate of contracts, without a file, a project, a release or a ledger. Each binding needs an id of
    /// its own ([`ContractBinding::id`]).
    pub async fn for_quality(
        engine: &Engine,
        name: GateName,
        contracts: Vec<QualityContract>,
    ) -> Result<Self, GateLoadError> {
        let bindings = contracts.iter().map(|contract| contract.binding.clone()).collect();
        let purpose = GatePurpose::Quality;
        let gate = Gate { purpose, contracts: bindings, ..Gate::named(name) };
        let mut loaded = Vec::with_capacity(contracts.len());
        for QualityContract { binding, component, config, tables } in contracts {
            let inputs = BoundInputs { config, tables };
            let bound =
                BoundContract::load_with(engine, &gate.name, &binding, component, &inputs).await?;
            loaded.push((bound, inputs));
        }
        let snapshot = ReleaseSnapshot::new(ReleaseDraft {
            gate: &gate,
            prompt: None,
            brand_voice: None,
            score_thresholds: ScoreThresholds::default(),
            contracts: &loaded,
        })?;
        let contracts = loaded.into_iter().map(|(bound, _)| bound).collect();
        Ok(Self::new(gate, snapshot, contracts, None))
    }
}
