//! The reasons that there are. Each has a code that stays the same, a sentence for reviewers
//! (`display.rs`), and does what `effects.rs` says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Because, Missing, Why};
use crate::{Date, Mode, Money, Period, Person, Scheme, Severity, Share};

/// What a reason is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "code")]
pub enum Cause {
    /// A contract found something.
    Finding {
        /// Which use of it.
        contract: String,
        /// Which of its rules.
        rule: String,
        /// How bad it is.
        #[schemars(with = "String")]
        severity: Severity,
        /// What is wrong.
        message: String,
        /// Whether its answer counts.
        mode: Mode,
    },
    /// A contract says `fail`, and names no finding.
    Fail {
        /// Which use of it.
        contract: String,
        /// Whether its answer counts.
        mode: Mode,
    },
    /// A contract says that it cannot tell.
    Unsure {
        /// Which use of it.
        contract: String,
        /// Whether its answer counts.
        mode: Mode,
    },
    /// Asked several times, a contract did not say the same often enough.
    Split {
        /// Which use of it.
        contract: String,
        /// How often it passed, failed and was unsure.
        answers: [u32; 3],
        /// How many had to agree.
        agreeing: u32,
        /// Whether its answer counts.
        mode: Mode,
    },
    /// A contract gave no answer.
    Failure {
        /// Which use of it.
        contract: String,
        /// Of which kind the failure is.
        kind: String,
        /// What went wrong.
        message: String,
        /// Whether its answer counts.
        mode: Mode,
        /// Whether the gate goes on without it, by somebody's leave.
        fail_open: bool,
    },
    /// A contract was not asked, or not as often as it should.
    CheckMissing {
        /// Which use of it.
        contract: String,
        /// How many answers there are.
        answers: u32,
        /// How many there should be.
        wanted: u32,
        /// Whether its answer counts.
        mode: Mode,
    },
    /// Something answered that the gate does not name.
    CheckUnknown {
        /// What it calls itself.
        contract: String,
    },
    /// Nothing that counts has passed.
    NothingPassed,
    /// Only contracts that ask a model have passed.
    OnlyProbabilistic,
    /// The record lacks something.
    RecordIncomplete {
        /// What.
        missing: Missing,
    },
    /// The score says that this is not for an AI.
    ScoreHigh {
        /// The sum that counts.
        sum: u8,
        /// Whether an executive's sign-off would do.
        sign_off_would_do: bool,
    },
    /// A human approves every output first.
    Oversight {
        /// Why.
        because: Vec<Because>,
    },
    /// At its level the AI does nothing.
    Refused {
        /// Which levels these are.
        scheme: Scheme,
        /// The level.
        level: u8,
    },
    /// The level that is recorded is of another scheme than the gate's, or none of it.
    LevelUnknown {
        /// Its scheme.
        scheme: Scheme,
        /// The level.
        level: u8,
    },
    /// Something happened that costs the gate a level.
    Demotion {
        /// What.
        why: Why,
    },
    /// The gate is in shadow: nothing of it goes out.
    Shadow,
    /// The output would go where it may not.
    ChannelOutside {
        /// Where it would go.
        channel: String,
    },
    /// Nobody says where the output would go.
    ChannelUnknown,
    /// The output is about something that it may not be about.
    TopicBlocked {
        /// What.
        topic: String,
    },
    /// Nobody says what the output is about.
    TopicsUnknown,
    /// The document on the brand's voice is another than was agreed, or is not there.
    BrandVoiceChanged,
    /// The output was made with another document on the brand's voice.
    BrandVoiceOther,
    /// The budget does not reach.
    BudgetExceeded {
        /// Of what.
        period: Period,
        /// How much there is.
        cap: Money,
        /// How much is spent, this run included.
        spent: Money,
    },
    /// The budget is nearly spent.
    BudgetWarning {
        /// Of what.
        period: Period,
        /// How much there is.
        cap: Money,
        /// How much is spent, this run included.
        spent: Money,
    },
    /// Nobody knows what the run costs.
    CostUnknown {
        /// The model, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        model: Option<String>,
    },
    /// There is a budget for each campaign, and the output belongs to none.
    CampaignUnknown,
    /// The model was not sure enough.
    ConfidenceLow {
        /// How sure it was.
        confidence: Share,
        /// How sure it had to be.
        wanted: Share,
    },
    /// Nobody says how sure the model was.
    ConfidenceUnknown,
    /// The model was not approved for this use.
    ModelNotApproved {
        /// The model.
        model: String,
    },
    /// The approval of the model is over.
    ModelApprovalOver {
        /// The model.
        model: String,
        /// The last day.
        until: Date,
    },
    /// Nobody says which model it was.
    ModelUnknown,
    /// The output holds data of a kind that the record does not name.
    DataUnlisted {
        /// The kind.
        class: String,
    },
    /// The output holds data that a model may not get.
    DataForbidden {
        /// The kind.
        class: String,
    },
    /// The output holds data, and nobody looks at the consent of the people.
    ConsentNotRespected {
        /// The kind.
        class: String,
    },
    /// Data leaves the region that it has to stay in.
    RegionOutside {
        /// The kind of data.
        class: String,
        /// Where it was handled.
        region: String,
    },
    /// Data has to stay in a region, and nobody says where it was handled.
    RegionUnknown {
        /// The kind of data.
        class: String,
    },
    /// An agent wants to do what it was not given.
    ToolOutside {
        /// The tool that it would call.
        tool: String,
    },
    /// The output comes from another prompt than this gate is for.
    PromptOther {
        /// Which it comes from.
        prompt: String,
        /// Which it should come from.
        wanted: String,
    },
    /// Nobody says which prompt the output comes from.
    PromptUnknown,
    /// What is known of the output cannot be read.
    ContextUnreadable {
        /// Which key.
        key: String,
        /// Why.
        why: String,
    },
    /// An approval does not fit what the gate asks of one.
    ApprovalUnfit {
        /// How many people that count have approved.
        approved: u32,
        /// How many have to.
        wanted: u32,
    },
    /// The record should have been looked at again.
    RecordOverdue {
        /// Until when.
        review_by: Date,
    },
    /// Humans approved it.
    Approved {
        /// Who.
        by: Vec<Person>,
    },
    /// It was drawn for somebody to look at after the fact.
    Sampled {
        /// Which share is drawn.
        share: Share,
    },
    /// It can be taken back for a while.
    UndoWindow {
        /// Until when, in milliseconds since 1970.
        until_ms: u64,
    },
}
