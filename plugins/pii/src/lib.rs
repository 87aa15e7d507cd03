//! `tollgate/pii` finds personal data in an output: e-mail addresses, telephone numbers,
//! payment cards, IBANs, IP addresses and US social security numbers.
//!
//! Each of these contains a digit, an `@` or a `:`, and these are rare in prose. So the
//! contract walks through the text from one of them to the next, and checks there with
//! hand-written rules whether something begins. Nothing is compiled or built in advance, so
//! a fresh sandbox has little memory to copy.
//!
//! Texts are read as people see them: invisible characters, tags and entities do not hide a
//! value, and neither do full-width letters or the digits of another script.
//!
//! It recognises forms, not people: it does not find names or street addresses.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing))]

mod allow_list;
mod anchors;
mod candidate;
mod card;
mod config;
mod context;
mod digit_groups;
mod email;
mod emphasis;
mod find_byte;
mod folded_text;
mod iban;
mod iban_lengths;
mod ip;
mod ip6;
mod json_walk;
mod judge;
mod kind;
mod markup;
mod mask;
mod overlaps;
mod phone;
mod plain_form;
mod reserved;
mod scan;
mod ssn;
mod text;

pub use config::{CheckedConfig, Config, SeverityLevel, configure};
pub use judge::judge;
pub use kind::Kind;

tollgate_sdk::contract!(Config, configure, judge);
