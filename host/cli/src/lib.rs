//! The `tollgate` command line tool. It combines the other crates and does all input and output.

mod checked_part;
pub mod cli;
mod console;
mod current_project;
mod environment;
mod exit;
mod file_errors;
mod files;
mod hints;
mod host_access;
mod json_output;
mod judgement_output;
mod ledger_access;
mod ledger_file;
mod local_user;
mod registry_access;
mod shell_words;
mod styled_text;
mod timestamps;

pub use exit::Exit;
