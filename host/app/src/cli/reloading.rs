//! One component, loaded for one case after the other.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_engine::{Config, Contract, Engine, Limits, LoadError, Materials, world};
use tollgate_model::Given;

/// A component, and what it was loaded as last: cases that follow each other are often about
/// the same configuration.
pub(super) struct Reloading {
    engine: Engine,
    component: Arc<[u8]>,
    latest: Option<((PathBuf, Value), Contract)>,
}

impl Reloading {
    pub(super) fn new(engine: Engine, component: Arc<[u8]>) -> Self {
        Self { engine, component, latest: None }
    }

    /// The contract with a configuration, the files of which lie in a folder, in a world. That
    /// it does not load may be what a case is about; that its files cannot be read is not.
    pub(super) async fn load(
        &mut self,
        config: Value,
        folder: &Path,
        given: &Given,
    ) -> anyhow::Result<Result<Contract, LoadError>> {
        let wanted = (folder.to_owned(), json!([config, given.tables, given.denied]));
        if let Some((loaded, contract)) = &self.latest
            && *loaded == wanted
        {
            return Ok(Ok(contract.clone()));
        }
        let (grants, _) = world(given);
        let materials = Materials { folder: folder.to_owned(), ..Materials::default() };
        let config = Config::complete(config, &materials)?;
        let component = self.component.clone();
        let loaded = self.engine.load(component, config, grants, Limits::default()).await;
        self.latest = loaded.as_ref().ok().map(|contract| (wanted, contract.clone()));
        Ok(loaded)
    }
}
