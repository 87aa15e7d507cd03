//! The words of Tollgate, one meaning each, shared by every other room.
//!
//! Data only: no IO, no async, no clock. A type here can be written as JSON and read
//! back; whether it makes sense is checked where it is made, never later.

mod canonical;
mod capability;
mod decision;
mod digest;
mod event;
mod failure;
mod gate;
mod hex;
mod history;
mod judgement;
mod manifest;
mod name;
mod record;
mod release;
mod report;
mod subject;
mod units;

pub use canonical::{canonical_json, in_order};
pub use capability::{Capability, Determinism};
pub use decision::{
    Because, Cause, Consequence, Decision, Effect, Lift, Missing, Reason, Ruling, Why,
};
pub use digest::{Digest, DigestError};
pub use event::{
    Act, Answer, BatchLine, Checked, Claim, Erasure, Event, Incident, Kept, KpiFigure, LevelChange,
    LevelMove, LevelReason, ReviewEvent, Rollback, Rollout, RolloutStage, RunEvent, Spend,
    SystemChange, Verdict, What,
};
pub use failure::{Failure, Refusal};
pub use gate::{
    Access, Approval, Audit, Autonomy, Binding, BrandVoice, Budget, CheckItem, Contents,
    ContractRequirement, DataClass, Dimension, FailOpen, Gate, GateName, GateNameError, Guardrails,
    HighScore, Holder, MiddleScore, Mode, OnFail, Oversight, OversightEffect, Pattern, Period,
    Points, PointsError, Posture, Price, Promotion, PromptRequirement, Requirement,
    RequirementError, Reversibility, Review, Risk, RollbackPlan, Scheme, Score, Scored, SignOff,
    SignOffOf, Stop, Tags, Threshold, Verb, When,
};
pub use hex::{hex, unhex};
pub use history::{Counts, Happened, Measured, TrackRecord};
pub use judgement::Judgement;
pub use manifest::{ContractFile, Given, Manifest, Rule, WarmUp, covers};
pub use name::{ContractName, NameError, PromptName, PromptNameError};
pub use record::{HostAnswer, LogLevel, LogLine, LookupError, RunLog};
pub use release::{PinnedContract, PinnedPrompt, Release};
pub use report::{Finding, Measure, Outcome, Place, Report, Severity, Span};
pub use subject::{Content, ContentKind, JsonText, JsonTextError, Prompt, Subject};
pub use units::{
    Date, DateError, Figure, Money, MoneyError, Person, Share, ShareError, TimeSpan, TimeSpanError,
    Words, WordsError,
};
