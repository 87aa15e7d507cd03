//! Types of the JSON that Tollgate writes for programs, and formats of reports.
//!
//! Each document has one type here, with a version of its own (`format`) and a conversion from the results of the
//! host. A member can be added under the same version; renaming or removing one, or giving it another meaning, needs
//! a new version. `docs/reference/json.md` lists the documents, and `docs/reference/schemas` has their schemas: both
//! are generated from this crate. Nothing here prints.

mod alerts;
mod check;
mod contract_answer;
mod contract_test;
mod erasure;
mod error_text;
mod event;
mod figures;
mod gate;
mod gate_case;
mod inspection;
mod json_text;
mod judgement;
mod package;
mod prompt;
mod prompt_diff;
mod queue;
mod reason;
mod receipt;
mod rendered_prompt;
mod replay;
pub mod report;
mod risk;
mod run_record;
mod score;
mod statistics;
mod status;
mod timestamp;
mod tokens;
mod verification;
mod version_bump;

pub use alerts::{AlertEntry, AlertNotice, AlertNoticeType, AlertsDocument};
pub use check::{CheckDocument, DecidedOutput, NotJudgedOutput, OutputResult, OutputResultLine};
pub use contract_answer::{ContractAnswer, LocatedFinding};
pub use contract_test::{
    CaseDifferenceEntry, CaseFailure, ContractCaseResult, ContractTestDocument, TestedContract,
};
pub use erasure::ErasureDocument;
pub use error_text::join_causes;
pub use event::{ContentReference, LedgerEvent, LedgerEventLine, StoredContentKind};
pub use figures::{FigureEntry, FiguresDocument};
pub use gate::{
    CompletenessDocument, CurrentLevel, GateCompleteness, GateDocument, GateReleases, MissingPart,
    PromotionState, ReadinessEntry, ReviewTrack, SpentAmounts,
};
pub use gate_case::{GateCaseResult, GateTestDocument, LabelledReason};
pub use inspection::{InspectionDocument, RequestedCapability, SnapshotSupport};
pub use json_text::{indented_json_text, json_text};
pub use judgement::{
    ExplainedFailure, JudgementDocument, JudgementRecord, JudgingContract, StreamProgressLine,
};
pub use package::{
    LockedGateEntry, LockedGatesDocument, LockedPackageEntry, LockedPackageKind, PackagePin,
    PublicationDocument,
};
pub use prompt::{
    DeclaredInput, DeclaredOutput, DeclaredVariable, IncludedPartial, ModelRequest,
    PromptCheckDocument, PromptDocument, PromptFault, PromptIdentity, PromptListDocument,
    PromptListEntry, TemplatePlace,
};
pub use prompt_diff::{ChangedLines, PromptDiffDocument, PromptDifference, PromptSection};
pub use queue::{QueueDocument, QueueEntry, QueuePurpose, QueuedRunDocument};
pub use reason::ExplainedReason;
pub use receipt::{ProvenanceDocument, ReceiptVerificationDocument, VerifiedReceipt};
pub use rendered_prompt::{
    RenderedMedia, RenderedMessage, RenderedPart, RenderedPromptDocument, RenderedRole,
};
pub use replay::{ComparedRunLine, ReplayedRunLine, ReplayedVerdict};
pub use risk::{DataClassUse, DueDay, GateRiskEntry, OpenProblem, RiskDocument, SystemAbility};
pub use run_record::{AuditAnswers, OutputRequest, RecordedReview, RunRecordDocument};
pub use score::{GateScoreDocument, ScoreDocument};
pub use statistics::{
    ActivityFigures, CalibrationClass, CalibrationFigures, DriftedFigure, GateFigures,
    HealthFigures, HeldOutputs, MeanMeasure, SpentBudget, StatisticsDocument,
};
pub use status::{GateStatusEntry, StatusDocument};
pub use timestamp::Timestamp;
pub use tokens::{TokenEntry, TokenRole, TokenStatus, TokensDocument};
pub use verification::{
    ChainHead, RecordedHead, VerificationDocument, VerificationFault, VerificationFaultCode,
    VerifiedCheckpoint,
};
pub use version_bump::{VersionBump, VersionComparisonDocument, VersionDifference};
