//! The path of an output through a gate: the gate is loaded, its contracts judge, a decision is made from their
//! verdicts and the recorded state, and everything is recorded before the result is shown.

pub(crate) mod bound_contract;
pub(crate) mod bound_panel;
pub(crate) mod checked_run;
pub(crate) mod decider;
pub(crate) mod decision_queue;
mod draft_changes;
pub(crate) mod early_text;
pub(crate) mod error;
pub(crate) mod governing_record;
pub(crate) mod handle;
pub(crate) mod judging;
pub(crate) mod load_error;
pub(crate) mod loaded_gate;
pub(crate) mod ordinary_output;
pub(crate) mod quality;
pub(crate) mod release_record;
pub(crate) mod release_snapshot;
pub(crate) mod release_status;
pub(crate) mod releases;
pub(crate) mod required_context;
pub(crate) mod retention;
pub(crate) mod selection;
pub(crate) mod state;
pub(crate) mod stream;
pub(crate) mod trial;

pub use bound_panel::BoundPanel;
pub use checked_run::CheckedRun;
pub use decider::DecidedRun;
pub(crate) use decider::GateDecider;
pub use error::{CheckError, GateOpenError, NoRandomnessError, OutputDigestError, TrialError};
pub use governing_record::GoverningRecordError;
pub use handle::{CheckOutcome, GateHandle, JudgedSubmission, PendingDecision, Submission};
pub use judging::JudgedOutput;
pub use load_error::{BoundConfigError, BoundContractError, GateLoadError};
pub use loaded_gate::LoadedGate;
pub use quality::{QualityContract, QualityGateError, require_delegation};
pub use release_record::{ReleasePart, ReleaseReadError};
pub use release_snapshot::ReleaseSnapshot;
pub use release_status::{ReleaseDifference, ReleaseStatus};
pub use releases::{ActivationError, ReleaseChange, ReleaseError, TestEvidence};
pub use state::GateState;
pub use stream::{CheckStream, StreamProgress, StreamStop, StreamSubmission};
pub use trial::TrialGate;
