//! What a contract may ask of its host. Each module is a capability: calling it
//! makes the component import it, the manifest has to declare it with a reason, and
//! the operator has to grant it.

/// Lines for the run's record.
pub mod log {
    pub use crate::bindings::tollgate::host::log::{Level, write};

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
    pub use crate::bindings::tollgate::host::clock::now;
}

/// Read-only tables that the operator names.
pub mod lookup {
    pub use crate::bindings::tollgate::host::lookup::{Error, contains_any, get};
}

/// The text of the pinned prompt.
pub mod prompt_text {
    pub use crate::bindings::tollgate::host::prompt_text::read;
}
