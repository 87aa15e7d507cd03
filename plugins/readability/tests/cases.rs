//! The case files come out, natively.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "../../length/tests/common/cases.rs"]
mod cases;

#[test]
fn every_case_comes_out() {
    cases::check(env!("CARGO_MANIFEST_DIR"), readability::configure, readability::judge);
}
