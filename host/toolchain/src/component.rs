//! Builds a contract: calls the tools of its language and embeds the manifest in the component.
//! Each language's own steps are in `languages/`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::json;
use tollgate_engine::{Inspection, embed_manifest, inspect};
use tollgate_model::{Manifest, WarmUp};

use super::languages::{CompiledComponent, Language};
use super::{Toolbox, case, component_path, read_contract_file};
use crate::files;

/// Maximum number of warm-up cases: further judgements do not make the contract faster.
const WARM_UP_CASES_MAX: usize = 16;
/// Maximum total size of the warm-up cases, which are stored in the component itself.
const WARM_UP_BYTES_MAX: usize = 64 << 10;

/// A component that was built and written to `dist/`.
pub struct BuiltContract {
    pub path: PathBuf,
    pub inspection: Inspection,
    /// Whether this build changed `config.schema.json`.
    pub schema_changed: bool,
}

/// Builds the contract in a folder and writes its component to `dist/`.
pub fn build_contract(folder: &Path, tools: &Toolbox) -> anyhow::Result<BuiltContract> {
    let contract_file = read_contract_file(folder)?;
    let CompiledComponent { mut component, config_schema, schema_changed } =
        Language::detect(folder)?.build_component(folder, &contract_file, tools)?;
    let manifest =
        Manifest { contract: contract_file, config_schema, warm_up: select_warm_up(folder)? };
    embed_manifest(&mut component, &manifest).context("the manifest cannot be written as JSON")?;

    let inspection = inspect(&component)
        .with_context(|| format!("`{}` does not build a contract", folder.display()))?;
    let path = component_path(folder, &manifest.contract);
    // An unchanged component keeps its time stamp, so that build tools do not rebuild what depends on it.
    if std::fs::read(&path).ok().as_ref() != Some(&component) {
        files::write(&path, &component)?;
    }
    Ok(BuiltContract { path, inspection, schema_changed })
}

/// Selects the first cases that expect a report and together fit into the size limit.
fn select_warm_up(folder: &Path) -> anyhow::Result<Vec<WarmUp>> {
    let mut bytes_left = WARM_UP_BYTES_MAX;
    let mut warm_up = Vec::new();
    for (_, case) in case::read_cases(folder)? {
        let bytes = json!([case.subject, case.given]).to_string().len();
        if case.expect.failure.is_none() && bytes <= bytes_left {
            bytes_left -= bytes;
            warm_up.push(WarmUp { subject: case.subject, given: case.given });
        }
    }
    warm_up.truncate(WARM_UP_CASES_MAX);
    Ok(warm_up)
}
