//! Kinds of errors: what a server distinguishes when it answers, and a program when it decides what to do next.

mod gate_cases;
mod records;
mod setup;
mod use_cases;

use std::error::Error;

/// Kind of an error of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is nothing of this name, or its content was not kept.
    NotFound,
    /// The caller asked for something that makes no sense. The same request fails again.
    InvalidInput,
    /// The request does not fit what is recorded: somebody else was first, or it was made before.
    Conflict,
    /// A rule of the gate does not allow it.
    Refused,
    /// The project or this machine has to be put in order first: a package, a signature, a lock or a gate file.
    NotReady,
    /// A record in the ledger is damaged, or was changed from outside.
    BrokenRecord,
    /// The host failed, and nobody who asked is to blame.
    Internal,
}

/// An error of a use case of the host.
pub trait HostError: Error + Send + Sync + 'static {
    /// Returns the kind of the error.
    fn kind(&self) -> ErrorKind;
}

#[cfg(test)]
mod tests;
