//! The JSON Schema of a configuration, asked from a core module before it becomes a
//! component: the SDK derives it from the author's own type.

use serde_json::Value;
use wasmtime::{Config, Engine, Instance, Module, OptLevel, Store};

use crate::features;

/// Returns where the schema lies: its address in the upper half, its length in the lower.
const EXPORT: &str = "tollgate-config-schema";
const MEMORY: &str = "memory";
/// Building a schema is a few thousand steps.
const FUEL: u64 = 1_000_000_000;

/// Why the schema could not be read off.
#[derive(Debug, thiserror::Error)]
#[error("the configuration's schema cannot be read from the module: {0}")]
pub struct SchemaError(String);

/// The schema of a module that the SDK made; nothing, if it has none.
pub fn extract_config_schema(module: &[u8]) -> Result<Option<Value>, SchemaError> {
    extract(module).map_err(|error| SchemaError(format!("{error:#}")))
}

fn extract(module: &[u8]) -> wasmtime::Result<Option<Value>> {
    let mut config = Config::new();
    config.wasm_features(features(), true).consume_fuel(true).cranelift_opt_level(OptLevel::None);
    let engine = Engine::new(&config)?;
    let module = Module::new(&engine, module)?;
    if module.get_export(EXPORT).is_none() {
        return Ok(None);
    }
    let mut linker = wasmtime::Linker::new(&engine);
    // The capabilities that it imports do not answer here.
    linker.define_unknown_imports_as_traps(&module)?;
    let mut store = Store::new(&engine, ());
    store.set_fuel(FUEL)?;
    let instance = linker.instantiate(&mut store, &module)?;
    let place = instance.get_typed_func::<(), u64>(&mut store, EXPORT)?.call(&mut store, ())?;
    let schema = read(&instance, &mut store, (place >> 32) as usize, place as u32 as usize)?;
    Ok(Some(serde_json::from_slice(&schema)?))
}

fn read(
    instance: &Instance,
    store: &mut Store<()>,
    start: usize,
    length: usize,
) -> wasmtime::Result<Vec<u8>> {
    let memory = instance.get_memory(&mut *store, MEMORY);
    let memory = memory.ok_or_else(|| wasmtime::Error::msg("it exports no memory"))?;
    let schema = memory.data(&*store).get(start..).and_then(|rest| rest.get(..length));
    Ok(schema.ok_or_else(|| wasmtime::Error::msg("it points out of its memory"))?.to_vec())
}
