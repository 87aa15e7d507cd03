//! The server of Tollgate: applications put their outputs through gates over HTTP, and operators change contracts,
//! prompts and gates while traffic runs.
//!
//! It is built on the library and on the wire types alone. The caller opens the project and its ledger, and hands over
//! a [`tollgate::Host`].

pub mod access;
pub mod watch;
