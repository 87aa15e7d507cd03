//! Capabilities of the host, one module each. Calling one makes the component import it; the
//! manifest has to declare it with a reason, and the operator has to grant it. Outside
//! WebAssembly, [`testing`](crate::testing) answers.

/// Writes lines into the record of the run.
pub mod log {
    pub use crate::bindings::tollgate::host::log::Level;
    #[cfg(target_family = "wasm")]
    pub use crate::bindings::tollgate::host::log::write;

    /// Writes a line at a level.
    #[cfg(not(target_family = "wasm"))]
    pub fn write(level: Level, message: &str) {
        crate::testing::write(level, message);
    }

    /// Writes a line of information.
    pub fn info(message: &str) {
        write(Level::Info, message);
    }

    /// Writes a warning.
    pub fn warn(message: &str) {
        write(Level::Warn, message);
    }
}

/// Reads the time of the run, which is the same for all its calls.
pub mod clock {
    #[cfg(target_family = "wasm")]
    pub use crate::bindings::tollgate::host::clock::now;

    /// Returns the time of the run, in milliseconds since 1970 (UTC).
    #[cfg(not(target_family = "wasm"))]
    pub fn now() -> u64 {
        crate::testing::now()
    }
}

/// Reads tables that the operator provides.
pub mod lookup {
    pub use crate::bindings::tollgate::host::lookup::Error;
    #[cfg(target_family = "wasm")]
    pub use crate::bindings::tollgate::host::lookup::{contains_any, get};

    /// Returns the value of a key, or `None` if the table does not have the key.
    #[cfg(not(target_family = "wasm"))]
    pub fn get(table: &str, key: &str) -> Result<Option<String>, Error> {
        crate::testing::get(table, key)
    }

    /// Returns for each key whether the table has it.
    #[cfg(not(target_family = "wasm"))]
    pub fn contains_any(table: &str, keys: &[String]) -> Result<Vec<bool>, Error> {
        crate::testing::contains_any(table, keys)
    }
}

/// Reads the text of the pinned prompt.
pub mod prompt_text {
    #[cfg(target_family = "wasm")]
    pub use crate::bindings::tollgate::host::prompt_text::read;

    /// Returns the text, or `None` if the gate pins no prompt.
    #[cfg(not(target_family = "wasm"))]
    pub fn read() -> Option<String> {
        crate::testing::read()
    }
}
