//! The `tollgate` tool: it brings the rooms together and talks to people.

pub mod author;
pub mod carried;
pub mod cli;
mod console;
mod exit;
mod files;
mod folders;
mod gates;
mod moments;
mod packages;
mod project;
mod receipts;
mod recorded;
mod reference;
mod run;
mod signatures;
mod verdict;
mod who;

pub use exit::Exit;
