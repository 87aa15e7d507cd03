//! Loads one component with the configuration of each case in turn.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_engine::{
    Config, ConfigError, ConfigInputs, Contract, Engine, Limits, LoadError, test_fixture,
};
use tollgate_model::HostFixture;

/// A component and the contract it was last loaded as. Successive cases often share a configuration,
/// which is then loaded only once.
pub struct ReloadableContract {
    engine: Engine,
    component: Arc<[u8]>,
    latest: Option<((PathBuf, Value), Contract)>,
}

impl ReloadableContract {
    pub fn new(engine: Engine, component: Arc<[u8]>) -> Self {
        Self { engine, component, latest: None }
    }

    /// Returns the contract with a configuration, whose relative paths refer to `folder`, and with the
    /// host answers of a case. The inner error means that the contract does not load, which a case may
    /// expect; the outer error means that files named by the configuration cannot be read.
    pub async fn load(
        &mut self,
        config: Value,
        folder: &Path,
        given: &HostFixture,
    ) -> Result<Result<Contract, LoadError>, ConfigError> {
        let key = (folder.to_owned(), json!([config, given.tables, given.denied]));
        if let Some((loaded, contract)) = &self.latest
            && *loaded == key
        {
            return Ok(Ok(contract.clone()));
        }
        // The latest contract is kept only if loading succeeds, so a refused configuration is tried again.
        let (grants, _) = test_fixture(given);
        let inputs = ConfigInputs { folder: folder.to_owned(), ..ConfigInputs::default() };
        let config = Config::resolve(config, &inputs)?;
        let component = self.component.clone();
        let loaded = self.engine.load(component, config, grants, Limits::default()).await;
        self.latest = loaded.as_ref().ok().map(|contract| (key, contract.clone()));
        Ok(loaded)
    }
}
