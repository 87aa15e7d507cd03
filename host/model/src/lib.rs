//! The words of Tollgate, one meaning each, shared by every other room.
//!
//! Data only: no IO, no async, no clock. A type here can be written as JSON and read
//! back; whether it makes sense is checked where it is made, never later.

mod canonical;
mod capability;
mod digest;
mod failure;
mod judgement;
mod manifest;
mod name;
mod record;
mod report;
mod subject;

pub use canonical::{canonical_json, in_order};
pub use capability::{Capability, Determinism};
pub use digest::{Digest, DigestError};
pub use failure::{Failure, Refusal};
pub use judgement::Judgement;
pub use manifest::{ContractFile, Given, Manifest, Rule, WarmUp};
pub use name::{ContractName, NameError, PromptName, PromptNameError};
pub use record::{HostAnswer, LogLevel, LogLine, LookupError, RunLog};
pub use report::{Finding, Measure, Outcome, Place, Report, Severity, Span};
pub use subject::{Content, ContentKind, JsonText, JsonTextError, Prompt, Subject};
