#![no_main]

#[path = "../envelopes.rs"]
mod envelopes;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    envelopes::read_arbitrary(bytes);
    envelopes::read_damaged(bytes);
});
