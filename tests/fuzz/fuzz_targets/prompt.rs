#![no_main]

#[path = "../prompts.rs"]
mod prompts;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    prompts::read_and_render(bytes);
});
