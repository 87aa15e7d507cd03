//! In-memory cache of compiled functions.
//!
//! A contract is compiled twice, once to be configured and once with its configured memory,
//! and again for every other configuration. The code is the same each time. Cranelift looks
//! functions up here, by a hash over everything that their machine code depends on, before it
//! compiles them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use wasmtime::CacheStore;

/// Size limit; a large contract takes 30 MiB. Above it the whole cache is cleared, because
/// functions in use come back soon and an eviction order would have to be tracked.
const FUNCTIONS_BYTES_MAX: usize = 64 << 20;

/// Compiled functions of this process, by Cranelift's key.
#[derive(Default)]
pub(crate) struct FunctionCache(Mutex<CompiledFunctions>);

#[derive(Default)]
struct CompiledFunctions {
    functions: HashMap<Box<[u8]>, Box<[u8]>>,
    bytes: usize,
}

impl CacheStore for FunctionCache {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        let compiled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        compiled.functions.get(key).map(|function| Cow::Owned(function.to_vec()))
    }

    fn insert(&self, key: &[u8], function: Vec<u8>) -> bool {
        let mut compiled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = key.len() + function.len();
        if compiled.bytes + bytes > FUNCTIONS_BYTES_MAX {
            *compiled = CompiledFunctions::default();
        }
        compiled.bytes += bytes;
        compiled.functions.insert(key.into(), function.into());
        true
    }
}

impl fmt::Debug for FunctionCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Functions")
    }
}
