#![no_main]

#[path = "../documents.rs"]
mod documents;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    documents::is_lock_file(bytes);
    documents::is_manifest(bytes);
});
