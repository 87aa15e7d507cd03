//! `tollgate/pii` finds personal data in an output: e-mail addresses, telephone
//! numbers, payment cards, IBANs, IP addresses and US social security numbers.
//!
//! Everything it looks for contains a digit, an `@` or a `:`, and in prose those are
//! rare. So it walks the text once from one of them to the next, and asks there, by
//! hand-written rules, whether something begins. Nothing is compiled or built up:
//! memory that a fresh sandbox has to copy stays untouched.
//!
//! It knows the forms of things, not people: names and street addresses are out of
//! its reach.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing))]

mod allow;
mod anchors;
mod candidate;
mod card;
mod config;
mod context;
mod email;
mod groups;
mod iban;
mod iban_lengths;
mod ip;
mod ip6;
mod judge;
mod kind;
mod mask;
mod phone;
mod scan;
mod settle;
mod ssn;
mod text;
mod walk;

pub use config::{Config, Level, State, configure};
pub use judge::judge;
pub use kind::Kind;

tollgate_sdk::contract!(Config, configure, judge);
