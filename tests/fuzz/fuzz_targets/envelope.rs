#![no_main]

#[path = "../envelopes.rs"]
mod envelopes;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    envelopes::open(bytes);
    envelopes::damage(bytes);
});
