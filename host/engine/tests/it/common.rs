//! Shared by the tests: guests, and an engine to run them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_engine::{
    CompileProcess, Config, ConfigInputs, Contract, Engine, Grants, HostContext, Limits, LoadError,
    Settings, embed_manifest,
};
use tollgate_model::{Capability, Content, Judgement, Manifest, Subject};

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Reads a guest that `cargo xtask build` has built.
pub fn guest(name: &str) -> Arc<[u8]> {
    let dist = repository().join(format!("tests/guests/{name}/dist"));
    let built = std::fs::read_dir(&dist).into_iter().flatten().flatten().map(|file| file.path());
    match built.filter_map(|path| std::fs::read(path).ok()).next() {
        Some(bytes) => bytes.into(),
        None => panic!("`{}` is empty: run `cargo xtask build` first", dist.display()),
    }
}

pub fn manifest(capabilities: &[Capability]) -> Manifest {
    let reasons: serde_json::Map<String, Value> = capabilities
        .iter()
        .map(|capability| (capability.to_string(), json!("for the test")))
        .collect();
    let manifest = json!({
        "contract": {
            "name": "guests/wat",
            "version": "0.1.0",
            "description": "Written by hand",
            "license": "Apache-2.0",
            "wit": "0.1.0",
            "rules": {"mischief": {"severity": "error", "description": "any"}},
            "capabilities": reasons,
        },
        "config-schema": {},
    });
    serde_json::from_value(manifest).unwrap()
}

/// Embeds a manifest that declares these capabilities.
pub fn component(mut bytes: Vec<u8>, capabilities: &[Capability]) -> Arc<[u8]> {
    embed_manifest(&mut bytes, &manifest(capabilities)).unwrap();
    bytes.into()
}

pub fn engine() -> Engine {
    Engine::new(Settings { sandboxes_max: 8, ..Settings::default() }).unwrap()
}

pub fn compile_process() -> CompileProcess {
    let program = env!("CARGO_BIN_EXE_tollgate-compile-worker").into();
    CompileProcess { program, arguments: Vec::new() }
}

/// Limits that tests reach quickly.
pub fn limits() -> Limits {
    Limits {
        memory_bytes_max: 32 << 20,
        configure_fuel: 500_000_000,
        configure_deadline_ms: 20_000,
        deadline_ms: 20_000,
        ..Limits::default()
    }
}

pub fn config(value: Value) -> Config {
    Config::resolve(value, &ConfigInputs::default()).unwrap()
}

pub fn text(text: impl Into<String>) -> Subject {
    Subject::new(Content::Text(text.into()))
}

pub async fn load(engine: &Engine, component: Arc<[u8]>) -> Result<Contract, LoadError> {
    engine.load(component, config(json!({})), Grants::none(), limits()).await
}

pub async fn judge(contract: &Contract, subject: &str) -> Judgement {
    contract.judge(&text(subject), HostContext::default()).await
}

/// Returns the outcome, or the kind of the failure.
pub fn verdict_name(judgement: &Judgement) -> String {
    match &judgement.verdict {
        Ok(report) => report.outcome.to_string(),
        Err(failure) => failure.kind().to_owned(),
    }
}
