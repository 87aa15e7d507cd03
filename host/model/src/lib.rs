//! Data types of Tollgate's domain, shared by every other crate of the host.
//!
//! Plain data: no IO, no async, no clock, no randomness. Every type can be written as JSON and read
//! back. A value is validated where it is created or read, so later code does not check it again.

mod alert_kind;
mod canonical;
mod capability;
mod code_fence;
mod decision;
mod digest;
mod event;
mod failure;
mod file_schema;
mod format_version;
mod gate;
mod hex;
mod history;
mod host_answer;
mod judgement;
mod manifest;
mod name;
mod outcome_counts;
mod release;
mod report;
mod schema_cost;
mod selection;
mod subject;
mod text_file;
mod units;
mod verdict;

pub use alert_kind::AlertKind;
pub use canonical::{CanonicalJsonError, canonical_json, sort_members};
pub use capability::{Capability, Determinism};
pub use decision::{
    Consequence, Decision, DemotionCause, GatePart, HoldReason, LiftScope, Reason, ReasonEffect,
    ReasonKind, Revocation, RevocationAct, Ruling,
};
pub use digest::{Digest, DigestError};
pub use event::{
    BatchLine, ChangeEvent, ChecklistAnswer, ClaimEvent, ContractCheck, EarlyText, ErasureEvent,
    Event, EventKind, IncidentEvent, KpiEvent, LevelChangeReason, LevelDirection, LevelEvent,
    OutputId, RecordedVerdict, RetainedContent, ReviewAction, ReviewEvent, RollbackEvent,
    RolloutEvent, RolloutStage, RunEvent, SpendEvent,
};
pub use failure::{Failure, Refusal};
pub use file_schema::file_schema;
pub use format_version::FormatVersion;
pub use gate::{
    AbsentPart, AccessKind, AuditPolicy, Autonomy, BrandVoice, Budget, BudgetPeriod, ChangeControl,
    ChecklistItem, ContentRetention, ContractBinding, ContractRequirement, DataClass,
    DelegationPosture, DelegationScore, EnforcementMode, FailOpen, Gate, GateName, GateNameError,
    GatePurpose, Guardrails, HighScorePolicy, KpiThreshold, LevelScheme, MiddleScorePolicy,
    ModelApproval, ModelPrice, OnFail, Oversight, OversightEffect, OversightPattern,
    PromotionCriteria, PromptRequirement, QUALITY_KEYS, Requirement, RequirementError,
    Reversibility, ReviewPolicy, ReviewTrigger, Risk, RoleHolder, RollbackPlan, ScoreDimension,
    ScoreEntry, ScoreThresholds, ScoreValue, ScoreValueError, SignOff, SignOffScope, StopEffect,
    SystemAccess, TaskTags,
};
pub use hex::{decode_hex, encode_hex};
pub use history::{
    ActivityCounts, CycleResult, KpiReading, LevelIncident, ReviewCycle, TrackRecord,
};
pub use host_answer::{HostAnswer, LogLevel, LogLine, LookupError, RunLog};
pub use judgement::Judgement;
pub use manifest::{ContractFile, ContractRule, HostFixture, Manifest, WarmUp, covers_prompt};
pub use name::{ContractName, ContractNameError, PromptName, PromptNameError};
pub use outcome_counts::OutcomeCounts;
pub use release::{PinnedContract, PinnedPrompt, Release};
pub use report::{Finding, Measure, Outcome, Place, Report, Severity, Span};
pub use schema_cost::{SchemaCostError, count_schema_steps};
pub use selection::{
    CheckedPart, OutputPlace, PARTS_MAX, PartProblem, PointerPattern, PointerPatternError,
    SelectedPart, find_part, select_parts,
};
pub use subject::{
    Content, ContentKind, InvalidJson, JsonProblem, JsonText, JsonTextError, PromptRef, Subject,
};
pub use text_file::{TextFile, TextFileError, TextFileErrors, TextSpan};
pub use units::{
    BlankStringError, Date, DateError, Figure, MOMENT_MS_MAX, Money, MoneyError, NonBlankString,
    Person, PersonNameError, Share, ShareError, Since, SinceError, TimeSpan, TimeSpanError,
    count_hidden, escape_hidden_in_json, find_mixed_word, fold_name, fold_topic, format_rfc3339,
    format_utc, format_utc_seconds, has_visible_text, is_same_topic, parse_rfc3339, reveal_hidden,
    rfc3339,
};
pub use verdict::Verdict;
