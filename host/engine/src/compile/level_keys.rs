//! Makes Cranelift's keys of functions the same, whatever was compiled before.
//!
//! Cranelift 0.135 uses the memory of compiled functions again, and does not clear the table of exceptions when
//! it does. The key of a function covers that table. So a function has another key once its thread has compiled
//! a trampoline, by which the host calls a function. Nearly all keys are the same after every thread
//! has compiled one, and that is done here, in a few milliseconds. If it fails, more is compiled than has to be.

use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, FunctionSection, Module, TypeSection,
};

/// Functions for each thread. With fewer, a thread could compile all of them before the others start.
const FUNCTIONS_PER_THREAD: usize = 32;

/// Compiles trampolines on every thread that the compiler uses.
pub(super) fn level_keys(engine: &wasmtime::Engine) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let _ = engine.precompile_module(&exported_functions(threads * FUNCTIONS_PER_THREAD));
}

/// Returns a module with this number of functions that do nothing, and can be called.
fn exported_functions(count: usize) -> Vec<u8> {
    let (mut types, mut functions) = (TypeSection::new(), FunctionSection::new());
    let (mut exports, mut code) = (ExportSection::new(), CodeSection::new());
    types.ty().function([], []);
    for number in 0..count as u32 {
        functions.function(0);
        exports.export(&number.to_string(), ExportKind::Func, number);
        let mut body = Function::new([]);
        body.instructions().end();
        code.function(&body);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&exports).section(&code);
    module.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_a_valid_module() {
        wasmparser::validate(&exported_functions(200)).unwrap();
    }
}
