//! In-memory cache of compiled functions.
//!
//! A contract is compiled twice, once to be configured and once with its configured memory,
//! and again for every other configuration. The code is the same each time. Cranelift looks
//! functions up here, by a hash over everything that their machine code depends on, before it
//! compiles them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use wasmtime::CacheStore;

/// Size limit; a large contract takes 36 MiB. Above it the whole cache is cleared, because
/// functions in use come back soon and an eviction order would have to be tracked.
pub(crate) const FUNCTIONS_BYTES_MAX: usize = 64 << 20;
/// Size of the length before each part of an exported function.
const PART_LENGTH_BYTES: usize = 8;

/// Compiled functions of this process, by Cranelift's key.
#[derive(Default)]
pub(crate) struct FunctionCache(Mutex<CompiledFunctions>);

#[derive(Default)]
struct CompiledFunctions {
    functions: HashMap<Box<[u8]>, CompiledFunction>,
    /// Size of all functions when they are exported.
    bytes: usize,
    /// Set if a function was compiled, and not imported.
    has_new: bool,
}

struct CompiledFunction {
    code: Box<[u8]>,
    /// Set if it was compiled or looked up, and not only imported.
    used: bool,
}

impl CompiledFunctions {
    fn insert(&mut self, key: &[u8], code: Vec<u8>, used: bool) {
        let bytes = key.len() + code.len() + 2 * PART_LENGTH_BYTES;
        if self.bytes + bytes > FUNCTIONS_BYTES_MAX {
            self.functions.clear();
            self.bytes = 0;
        }
        self.bytes += bytes;
        self.functions.insert(key.into(), CompiledFunction { code: code.into(), used });
    }
}

impl FunctionCache {
    /// Returns whether any function had to be compiled.
    pub(crate) fn has_new(&self) -> bool {
        self.lock().has_new
    }

    /// Returns the functions that were compiled or looked up, as bytes that
    /// [`FunctionCache::import`] reads. Some functions are of one configuration only, and would pile up.
    pub(crate) fn export_used(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (key, function) in self.lock().functions.iter().filter(|(_, function)| function.used) {
            for part in [key, &function.code] {
                bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
                bytes.extend_from_slice(part);
            }
        }
        bytes
    }

    /// Adds exported functions, up to the first that is incomplete.
    pub(crate) fn import(&self, bytes: &[u8]) {
        let mut rest = bytes;
        while let (Some(key), Some(function)) = (take_part(&mut rest), take_part(&mut rest)) {
            self.lock().insert(key, function.to_vec(), false);
        }
    }

    fn lock(&self) -> MutexGuard<'_, CompiledFunctions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Splits a part with its length before it from the front.
fn take_part<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, rest) = bytes.split_first_chunk::<PART_LENGTH_BYTES>()?;
    let (part, rest) = rest.split_at_checked(u64::from_le_bytes(*length) as usize)?;
    *bytes = rest;
    Some(part)
}

impl CacheStore for FunctionCache {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        let mut compiled = self.lock();
        let function = compiled.functions.get_mut(key)?;
        function.used = true;
        Some(Cow::Owned(function.code.to_vec()))
    }

    fn insert(&self, key: &[u8], function: Vec<u8>) -> bool {
        let mut compiled = self.lock();
        compiled.has_new = true;
        compiled.insert(key, function, true);
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
        let exported = one.export_used();
        other.import(&exported);
        assert!(one.has_new() && !other.has_new());
        assert_eq!(count(&other), 3);
        assert_eq!(other.get(b"a").unwrap(), b"code".as_slice());
        assert_eq!(other.get(b"").unwrap(), b"more code".as_slice());
        let incomplete = FunctionCache::default();
        incomplete.import(&exported[..exported.len() - 1]);
        assert_eq!(count(&incomplete), 2);
    }

    fn count(cache: &FunctionCache) -> usize {
        cache.lock().functions.len()
    }

    #[test]
    fn exports_only_functions_that_were_used() {
        let (first, second, third) =
            (FunctionCache::default(), FunctionCache::default(), FunctionCache::default());
        for key in [b"shared", b"former"] {
            first.insert(key, vec![1]);
        }
        second.import(&first.export_used());
        assert!(second.get(b"shared").is_some() && second.get(b"new").is_none());
        second.insert(b"new", vec![2]);
        third.import(&second.export_used());
        assert_eq!(count(&third), 2);
        assert!(third.get(b"former").is_none());
    }

    /// A longer export would be refused by the engine that reads it.
    #[test]
    fn exports_at_most_as_much_as_is_read() {
        let cache = FunctionCache::default();
        for key in [b"a", b"b"] {
            cache.insert(key, vec![0; FUNCTIONS_BYTES_MAX / 2 - 1]);
        }
        let exported = cache.export_used().len();
        assert!((1..=FUNCTIONS_BYTES_MAX).contains(&exported), "{exported}");
    }
}
