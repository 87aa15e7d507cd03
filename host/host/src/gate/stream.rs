//! Checking a text that is still being written.
//!
//! Text that went out cannot be taken back. So it goes out before the decision only as far as every contract has settled
//! it, and only while an output without findings would be allowed. Whatever went out is recorded with the decision.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tollgate_engine::{HostContext, PanelStream, Progress};
use tollgate_govern::early_text::EarlyTextObstacle;
use tollgate_model::{
    Content, EarlyText, EnforcementMode, Failure, Finding, JsonText, OutputId, PromptRef, Severity,
    Subject,
};
use tracing::{Instrument, Span};

use super::decider::RunOrigin;
use super::early_text::EarlyTextRule;
use super::error::CheckError;
use super::handle::{ActiveGate, CheckOutcome, GateHandle};
use crate::actor::Actor;

/// A text that is going to be written, apart from its words.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StreamSubmission {
    pub prompt: Option<PromptRef>,
    /// Facts about the output, such as its channel and cost, as a JSON object. A gate that needs the cost of an output
    /// begins no check unless the cost is stated here, or its model has a price per run.
    pub context: JsonText,
    /// Id by which the caller knows the output. Runs are found by it; it need not be unique.
    pub output_id: Option<String>,
}

impl Default for StreamSubmission {
    fn default() -> Self {
        Self { prompt: None, context: JsonText::empty_object(), output_id: None }
    }
}

impl StreamSubmission {
    pub fn new(context: JsonText) -> Self {
        Self { context, ..Self::default() }
    }

    /// Sets the prompt that the text is written by.
    #[must_use]
    pub fn with_prompt(mut self, prompt: PromptRef) -> Self {
        self.prompt = Some(prompt);
        self
    }

    /// Sets the id by which the caller knows the output.
    #[must_use]
    pub fn with_output_id(mut self, id: impl Into<String>) -> Self {
        self.output_id = Some(id.into());
        self
    }
}

/// Answer to a part of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StreamProgress<'s> {
    /// Text that may go out now, after the text of earlier answers. Empty while nothing more is settled.
    Text(&'s str),
    /// Nothing more goes out before the decision, whatever is still written.
    Stopped(&'s StreamStop),
}

/// The reason why nothing more of a text goes out before its decision.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum StreamStop {
    /// At present the gate lets no text go out early.
    Gate(EarlyTextObstacle),
    /// An enforced contract reported an error in the text.
    Finding { contract: String, finding: Finding },
    /// A contract gave no answer.
    Failure { contract: String, failure: Failure },
    /// The text is larger than any contract accepts. What is written from now on is not kept.
    TooLarge,
    /// Another release became active, and judges the text when it is complete.
    ReleaseChanged,
}

/// A check of a text that is still being written. It holds a sandbox for each contract that judges texts while they are
/// written.
///
/// A text of which a part went out is always recorded: if this is dropped before [`CheckStream::finish`], the text so
/// far is judged, decided and recorded as abandoned by a task of the runtime that the check began in. Only if that
/// runtime ends first, the ledger fails, or another release became active that cannot be loaded, is it lost. A text of
/// which nothing went out is not recorded when this is dropped.
pub struct CheckStream {
    /// Empty once the text is complete.
    text: Option<StreamedText>,
    runtime: Handle,
}

/// A text that is being written, with its judgement so far.
struct StreamedText {
    gate: GateHandle,
    /// The release that judges it.
    active: Arc<ActiveGate>,
    panel: PanelStream,
    live: HostContext,
    origin: RunOrigin,
    rule: EarlyTextRule,
    /// Number of bytes from the start of the text that went out.
    sent_bytes: usize,
    stop: Option<StreamStop>,
    time: Duration,
    /// Span of the whole check.
    span: Span,
}

impl CheckStream {
    pub(crate) async fn begin(
        gate: GateHandle,
        submission: StreamSubmission,
        actor: &Actor,
    ) -> Result<Self, CheckError> {
        let StreamSubmission { prompt, context, output_id } = submission;
        let active = gate.current_release().await?;
        let (span, loaded) = (active.check_span(), &active.loaded);
        let live = loaded.host_context(gate.host().clock.now_ms());
        let content = Content::Text(String::new());
        let subject = Subject { content, prompt, context };
        loaded.require_context(&subject)?;
        let mut rule = EarlyTextRule::new(loaded, &subject);
        let stop = rule.find_obstacle(gate.host(), loaded)?;
        let Subject { prompt, context, .. } = subject;
        let panel = loaded.panel.panel();
        // Where nothing goes out early, no sandbox is held while the text is being written.
        let panel = match stop {
            Some(_) => panel.collect(prompt, context, live.clone()),
            None => panel.begin(prompt, context, live.clone()).instrument(span.clone()).await,
        };
        let output_id = output_id.map(OutputId::new);
        let submitted_by = Some(actor.person.clone());
        let origin = RunOrigin { output_id, submitted_by, ..RunOrigin::default() };
        let (sent_bytes, time) = (0, Duration::ZERO);
        let text =
            StreamedText { gate, active, panel, live, origin, rule, sent_bytes, stop, time, span };
        Ok(Self { text: Some(text), runtime: Handle::current() })
    }

    /// Judges the next part of the text, and returns the text that may go out now. It fails if the ledger cannot be
    /// read; nothing goes out then. A part whose future is dropped belongs to the text, but nothing more goes out
    /// before the decision.
    pub async fn push(&mut self, part: &str) -> Result<StreamProgress<'_>, CheckError> {
        self.text.as_mut().ok_or(CheckError::Closed)?.push(part).await
    }

    /// Ends the text, decides, and records the decision with the number of bytes that had gone out. It completes once
    /// the decision is durable. What has not gone out yet may go out if the decision allows it
    /// ([`CheckedRun::text_to_send`](super::CheckedRun::text_to_send)). If the future is dropped, the decision is
    /// recorded all the same.
    pub async fn finish(mut self) -> Result<CheckOutcome, CheckError> {
        let text = self.text.take().ok_or(CheckError::Closed)?;
        self.runtime.spawn(text.conclude(false)).await.map_err(|_| CheckError::Closed)?
    }
}

impl Drop for CheckStream {
    fn drop(&mut self) {
        let Some(text) = self.text.take().filter(|text| text.sent_bytes > 0) else { return };
        let span = text.span.clone();
        let conclude = async {
            if let Err(error) = text.conclude(true).await {
                tracing::error!(%error, "a text that had gone out in part is not recorded");
            }
        };
        self.runtime.spawn(conclude.instrument(span));
    }
}

impl StreamedText {
    async fn push(&mut self, part: &str) -> Result<StreamProgress<'_>, CheckError> {
        let started = Instant::now();
        let reported = self.panel.push(part).instrument(self.span.clone()).await;
        self.time += started.elapsed();
        let settled_bytes = match self.stop {
            Some(_) => self.sent_bytes,
            None => self.settle(reported)?,
        };
        if let Some(stop) = &self.stop {
            return Ok(StreamProgress::Stopped(stop));
        }
        let text = self.panel.text().get(self.sent_bytes..settled_bytes).unwrap_or_default();
        self.sent_bytes += text.len();
        Ok(StreamProgress::Text(text))
    }

    /// Returns how many bytes from the start of the text may have gone out by now, or stops.
    fn settle(&mut self, reported: Vec<Result<Progress, Failure>>) -> Result<usize, CheckError> {
        if self.panel.is_too_large() {
            self.stop = Some(StreamStop::TooLarge);
            return Ok(self.sent_bytes);
        }
        let bound = self.active.loaded.panel.whole_contracts();
        match settled_bytes(bound.map(|one| (&*one.binding_id, one.mode)), reported) {
            Ok(settled_bytes) if settled_bytes > self.sent_bytes => {
                self.stop = self.rule.find_obstacle(self.gate.host(), &self.active.loaded)?;
                return Ok(settled_bytes);
            }
            Ok(_) => {}
            Err(stop) => self.stop = Some(*stop),
        }
        Ok(self.sent_bytes)
    }

    /// Judges what is not judged yet, decides, and records.
    async fn conclude(self, abandoned: bool) -> Result<CheckOutcome, CheckError> {
        let Self { gate, active, panel, live, mut origin, sent_bytes, time, span, .. } = self;
        let started = Instant::now();
        let (subject, judgements) = panel.finish().instrument(span.clone()).await;
        let loaded = &active.loaded;
        let checks = loaded.panel.complete_checks(&subject, judgements, &live).await;
        let time = time + started.elapsed();
        let complete = loaded.complete_judged(subject, checks, &live, time);
        let output = complete.instrument(span.clone()).await?;
        let early_text = EarlyText { bytes: sent_bytes as u64, abandoned };
        origin.early_text = Some(early_text).filter(|early| early.bytes > 0);
        gate.hand_in(&active, output, origin, span).await?.outcome().await
    }
}

/// Returns the least number of bytes that the contracts have settled, or the reason to stop. Contracts in shadow are left
/// out, because nothing may depend on them.
fn settled_bytes<'b>(
    bound: impl Iterator<Item = (&'b str, EnforcementMode)>,
    reported: Vec<Result<Progress, Failure>>,
) -> Result<usize, Box<StreamStop>> {
    let mut least_bytes = None;
    for ((contract, mode), progress) in bound.zip(reported) {
        if mode == EnforcementMode::Shadow {
            continue;
        }
        let contract = || contract.to_owned();
        let stop = |failure| Box::new(StreamStop::Failure { contract: contract(), failure });
        let Progress { settled, findings } = progress.map_err(stop)?;
        let is_error = |finding: &Finding| finding.severity >= Severity::Error;
        // Advice stops no output, so it stops no text either.
        if mode == EnforcementMode::Enforce
            && let Some(finding) = findings.into_iter().find(is_error)
        {
            return Err(Box::new(StreamStop::Finding { contract: contract(), finding }));
        }
        least_bytes = Some(least_bytes.unwrap_or(settled).min(settled));
    }
    Ok(least_bytes.unwrap_or_default() as usize)
}

impl fmt::Display for StreamStop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gate(obstacle) => write!(f, "{obstacle}"),
            Self::Finding { contract, finding } => {
                write!(f, "`{contract}` found `{}`: {}", finding.rule, finding.message)
            }
            Self::Failure { contract, failure } => {
                write!(f, "`{contract}` gave no answer: {failure}")
            }
            Self::TooLarge => f.write_str("the text is larger than any contract accepts"),
            Self::ReleaseChanged => f.write_str("another release became active"),
        }
    }
}

#[cfg(test)]
mod tests {
    use EnforcementMode::{Advise, Enforce, Shadow};
    use tollgate_model::Place;

    use super::*;

    type Report = Result<Progress, Failure>;

    fn settled(settled: u32, severities: &[Severity]) -> Report {
        let finding = |severity: &Severity| Finding {
            rule: "rule".into(),
            severity: *severity,
            message: "message".into(),
            place: Place::Whole,
            fix: None,
            confidence: None,
        };
        Ok(Progress { settled, findings: severities.iter().map(finding).collect() })
    }

    fn failed() -> Report {
        Err(Failure::OutOfFuel { fuel: 7 })
    }

    fn judge(reported: Vec<(EnforcementMode, Report)>) -> Result<usize, Box<StreamStop>> {
        let (modes, reported): (Vec<_>, Vec<_>) = reported.into_iter().unzip();
        settled_bytes(modes.into_iter().map(|mode| ("contract", mode)), reported)
    }

    #[test]
    fn the_least_that_is_settled_counts() {
        let all =
            [(Enforce, settled(7, &[])), (Advise, settled(3, &[])), (Enforce, settled(5, &[]))];
        assert_eq!(judge(all.to_vec()), Ok(3));
        assert_eq!(judge(Vec::new()), Ok(0), "nothing is settled without a contract");
    }

    #[test]
    fn contracts_in_shadow_are_left_out() {
        let in_shadow = [settled(0, &[]), settled(9, &[Severity::Critical]), failed()];
        for report in in_shadow {
            assert_eq!(judge(vec![(Shadow, report.clone())]), Ok(0));
            assert_eq!(judge(vec![(Shadow, report), (Enforce, settled(5, &[]))]), Ok(5));
        }
    }

    #[test]
    fn errors_of_enforced_contracts_stop_the_text() {
        for severity in [Severity::Error, Severity::Critical] {
            let stopped =
                judge(vec![(Enforce, settled(5, &[Severity::Info, severity]))]).unwrap_err();
            assert!(matches!(*stopped, StreamStop::Finding { .. }), "{stopped:?}");
            assert_eq!(judge(vec![(Advise, settled(5, &[severity]))]), Ok(5));
        }
        assert_eq!(judge(vec![(Enforce, settled(5, &[Severity::Warning]))]), Ok(5));
    }

    #[test]
    fn failures_stop_the_text() {
        for mode in [Enforce, Advise] {
            let stopped = judge(vec![(Enforce, settled(5, &[])), (mode, failed())]).unwrap_err();
            assert!(matches!(*stopped, StreamStop::Failure { .. }), "{stopped:?}");
        }
    }
}
