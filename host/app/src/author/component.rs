//! From a core module to a component with its manifest embedded.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tollgate_engine::{Inspection, embed_manifest, extract_config_schema, inspect};
use tollgate_model::{Manifest, WarmUp};
use wit_component::ComponentEncoder;

use super::{cargo, case, component_path, read_contract_file};
use crate::files;

/// The schema as its author last built it, for reviews and editors.
const SCHEMA_FILE: &str = "config.schema.json";
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
pub fn build(folder: &Path) -> anyhow::Result<Built> {
    let about = read_contract_file(folder)?;
    let module = files::read(&cargo::build(folder)?)?;
    let config_schema = match extract_config_schema(&module)? {
        Some(schema) => schema,
        None => bail!("the module exports no contract: call `tollgate_sdk::contract!` in it"),
    };
    let schema_changed = write_schema(folder, &config_schema)?;
    let mut component = componentize(&module)?;
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

fn componentize(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut encoder = ComponentEncoder::default().validate(true);
    encoder = encoder.module(module).context("the module cannot be read as a contract")?;
    encoder.encode().context(
        "the module cannot become a component: everything that it imports has to be a capability. \
         A crate that expects JavaScript or an operating system does not work in a sandbox",
    )
}

fn write_schema(folder: &Path, schema: &Value) -> anyhow::Result<bool> {
    let path = folder.join(SCHEMA_FILE);
    let text = format!("{schema:#}\n");
    let changed = std::fs::read_to_string(&path).ok().as_ref() != Some(&text);
    if changed {
        files::write(&path, text.as_bytes())?;
    }
    Ok(changed)
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
