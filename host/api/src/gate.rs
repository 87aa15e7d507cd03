//! Gates: their records, what is missing in them, and what applies to their outputs today.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::autonomy::GateStatus;
use tollgate::gate::ReleaseStatus;
use tollgate_govern::autonomy::level_name;
use tollgate_govern::checklist::{ReadinessItem, check_readiness};
use tollgate_govern::due_dates::{DueDate, find_due_dates};
use tollgate_govern::oversight::{RequiredOversight, required_oversight};
use tollgate_govern::promotion::{PromotionError, PromotionProposal};
use tollgate_govern::{PeriodSpending, RecordedLevel, score};
use tollgate_model::{
    CanonicalJsonError, Consequence, DemotionCause, Digest, FormatVersion, Gate, GateName,
    GatePart, GatePurpose, LevelChangeReason, LevelScheme, Money, OversightEffect, Share,
    TrackRecord,
};

use crate::{DueDay, Timestamp, join_causes};

/// Gate with its state, and the oversight that follows from both.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GateDocument {
    pub format: FormatVersion<1>,
    /// Record of the gate, as in its file.
    pub record: Gate,
    /// Digest of the record.
    pub digest: Digest,
    pub release: GateReleases,
    /// Delegation score that counts; `null` while a value is missing.
    pub score: Option<u8>,
    /// Meaning of the level for outputs today; `null` for a gate of the purpose `quality`, which delegates nothing.
    pub oversight: Option<OversightEffect>,
    /// Reasons to hold every output, for people; empty for a gate of the purpose `quality`.
    pub hold_reasons: Vec<String>,
    /// Level in effect; `null` if the record has no `[autonomy]`.
    pub level: Option<CurrentLevel>,
    /// Reviews since the last change of level; `null` without a ledger, and for a gate of the purpose `quality`.
    pub track: Option<ReviewTrack>,
    /// Whether the gate can be promoted; `null` without a ledger, and for a gate of the purpose `quality`.
    pub promotion: Option<PromotionState>,
    /// Points that are checked before anything is delegated; `null` for a gate of the purpose `quality`.
    pub checklist: Option<Vec<ReadinessEntry>>,
    /// Amounts that count against the caps of the budget; `null` for a gate of the purpose `quality`.
    pub spent: Option<SpentAmounts>,
    /// Days of the record that have passed, or that come within 30 days.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub due: Vec<DueDay>,
}

/// Active release of a gate beside what is locked.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GateReleases {
    /// `null` if the gate has no active release: it then checks nothing, unless its purpose is `quality`.
    pub active: Option<Digest>,
    /// Release of what is locked; `null` if that cannot be loaded.
    pub locked: Option<Digest>,
    /// Reason why what is locked cannot be loaded.
    pub locked_error: Option<String>,
    /// Differences between the two, for people.
    pub differences: Vec<String>,
}

/// Level in effect.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CurrentLevel {
    pub scheme: LevelScheme,
    pub level: u8,
    /// Name of the level in its scheme.
    pub name: Option<String>,
    /// Time of the last change; `null` if the level has never changed.
    pub since: Option<Timestamp>,
    /// Reason for the last change.
    pub reason: Option<LevelChangeReason>,
    /// Level before a demotion that is not recorded yet.
    pub demoted_from: Option<u8>,
    /// Causes of that demotion.
    pub causes: Vec<DemotionCause>,
}

/// Reviews of a gate since its level last changed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ReviewTrack {
    pub reviewed: u32,
    /// Number of outputs that were approved unchanged.
    pub approved: u32,
    pub edited: u32,
    pub rejected: u32,
    pub approval_rate: Share,
    /// Number of reviews of copies of an output that counts already. They do not count.
    #[serde(skip_serializing_if = "is_zero")]
    pub copies: u32,
    /// Number of approvals that took less than the least time for a review. They do not count.
    #[serde(skip_serializing_if = "is_zero")]
    pub too_short: u32,
}

/// Level that a gate can be promoted to, or what stands against it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PromotionState {
    pub to: Option<u8>,
    /// Sentences for people; `null` if the gate can be promoted.
    pub errors: Option<Vec<String>>,
}

/// Point of the readiness checklist.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReadinessEntry {
    pub point: String,
    pub met: bool,
    /// Sentences about what is missing; empty if the point is met.
    pub missing: Vec<String>,
}

/// Amounts spent in the current periods.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SpentAmounts {
    pub day: Money,
    pub week: Money,
    pub month: Money,
}

/// Missing parts of gates.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CompletenessDocument {
    pub format: FormatVersion<1>,
    pub gates: Vec<GateCompleteness>,
}

/// Missing parts of one gate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GateCompleteness {
    pub gate: GateName,
    /// Whether no part is missing, no day of the record has passed, the brand voice document is the agreed one, and a gate
    /// of the purpose `quality` can be loaded.
    pub complete: bool,
    pub missing: Vec<MissingPart>,
    pub ready_to_delegate: Vec<ReadinessEntry>,
    /// Days of the record that have passed, or that come within 30 days.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub due: Vec<DueDay>,
    /// Reason for which the brand voice document is not the agreed one; absent if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_voice: Option<String>,
    /// Purpose of the gate. Only if it is `quality`: what is missing is then what it lacks to judge.
    #[serde(skip_serializing_if = "GatePurpose::is_delegation")]
    pub purpose: GatePurpose,
    /// Parts that a gate of the purpose `quality` lacks to delegate, the next one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to_delegate: Vec<MissingPart>,
    /// Reason for which a gate of the purpose `quality` cannot be loaded and judges nothing; absent if it can be loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_error: Option<String>,
}

/// Missing part of a gate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MissingPart {
    /// Key in the file of the gate.
    pub key: String,
    pub meaning: String,
    pub consequence: Consequence,
}

impl GateDocument {
    /// Describes a gate as its state was read. Without a ledger, nothing is known of its reviews.
    pub fn new(status: &GateStatus, release: GateReleases) -> Result<Self, CanonicalJsonError> {
        let (gate, inputs, now_ms) = (&status.gate, &status.state.inputs, status.at_ms);
        let score = score::weigh_score(&gate.score, inputs.thresholds);
        let oversight = required_oversight(gate, inputs, score.as_ref(), &[], now_ms);
        let proposal = status.track_record.map(|_| status.propose_promotion());
        let checklist = check_readiness(gate, inputs, now_ms);
        let document = Self {
            format: FormatVersion,
            record: gate.clone(),
            digest: gate.digest()?,
            release,
            score: score.map(|score| score.counted),
            oversight: Some(oversight.effect),
            hold_reasons: oversight.hold_reasons.iter().map(ToString::to_string).collect(),
            level: CurrentLevel::new(&oversight, inputs.level.as_ref()),
            track: status.track_record.as_ref().map(Into::into),
            promotion: proposal.as_ref().map(Into::into),
            checklist: Some(checklist.iter().map(Into::into).collect()),
            spent: Some(inputs.spent.into()),
            due: find_due_dates(gate, now_ms).iter().map(Into::into).collect(),
        };
        Ok(if gate.is_quality() { document.without_delegation() } else { document })
    }

    /// Removes what a gate has only if it delegates: all but its record, its releases and the days of its exceptions.
    #[must_use]
    pub fn without_delegation(self) -> Self {
        Self {
            score: None,
            oversight: None,
            hold_reasons: Vec::new(),
            level: None,
            track: None,
            promotion: None,
            checklist: None,
            spent: None,
            ..self
        }
    }
}

impl From<&ReleaseStatus> for GateReleases {
    fn from(status: &ReleaseStatus) -> Self {
        let locked = status.locked.as_ref();
        Self {
            active: status.active,
            locked: locked.ok().copied(),
            locked_error: locked.err().map(|error| join_causes(error)),
            differences: status.differences.iter().map(ToString::to_string).collect(),
        }
    }
}

impl CurrentLevel {
    /// Returns the level in effect, with the recorded one. `None` if the record has no `[autonomy]`.
    pub fn new(oversight: &RequiredOversight, recorded: Option<&RecordedLevel>) -> Option<Self> {
        let effective = oversight.level.as_ref()?;
        Some(Self {
            scheme: effective.scheme,
            level: effective.level,
            name: level_name(effective.scheme, effective.level).map(Into::into),
            since: recorded.map(|level| Timestamp(level.since_ms)),
            reason: recorded.map(|level| level.reason.clone()),
            demoted_from: effective.demoted_from,
            causes: effective.causes.clone(),
        })
    }
}

impl From<&TrackRecord> for ReviewTrack {
    fn from(record: &TrackRecord) -> Self {
        Self {
            reviewed: record.reviewed(),
            approved: record.approved,
            edited: record.edited,
            rejected: record.rejected,
            approval_rate: record.approval_rate(),
            copies: record.copies,
            too_short: record.too_short,
        }
    }
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl From<&Result<PromotionProposal, Vec<PromotionError>>> for PromotionState {
    fn from(proposal: &Result<PromotionProposal, Vec<PromotionError>>) -> Self {
        match proposal {
            Ok(proposal) => Self { to: Some(proposal.to), errors: None },
            Err(errors) => {
                Self { to: None, errors: Some(errors.iter().map(ToString::to_string).collect()) }
            }
        }
    }
}

impl From<&ReadinessItem> for ReadinessEntry {
    fn from(item: &ReadinessItem) -> Self {
        Self {
            point: item.point.description().into(),
            met: item.is_met(),
            missing: item.missing.clone(),
        }
    }
}

impl GateCompleteness {
    pub fn new(gate: GateName, missing: &[GatePart], checklist: &[ReadinessItem]) -> Self {
        Self {
            gate,
            complete: missing.is_empty(),
            missing: missing.iter().copied().map(Into::into).collect(),
            ready_to_delegate: checklist.iter().map(Into::into).collect(),
            due: Vec::new(),
            brand_voice: None,
            purpose: GatePurpose::Delegation,
            to_delegate: Vec::new(),
            load_error: None,
        }
    }

    /// Returns what a gate of the purpose `quality` lacks to judge, and what it lacks to delegate.
    pub fn of_quality(gate: GateName, missing: &[GatePart], to_delegate: &[GatePart]) -> Self {
        let to_delegate = to_delegate.iter().copied().map(Into::into).collect();
        Self { purpose: GatePurpose::Quality, to_delegate, ..Self::new(gate, missing, &[]) }
    }

    /// Adds what is not valid today, or not for long. `brand_voice` says why the document is not the agreed one.
    #[must_use]
    pub fn with_faults(self, due: &[DueDate], brand_voice: Option<String>) -> Self {
        let is_valid = brand_voice.is_none() && !due.iter().any(DueDate::is_fault);
        let due = due.iter().map(Into::into).collect();
        Self { complete: self.complete && is_valid, due, brand_voice, ..self }
    }

    /// Adds why the gate cannot be loaded, if it was tried.
    #[must_use]
    pub fn with_load_error(self, load_error: Option<String>) -> Self {
        Self { complete: self.complete && load_error.is_none(), load_error, ..self }
    }
}

impl From<GatePart> for MissingPart {
    fn from(part: GatePart) -> Self {
        Self {
            key: part.key().into(),
            meaning: part.meaning().into(),
            consequence: part.consequence(),
        }
    }
}

impl From<PeriodSpending> for SpentAmounts {
    fn from(spent: PeriodSpending) -> Self {
        let PeriodSpending { day, week, month, .. } = spent;
        Self { day, week, month }
    }
}
