//! Prompts as versioned packages: what a `.prompt` file says, whether it says it rightly,
//! what comes of it with given variables, and how two versions of it differ.
//!
//! Pure: the same files and variables give the same answer. Nothing here asks a clock, a
//! network or anything random.

pub mod prompt;
