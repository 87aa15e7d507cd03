//! Types of the JSON that Tollgate writes for programs, and formats of reports.
//!
//! Each document has one type here, with a version of its own (`format`) and a conversion from the results of the
//! host. A member can be added under the same version; renaming or removing one, or giving it another meaning, needs
//! a new version. `docs/reference/json.md` lists the documents, and `docs/reference/schemas` has their schemas: both
//! are generated from this crate. Nothing here prints.

mod alerts;
mod check;
mod checkpoint;
mod contract_answer;
mod contract_test;
mod contract_use;
mod erasure;
mod error_text;
mod event;
mod figures;
mod gate;
mod gate_case;
mod inspection;
mod json_text;
mod judgement;
mod level;
mod live_gate;
mod missing_content;
mod package;
mod prompt;
mod prompt_diff;
mod queue;
mod reason;
mod receipt;
mod record_page;
mod release;
mod rendered_prompt;
mod replay;
pub mod report;
mod retraction;
mod review;
mod risk;
mod run_record;
mod score;
mod single_line;
mod statistics;
mod status;
mod submission;
mod timestamp;
mod tokens;
mod verification;
mod version_bump;

pub use alerts::{AlertEntry, AlertNotice, AlertNoticeType, AlertsDocument};
pub use check::{CheckDocument, DecidedOutput, NotJudgedOutput, OutputResult, OutputResultLine};
pub use checkpoint::CheckpointLine;
pub use contract_answer::{ContractAnswer, LocatedFinding};
pub use contract_test::{
    CaseDifferenceEntry, CaseFailure, ContractCaseResult, ContractTestDocument, TestedContract,
};
pub use contract_use::{ContractUse, ContractUser, ContractsDocument, UsedContract};
pub use erasure::ErasureDocument;
pub use error_text::join_causes;
pub use event::{ContentReference, LedgerEvent, LedgerEventLine, StoredContentKind};
pub use figures::{
    FigureEntry, FiguresDocument, RecordedFigureEntry, RecordedFiguresDocument, ThresholdState,
};
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
pub use level::{IncidentDocument, LevelChangeDocument, PromotionDocument};
pub use live_gate::{
    LiveCandidate, LiveCandidateState, LiveGateEntry, LiveGateState, LiveGatesDocument,
};
pub use missing_content::describe_missing_content;
pub use package::{
    LockedGateEntry, LockedGatesDocument, LockedPackageEntry, LockedPackageKind, PackagePin,
    PublicationDocument,
};
pub use prompt::{
    DeclaredInput, DeclaredOutput, DeclaredVariable, IncludedPartial, ModelRequest,
    ProjectPromptsDocument, PromptCheckDocument, PromptDocument, PromptFault, PromptIdentity,
    PromptListDocument, PromptListEntry, TemplatePlace,
};
pub use prompt_diff::{ChangedLines, PromptDiffDocument, PromptDifference, PromptSection};
pub use queue::{QueueDocument, QueueEntry, QueuePurpose, QueuedRunDocument};
pub use reason::ExplainedReason;
pub use receipt::{
    ProvenanceDocument, ReceiptSignature, ReceiptVerificationDocument, SignedReceipt,
    VerifiedReceipt,
};
pub use record_page::{EventPageDocument, RunPageDocument};
pub use release::{ReleaseChangeDocument, ReleaseEntry, ReleasesDocument};
pub use rendered_prompt::{
    RenderedMedia, RenderedMessage, RenderedPart, RenderedPromptDocument, RenderedRole,
};
pub use replay::{ComparedRunLine, ReplayedRunLine, ReplayedVerdict};
pub use retraction::RetractionDocument;
pub use review::{ClaimDocument, ReviewDocument, ReviewOutcomeKind, ReviewedDecision};
pub use risk::{DataClassUse, DueDay, GateRiskEntry, OpenProblem, RiskDocument, SystemAbility};
pub use run_record::{AuditAnswers, OutputRequest, RecordedReview, RunRecordDocument};
pub use score::{GateScoreDocument, ScoreDocument};
pub use single_line::single_line;
pub use statistics::{
    ActivityFigures, CalibrationClass, CalibrationFigures, DriftedFigure, GateFigures,
    HealthFigures, HeldOutputs, MeanMeasure, SpentBudget, StatisticsDocument,
};
pub use status::{GateStatusEntry, StatusDocument};
pub use submission::{OutputSubmission, SubmissionId, SubmittedAction, SubmittedPrompt};
pub use timestamp::Timestamp;
pub use tokens::{TokenEntry, TokenRole, TokenStatus, TokensDocument};
pub use verification::{
    ChainHead, RecordedHead, VerificationDocument, VerificationFault, VerificationFaultCode,
    VerifiedCheckpoint, describe_ledger_fault, describe_projection_difference,
};
pub use version_bump::{VersionBump, VersionComparisonDocument, VersionDifference};
