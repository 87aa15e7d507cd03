#![doc = include_str!("../README.md")]

#[doc(hidden)]
pub mod bindings;
mod export;
pub mod host;
mod last_words;
mod no_randomness;
mod pointer;
mod report;
mod subject;

pub use bindings::tollgate::contract::types::{
    Action, BadConfig, Content, Finding, Measure, Outcome, Place, Prompt, Refusal, Report,
    Severity, Span, Subject,
};
pub use pointer::Pointer;

#[doc(hidden)]
pub use export::private;

/// What a contract usually needs.
pub mod prelude {
    pub use crate::{
        Content, Finding, Outcome, Place, Pointer, Refusal, Report, Severity, Subject, contract,
    };
    pub use schemars::JsonSchema;
    pub use serde::Deserialize;
}
