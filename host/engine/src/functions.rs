//! Functions that were compiled a moment ago.
//!
//! A contract is compiled twice: to be configured, and with its configured memory in
//! place. The code is the same both times, and so it is for every other configuration of
//! the same contract. Cranelift asks here, by a hash over all that a function's machine
//! code depends on, before it compiles one.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use wasmtime::CacheStore;

/// A large contract takes 30 MiB. Beyond it, all are forgotten: what is in use
/// comes back, and nothing has to be counted.
const FUNCTIONS_BYTES_MAX: usize = 64 << 20;

/// What this process compiled lately, by what it was compiled from.
#[derive(Default)]
pub(crate) struct Functions(Mutex<Compiled>);

#[derive(Default)]
struct Compiled {
    functions: HashMap<Box<[u8]>, Box<[u8]>>,
    bytes: usize,
}

impl CacheStore for Functions {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        let compiled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        compiled.functions.get(key).map(|function| Cow::Owned(function.to_vec()))
    }

    fn insert(&self, key: &[u8], function: Vec<u8>) -> bool {
        let mut compiled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = key.len() + function.len();
        if compiled.bytes + bytes > FUNCTIONS_BYTES_MAX {
            *compiled = Compiled::default();
        }
        compiled.bytes += bytes;
        compiled.functions.insert(key.into(), function.into());
        true
    }
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Functions")
    }
}
