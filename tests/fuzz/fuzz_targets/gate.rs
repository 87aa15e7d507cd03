#![no_main]

#[path = "../gates.rs"]
mod gates;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    gates::is_gate(bytes);
});
