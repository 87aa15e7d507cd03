//! What a contract may ask of its host. Each module is a capability: calling it
//! makes the component import it, the manifest has to declare it with a reason, and
//! the operator has to grant it. Outside WebAssembly, [`testing`](crate::testing) answers.

/// Lines for the run's record.
pub mod log {
    pub use crate::bindings::tollgate::host::log::Level;
    #[cfg(target_family = "wasm")]
    pub use crate::bindings::tollgate::host::log::write;

    /// A line at any level.
    #[cfg(not(target_family = "wasm"))]
    pub fn write(level: Level, message: &str) {
        crate::testing::write(level, message);
    }

    /// Something worth knowing.
    pub fn info(message: &str) {
        write(Level::Info, message);
    }

    /// Something that looks wrong.
    pub fn warn(message: &str) {
        write(Level::Warn, message);
    }
}

/// The one moment of the run.
pub mod clock {
    #[cfg(target_family = "wasm")]
    pub use crate::bindings::tollgate::host::clock::now;

    /// In milliseconds since 1970 (UTC).
    #[cfg(not(target_family = "wasm"))]
    pub fn now() -> u64 {
        crate::testing::now()
    }
}

/// Read-only tables that the operator names.
pub mod lookup {
    pub use crate::bindings::tollgate::host::lookup::Error;
    #[cfg(target_family = "wasm")]
    pub use crate::bindings::tollgate::host::lookup::{contains_any, get};

    /// The value that stands beside a key, where there is one.
    #[cfg(not(target_family = "wasm"))]
    pub fn get(table: &str, key: &str) -> Result<Option<String>, Error> {
        crate::testing::get(table, key)
    }

    /// For each key, whether the table has it.
    #[cfg(not(target_family = "wasm"))]
    pub fn contains_any(table: &str, keys: &[String]) -> Result<Vec<bool>, Error> {
        crate::testing::contains_any(table, keys)
    }
}

/// The text of the pinned prompt.
pub mod prompt_text {
    #[cfg(target_family = "wasm")]
    pub use crate::bindings::tollgate::host::prompt_text::read;

    /// Nothing, where there is no prompt.
    #[cfg(not(target_family = "wasm"))]
    pub fn read() -> Option<String> {
        crate::testing::read()
    }
}
