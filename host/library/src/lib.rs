//! What is versioned: prompts, who vouches for contracts, and the registries that they lie in.
//!
//! `prompt` says what a `.prompt` file says, whether it says it rightly, what comes of it with
//! given variables, and how two versions of it differ. `behaviour` says how two versions of a
//! contract differ, by what they say of the same subjects. `trust` has the keys and signatures of
//! packages. None of these asks a clock or a network: `registry` does, and nothing else here.

pub mod behaviour;
mod bump;
pub mod prompt;
pub mod registry;
mod schema;
pub mod trust;

pub use bump::Bump;
