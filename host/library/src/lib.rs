//! What is versioned: prompts and contracts as packages, where they come from, and who vouches
//! for them.
//!
//! `prompt` says what a `.prompt` file says, `behaviour` how two versions of a contract differ,
//! `package` what a package is. `source` is where packages come from, `registry` speaks to those that are
//! far away, `store` keeps them. `resolve` chooses the versions that a project runs, `lock`
//! writes them down, `catalogue` does it all in order. `trust` has keys and signatures.

pub mod behaviour;
mod bump;
pub mod bundle;
pub mod catalogue;
mod hash;
pub mod lock;
pub mod package;
pub mod prompt;
pub mod registry;
pub mod resolve;
mod schema;
pub mod source;
pub mod store;
pub mod trust;

pub use bump::Bump;
