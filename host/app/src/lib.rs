//! The `tollgate` command line tool. It combines the other crates and does all input and output.

pub mod author;
pub mod cli;
mod console;
pub mod embedded;
mod exit;
mod files;
mod folders;
mod gates;
mod judgement_output;
mod ledger_access;
mod local_user;
mod packages;
mod project;
mod receipts;
mod reference;
mod run;
mod signatures;
mod timestamps;

pub use exit::Exit;
