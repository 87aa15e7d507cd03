#![no_main]

#[path = "../projects.rs"]
mod projects;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    projects::is_project(bytes);
});
