//! The host as a program that embeds it uses it: gates that check outputs with the standard contracts.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod checking;
mod checking_many;
mod checking_streams;
mod drafts;
mod failing_contracts;
mod fixture;
mod gate_cases;
mod masking;
mod newsletter;
mod outside_files;
mod overtaken_ledger;
mod parts;
mod quality_gates;
mod released_inputs;
mod releases;
mod resuming;
mod reviewing;
mod spans;
mod spending;
mod swapping;
mod swapping_under_load;
