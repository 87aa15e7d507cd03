//! From a folder to a component with its manifest embedded.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::json;
use tollgate_engine::{Inspection, embed_manifest, inspect};
use tollgate_model::{Manifest, WarmUp};

use super::languages::{Language, Made};
use super::{Toolbox, case, component_path, read_contract_file};
use crate::files;

/// More judgements than this warm nothing that is still cold.
const WARM_UP_CASES_MAX: usize = 16;
/// Cases travel in the component.
const WARM_UP_BYTES_MAX: usize = 64 << 10;

/// What was built.
pub struct Built {
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub inspection: Inspection,
    /// Whether the configuration's schema is another than before.
    pub schema_changed: bool,
}

/// Builds the contract in a folder.
pub fn build(folder: &Path, tools: &Toolbox) -> anyhow::Result<Built> {
    let about = read_contract_file(folder)?;
    let Made { mut component, config_schema, schema_changed } =
        Language::of(folder)?.make(folder, &about, tools)?;
    let manifest = Manifest { contract: about, config_schema, warm_up: warm_up(folder)? };
    embed_manifest(&mut component, &manifest).context("the manifest cannot be written as JSON")?;

    let inspection = inspect(&component)
        .with_context(|| format!("what `{}` builds is no contract", folder.display()))?;
    let path = component_path(folder, &manifest.contract);
    // What is unchanged keeps its time stamp, and so does everything built from it.
    if std::fs::read(&path).ok().as_ref() != Some(&component) {
        files::write(&path, &component)?;
    }
    Ok(Built { path, inspection, schema_changed })
}

/// The first cases that come to a report and are small enough together.
fn warm_up(folder: &Path) -> anyhow::Result<Vec<WarmUp>> {
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
