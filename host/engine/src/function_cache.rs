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
pub(crate) const FUNCTIONS_BYTES_MAX: usize = 64 << 20;

/// Compiled functions of this process, by Cranelift's key.
#[derive(Default)]
pub(crate) struct FunctionCache(Mutex<CompiledFunctions>);

#[derive(Default)]
struct CompiledFunctions {
    functions: HashMap<Box<[u8]>, Box<[u8]>>,
    bytes: usize,
}

impl FunctionCache {
    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).functions.len()
    }

    /// Returns all functions as bytes that [`FunctionCache::import`] reads.
    pub(crate) fn export(&self) -> Vec<u8> {
        let compiled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes = Vec::new();
        for part in compiled.functions.iter().flat_map(|(key, function)| [key, function]) {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }

    /// Adds exported functions, up to the first that is incomplete.
    pub(crate) fn import(&self, bytes: &[u8]) {
        let mut rest = bytes;
        while let (Some(key), Some(function)) = (take_part(&mut rest), take_part(&mut rest)) {
            self.insert(key, function.to_vec());
        }
    }
}

/// Splits a part with its length before it from the front.
fn take_part<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    let (part, rest) = rest.split_at_checked(u64::from_le_bytes(*length) as usize)?;
    *bytes = rest;
    Some(part)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exported_functions_can_be_imported() {
        let (one, other) = (FunctionCache::default(), FunctionCache::default());
        for (key, function) in [("a", "code"), ("bb", ""), ("", "more code")] {
            one.insert(key.as_bytes(), function.as_bytes().to_vec());
        }
        let exported = one.export();
        other.import(&exported);
        assert_eq!(other.len(), 3);
        assert_eq!(other.get(b"a").unwrap(), b"code".as_slice());
        assert_eq!(other.get(b"").unwrap(), b"more code".as_slice());
        let incomplete = FunctionCache::default();
        incomplete.import(&exported[..exported.len() - 1]);
        assert_eq!(incomplete.len(), 2);
    }
}
