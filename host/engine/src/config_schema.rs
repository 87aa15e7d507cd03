//! Reads the JSON Schema of the configuration from a core module, before the module becomes
//! a component. The Rust SDK derives the schema from the author's type and exports it.

use serde_json::Value;
use wasmtime::{Config, Engine, Instance, Module, OptLevel, Store};

use crate::wasm_features;

/// Exported function that returns the schema's address in the upper half of an `i64` and its
/// length in the lower half.
const EXPORT: &str = "tollgate-config-schema";
const MEMORY: &str = "memory";
/// Fuel for building the schema, which takes a few thousand instructions.
const FUEL: u64 = 1_000_000_000;

/// The module exports a schema that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the configuration's schema cannot be read from the module: {0}")]
pub struct ConfigSchemaError(String);

/// Returns the schema that a module exports, or `None` if it exports none.
pub fn extract_config_schema(module: &[u8]) -> Result<Option<Value>, ConfigSchemaError> {
    extract(module).map_err(|error| ConfigSchemaError(format!("{error:#}")))
}

fn extract(module: &[u8]) -> wasmtime::Result<Option<Value>> {
    let mut config = Config::new();
    config
        .wasm_features(wasm_features(), true)
        .consume_fuel(true)
        .cranelift_opt_level(OptLevel::None);
    let engine = Engine::new(&config)?;
    let module = Module::new(&engine, module)?;
    if module.get_export(EXPORT).is_none() {
        return Ok(None);
    }
    let mut linker = wasmtime::Linker::new(&engine);
    // Building a schema needs no capability, so every import may trap.
    linker.define_unknown_imports_as_traps(&module)?;
    let mut store = Store::new(&engine, ());
    store.set_fuel(FUEL)?;
    let instance = linker.instantiate(&mut store, &module)?;
    let location = instance.get_typed_func::<(), u64>(&mut store, EXPORT)?.call(&mut store, ())?;
    let schema =
        read_memory(&instance, &mut store, (location >> 32) as usize, location as u32 as usize)?;
    Ok(Some(serde_json::from_slice(&schema)?))
}

fn read_memory(
    instance: &Instance,
    store: &mut Store<()>,
    start: usize,
    length: usize,
) -> wasmtime::Result<Vec<u8>> {
    let memory = instance.get_memory(&mut *store, MEMORY);
    let memory = memory.ok_or_else(|| wasmtime::Error::msg("the module exports no memory"))?;
    let schema = memory.data(&*store).get(start..).and_then(|rest| rest.get(..length));
    Ok(schema.ok_or_else(|| wasmtime::Error::msg("the schema lies outside the memory"))?.to_vec())
}
