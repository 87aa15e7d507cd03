#![no_main]

#[path = "../exports.rs"]
mod exports;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    exports::verify_arbitrary(bytes);
    exports::verify_damaged(bytes);
});
