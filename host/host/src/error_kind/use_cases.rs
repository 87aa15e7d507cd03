//! Kinds of the errors of use cases.

use super::setup::{gate_read_error_kind, package_access_error_kind};
use super::{ErrorKind, HostError};
use crate::autonomy::{LevelChangeError, RecordDemotionError, StatusError};
use crate::erasure::ErasureError;
use crate::figures::FigureError;
use crate::gate::{
    CheckError, GateOpenError, GoverningRecordError, PrepareReleaseError, ReleaseError, TrialError,
};
use crate::incidents::{ChangeError, IncidentError, RetractionError};
use crate::insight::StatisticsError;
use crate::intake::{AnswerError, CheckManyError, IntakeError};
use crate::receipts::ReceiptError;
use crate::replay::{CandidateError, ComparisonError, ReplayError, RunReplayError};
use crate::review::{ConductReviewError, ReviewError, ReviewLookupError};

impl HostError for GateOpenError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoActiveRelease { .. } => ErrorKind::NotFound,
            Self::Load { source, .. } => source.kind(),
            Self::Release(error) => error.kind(),
            Self::Ledger(error) => error.kind(),
            Self::NoRandomness(_) | Self::NoThread(_) => ErrorKind::Internal,
            Self::Interrupted => ErrorKind::NotReady,
        }
    }
}

impl HostError for PrepareReleaseError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::OtherGate { .. } | Self::ChangedForTrial(_) => ErrorKind::InvalidInput,
            Self::Quality(_) => ErrorKind::Refused,
        }
    }
}

impl HostError for GoverningRecordError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Release(error) => error.kind(),
            Self::File(error) => gate_read_error_kind(error),
            Self::Quality(_) => ErrorKind::Refused,
            Self::Ledger(error) => error.kind(),
        }
    }
}

impl HostError for CheckError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::DifferentOutput { .. } | Self::TooManyConflicts { .. } => ErrorKind::Conflict,
            Self::NotARun { .. } => ErrorKind::BrokenRecord,
            Self::Closed => ErrorKind::NotReady,
            Self::ContextMissing { .. } | Self::Output(_) => ErrorKind::InvalidInput,
            Self::Gate(error) => error.kind(),
            Self::Ledger(error) => error.kind(),
        }
    }
}

impl HostError for IntakeError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Read(_) => ErrorKind::Internal,
            Self::Source(_)
            | Self::LineTooLong { .. }
            | Self::ElementTooLong { .. }
            | Self::InvalidUtf8 { .. }
            | Self::NotAnObject { .. }
            | Self::UnknownMember { .. }
            | Self::InvalidMember { .. }
            | Self::MappedNamePresent { .. }
            | Self::NotOneContent
            | Self::TextNotAString
            | Self::InvalidAction
            | Self::ContextNotAnObject
            | Self::NotAnArray
            | Self::UnclosedArray
            | Self::TextAfterArray
            | Self::RowNotAnObject
            | Self::InvalidRow { .. }
            | Self::Csv(_)
            | Self::NotJson(_)
            | Self::Json(_) => ErrorKind::InvalidInput,
        }
    }
}

impl HostError for AnswerError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Intake(error) => error.kind(),
            Self::Check(error) => error.kind(),
        }
    }
}

impl HostError for CheckManyError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Check(error) => error.kind(),
            Self::Trial(error) => error.kind(),
            Self::NoThread(_) | Self::WorkerStopped => ErrorKind::Internal,
        }
    }
}

impl HostError for TrialError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoSuchLevel { .. } | Self::Output(_) => ErrorKind::InvalidInput,
            Self::Ledger(error) => error.kind(),
            Self::NoRandomness(_) => ErrorKind::Internal,
        }
    }
}

impl HostError for ReleaseError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoActiveRelease { .. } => ErrorKind::NotFound,
            Self::NoEarlierRelease { .. } | Self::TooManyConflicts { .. } => ErrorKind::Conflict,
            Self::Quality(_) | Self::QualityDraft { .. } | Self::NotControlled { .. } => {
                ErrorKind::Refused
            }
            Self::BrandVoice { .. } => ErrorKind::NotReady,
            Self::ChangedForTrial(_) => ErrorKind::InvalidInput,
            Self::Load(error) => error.kind(),
            Self::Ledger(error) => error.kind(),
        }
    }
}

impl HostError for ReviewLookupError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Run(error) => error.kind(),
            Self::NeverQueued { .. } => ErrorKind::NotFound,
            Self::NotJudged { .. } => ErrorKind::BrokenRecord,
            Self::Ledger(error) => error.kind(),
        }
    }
}

impl HostError for ConductReviewError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Conflict { .. } | Self::AnotherRelease { .. } | Self::TooManyConflicts { .. } => {
                ErrorKind::Conflict
            }
            Self::Run(error) => error.kind(),
            Self::Gate(error) => error.kind(),
            Self::Output(_) => ErrorKind::InvalidInput,
            Self::Ledger(error) => error.kind(),
            Self::UnexpectedStep | Self::NoRandomness(_) => ErrorKind::Internal,
        }
    }
}

impl HostError for ReviewError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Rule(_)
            | Self::NamedByIncident(_)
            | Self::GateChanged
            | Self::DetailsErased
            | Self::StillHeld(_) => ErrorKind::Refused,
            Self::Closed(_) => ErrorKind::Conflict,
            Self::UnknownChecklistItem(..)
            | Self::OutputNotKept
            | Self::SubjectMismatch { .. }
            | Self::NothingEdited
            | Self::InvalidJson(..)
            | Self::NotAnAuditAction => ErrorKind::InvalidInput,
        }
    }
}

impl HostError for ReceiptError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Run(error) => error.kind(),
            Self::NotAllowed { .. } | Self::Revoked { .. } => ErrorKind::Refused,
            Self::NotJudged { .. } | Self::ReleaseMissing { .. } => ErrorKind::BrokenRecord,
            Self::Release(error) => error.kind(),
            Self::Ledger(error) => error.kind(),
        }
    }
}

impl HostError for ReplayError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Output(_) | Self::ReportsErased => ErrorKind::NotFound,
            Self::NoContract { .. } | Self::Config { .. } | Self::NoPart { .. } => {
                ErrorKind::BrokenRecord
            }
            Self::Load { .. } => ErrorKind::NotReady,
            Self::Release(error) => error.kind(),
            Self::Package(error) => package_access_error_kind(error),
            Self::Verdict(_) => ErrorKind::Internal,
        }
    }
}

impl HostError for RunReplayError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotJudged { .. } => ErrorKind::BrokenRecord,
            Self::Replay(error) => error.kind(),
            Self::Engine(_) => ErrorKind::Internal,
            Self::Ledger(error) => error.kind(),
        }
    }
}

impl HostError for CandidateError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Manifest(_) | Self::NotUsed { .. } => ErrorKind::InvalidInput,
            Self::Contract(error) => error.kind(),
            Self::Gate(error) => error.kind(),
        }
    }
}

impl HostError for ComparisonError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoSuchLevel { .. } | Self::Output(_) => ErrorKind::InvalidInput,
            Self::NoOwner { .. } => ErrorKind::Refused,
            Self::NotKept(_) => ErrorKind::NotFound,
            Self::Release(error) => error.kind(),
            Self::Prompt(_) => ErrorKind::BrokenRecord,
            Self::Ledger(error) => error.kind(),
        }
    }
}

impl HostError for StatusError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::TooManyConflicts { .. } => ErrorKind::Conflict,
            Self::Gates(error) => gate_read_error_kind(error),
            Self::Gate(error) => error.kind(),
            Self::Ledger(error) => error.kind(),
        }
    }
}

impl HostError for RecordDemotionError {
    fn kind(&self) -> ErrorKind {
        self.0.kind()
    }
}

impl HostError for LevelChangeError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoAutonomy { .. } | Self::NotPromoted { .. } | Self::Quality(_) => {
                ErrorKind::Refused
            }
            Self::LowestLevel { .. } | Self::OtherLevel { .. } | Self::GateChanged { .. } => {
                ErrorKind::Conflict
            }
            Self::Status(error) => error.kind(),
            Self::Ledger(error) => error.kind(),
        }
    }
}

impl HostError for IncidentError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownRun { .. } => ErrorKind::NotFound,
            Self::OtherGate { .. } => ErrorKind::InvalidInput,
            Self::Gate(error) => error.kind(),
            Self::Ledger(error) => error.kind(),
        }
    }
}

impl HostError for RetractionError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownRun { .. } => ErrorKind::NotFound,
            Self::AlreadyRetracted { .. }
            | Self::NotAllowed { .. }
            | Self::TooManyConflicts { .. } => ErrorKind::Conflict,
            Self::Gate(error) => error.kind(),
            Self::Ledger(error) => error.kind(),
        }
    }
}

impl HostError for ChangeError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownRun { .. } => ErrorKind::NotFound,
            Self::Gate(error) => error.kind(),
            Self::Ledger(error) => error.kind(),
        }
    }
}

impl HostError for FigureError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::TooMany { .. } | Self::InFuture { .. } => ErrorKind::InvalidInput,
            Self::Gate(error) => error.kind(),
            Self::Ledger(error) => error.kind(),
        }
    }
}

impl HostError for ErasureError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownRun { .. } => ErrorKind::NotFound,
            Self::Held { .. } | Self::SharedWithHeld { .. } => ErrorKind::Conflict,
            Self::Ledger(error) => error.kind(),
        }
    }
}

impl HostError for StatisticsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Gate { source, .. } => source.kind(),
            Self::Ledger(error) => error.kind(),
        }
    }
}
