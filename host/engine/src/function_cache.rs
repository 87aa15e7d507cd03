//! Compiled functions, so that none is compiled twice.
//!
//! A contract is compiled twice, once to be configured and once with its configured memory, and again for
//! other configurations and scripts. The code is the same each time. Cranelift looks functions up
//! here, by a hash over everything that their machine code depends on, before it compiles them.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use wasmtime::CacheStore;

/// Size limit of functions that are exported. A large contract takes 36 MiB, CPython several times as
/// much. Functions above it are compiled again.
pub(crate) const EXPORT_BYTES_MAX: usize = 192 << 20;
/// Size limit in a process that goes on. Above it all functions are dropped, because functions in use
/// come back soon and an eviction order would have to be tracked.
const FUNCTIONS_BYTES_MAX: usize = 64 << 20;
/// Size of the length before each part of an exported function.
const PART_LENGTH_BYTES: usize = 8;

/// Compiled functions, by Cranelift's key.
pub(crate) struct FunctionCache {
    /// Functions that were compiled before, if they were loaded.
    loaded: OnceLock<ExportedFunctions>,
    compiled: Mutex<CompiledFunctions>,
    bytes_max: usize,
    /// Whether new functions replace the others above the limit, and are not left out.
    prefers_new: bool,
}

#[derive(Default)]
struct CompiledFunctions {
    // Sorted, so that the same functions are exported as the same bytes.
    functions: BTreeMap<Box<[u8]>, Box<[u8]>>,
    /// Size of all functions when they are exported.
    bytes: usize,
    /// Number of functions that had to be compiled.
    count: u64,
}

/// Exported functions, and the place of each.
struct ExportedFunctions {
    bytes: Vec<u8>,
    places: HashMap<Box<[u8]>, Range<usize>>,
}

impl FunctionCache {
    /// Makes the cache of a process that compiles one contract.
    pub(crate) fn of_one_contract() -> Self {
        Self::with_limit(EXPORT_BYTES_MAX, false)
    }

    /// Makes the cache of a process that compiles many contracts.
    pub(crate) fn of_many_contracts() -> Self {
        Self::with_limit(FUNCTIONS_BYTES_MAX, true)
    }

    fn with_limit(bytes_max: usize, prefers_new: bool) -> Self {
        Self { loaded: OnceLock::new(), compiled: Mutex::default(), bytes_max, prefers_new }
    }

    /// Returns the number of functions that had to be compiled so far.
    pub(crate) fn count_compiled(&self) -> u64 {
        self.lock().count
    }

    /// Returns the functions that were compiled as bytes that [`FunctionCache::load`] reads, and removes them.
    pub(crate) fn export(&self) -> Vec<u8> {
        let mut compiled = self.lock();
        let mut bytes = Vec::with_capacity(compiled.bytes);
        // One at a time, because there is no room for all of them twice.
        while let Some((key, code)) = compiled.functions.pop_first() {
            for part in [key, code] {
                bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
                bytes.extend_from_slice(&part);
            }
        }
        compiled.bytes = 0;
        bytes
    }

    /// Makes exported functions known, up to the first that is incomplete. Only the first call counts.
    pub(crate) fn load(&self, exported: Vec<u8>) {
        self.loaded.get_or_init(|| ExportedFunctions::read(exported));
    }

    pub(crate) fn is_loaded(&self) -> bool {
        self.loaded.get().is_some()
    }

    fn lock(&self) -> MutexGuard<'_, CompiledFunctions> {
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ExportedFunctions {
    fn read(bytes: Vec<u8>) -> Self {
        let mut places = HashMap::new();
        let mut end = 0;
        while let Some(key) = next_part(&bytes, &mut end)
            && let Some(code) = next_part(&bytes, &mut end)
        {
            places.insert(bytes.get(key).unwrap_or_default().into(), code);
        }
        Self { bytes, places }
    }

    fn get(&self, key: &[u8]) -> Option<&[u8]> {
        self.bytes.get(self.places.get(key)?.clone())
    }
}

/// Returns the place of the part that begins at `at`, after its length, and moves `at` behind it.
fn next_part(bytes: &[u8], at: &mut usize) -> Option<Range<usize>> {
    let (length, rest) = bytes.get(*at..)?.split_first_chunk::<PART_LENGTH_BYTES>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    if length > rest.len() {
        return None;
    }
    let start = *at + PART_LENGTH_BYTES;
    *at = start + length;
    Some(start..*at)
}

impl CacheStore for FunctionCache {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        if let Some(code) = self.loaded.get().and_then(|loaded| loaded.get(key)) {
            return Some(Cow::Borrowed(code));
        }
        self.lock().functions.get(key).map(|code| Cow::Owned(code.to_vec()))
    }

    fn insert(&self, key: &[u8], code: Vec<u8>) -> bool {
        let mut compiled = self.lock();
        compiled.count += 1;
        let bytes = key.len() + code.len() + 2 * PART_LENGTH_BYTES;
        if compiled.bytes + bytes > self.bytes_max {
            if !self.prefers_new {
                return false;
            }
            compiled.functions.clear();
            compiled.bytes = 0;
        }
        compiled.bytes += bytes;
        compiled.functions.insert(key.into(), code.into());
        true
    }
}

impl fmt::Debug for FunctionCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FunctionCache")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exported_functions_can_be_loaded() {
        let (one, other) = (FunctionCache::of_one_contract(), FunctionCache::of_many_contracts());
        for (key, function) in [("a", "code"), ("bb", ""), ("", "more code")] {
            one.insert(key.as_bytes(), function.as_bytes().to_vec());
        }
        assert_eq!(one.get(b"a").unwrap(), b"code".as_slice());
        let exported = one.export();
        assert!(one.get(b"a").is_none() && one.export().is_empty());
        other.load(exported.clone());
        assert_eq!((one.count_compiled(), other.count_compiled()), (3, 0));
        assert_eq!(other.get(b"a").unwrap(), b"code".as_slice());
        assert_eq!(other.get(b"bb").unwrap(), b"".as_slice());
        assert_eq!(other.get(b"").unwrap(), b"more code".as_slice());
        assert!(other.get(b"b").is_none());

        let incomplete = FunctionCache::of_one_contract();
        incomplete.load(exported[..exported.len() - 1].to_vec());
        assert!(incomplete.get(b"a").is_some() && incomplete.get(b"bb").is_none());
    }

    #[test]
    fn new_functions_are_beside_loaded_ones() {
        let (first, second) = (FunctionCache::of_one_contract(), FunctionCache::of_one_contract());
        first.insert(b"shared", vec![1]);
        second.load(first.export());
        second.insert(b"new", vec![2]);
        assert!(second.get(b"shared").is_some() && second.get(b"new").is_some());
        assert_eq!(second.count_compiled(), 1);
        second.load(Vec::new());
        assert!(second.get(b"shared").is_some());
    }

    /// A longer export would be refused by the engine that reads it.
    #[test]
    fn exports_at_most_as_much_as_is_read() {
        for (prefers_new, kept) in [(true, [false, false, true]), (false, [true, true, false])] {
            let cache = FunctionCache::with_limit(1_000, prefers_new);
            for key in [b"a", b"b", b"c"] {
                cache.insert(key, vec![0; 450]);
            }
            assert_eq!([b"a", b"b", b"c"].map(|key| cache.get(key).is_some()), kept);
            assert!((1..=1_000).contains(&cache.export().len()));
            assert_eq!(cache.count_compiled(), 3);
        }
    }
}
