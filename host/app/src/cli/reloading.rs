//! One component, loaded for one case after the other.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_engine::{Config, Contract, Engine, Limits, LoadError, Materials, world};
use tollgate_model::Given;

/// A component, and what it was loaded as last: cases that follow each other are often about
/// the same configuration.
pub(super) struct Reloading {
    engine: Engine,
    component: Arc<[u8]>,
    /// Where configurations look for files.
    folder: PathBuf,
    latest: Option<(Value, Contract)>,
}

impl Reloading {
    pub(super) fn new(engine: Engine, component: Arc<[u8]>, folder: PathBuf) -> Self {
        Self { engine, component, folder, latest: None }
    }

    /// The contract with a configuration in a world. That it does not load may be what a case
    /// is about; that its files cannot be read is not.
    pub(super) async fn load(
        &mut self,
        config: Value,
        given: &Given,
    ) -> anyhow::Result<Result<Contract, LoadError>> {
        let wanted = json!([config, given.tables, given.denied]);
        if let Some((loaded, contract)) = &self.latest
            && *loaded == wanted
        {
            return Ok(Ok(contract.clone()));
        }
        let (grants, _) = world(given);
        let materials = Materials { folder: self.folder.clone(), ..Materials::default() };
        let config = Config::complete(config, &materials)?;
        let component = self.component.clone();
        let loaded = self.engine.load(component, config, grants, Limits::default()).await;
        self.latest = loaded.as_ref().ok().map(|contract| (wanted, contract.clone()));
        Ok(loaded)
    }
}
