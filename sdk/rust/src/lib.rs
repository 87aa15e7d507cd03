#![doc = include_str!("../README.md")]

#[doc(hidden)]
pub mod bindings;
mod export;
pub mod host;
mod last_words;
mod no_randomness;
mod pointer;
mod report;
mod session;
#[doc(hidden)]
pub mod stream_bindings;
mod subject;
#[cfg(not(target_family = "wasm"))]
pub mod testing;

pub use bindings::tollgate::contract::types::{
    Action, BadConfig, Content, Finding, Measure, Outcome, Place, Prompt, Refusal, Report,
    Severity, Span, Subject,
};
pub use pointer::Pointer;
pub use session::{Progress, Session};

#[doc(hidden)]
pub use export::private;

/// Names that most contracts need.
pub mod prelude {
    pub use crate::{
        Content, Finding, Outcome, Place, Pointer, Progress, Refusal, Report, Session, Severity,
        Subject, contract,
    };
    pub use schemars::JsonSchema;
    pub use serde::Deserialize;
}
