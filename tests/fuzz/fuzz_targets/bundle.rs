#![no_main]

#[path = "../bundles.rs"]
mod bundles;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    bundles::import_arbitrary(bytes);
    bundles::import_damaged(bytes);
});
