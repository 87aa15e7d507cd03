//! Judges a text with all contracts of a panel while it is still being written.
//!
//! Contracts that judge whole texts only are asked when the text is complete, and so is every further judgement of a
//! contract that is asked several times.

use tokio::sync::OwnedSemaphorePermit;
use tollgate_model::{Content, Failure, JsonText, Judgement, PromptRef, Subject};

use crate::capabilities::{AnswerSource, HostContext};
use crate::contract::failed_judgement;
use crate::panel::{ContractPanel, PanelMember};
use crate::stream::{JudgementStream, Progress};

/// A text that a panel judges while it is being written. It holds a sandbox for each contract that streams, until it is
/// finished or dropped.
pub struct PanelStream {
    panel: ContractPanel,
    /// Subject with the text received so far.
    subject: Subject,
    live: HostContext,
    /// The stream of each contract, in the order of the panel; `None` for one that judges the text when it is complete.
    /// Empty if none streams, while a part is being judged, and for good if that was cancelled.
    streams: Vec<Option<MemberStream>>,
}

/// The stream of one contract, or the failure to begin it.
type MemberStream = Result<JudgementStream, Failure>;

impl ContractPanel {
    /// Begins to judge a text of which nothing is written yet. Waits until a sandbox is free for each contract that
    /// streams. If the engine has fewer sandboxes than that, all contracts judge the text when it is complete.
    pub async fn begin(
        &self,
        prompt: Option<PromptRef>,
        context: JsonText,
        live: HostContext,
    ) -> PanelStream {
        let mut stream = self.collect(prompt, context, live);
        if let Some(slots) = self.acquire_slots().await {
            stream.begin_members(slots).await;
        }
        stream
    }

    /// Begins to collect a text that all contracts judge when it is complete. No sandbox is held until then.
    pub fn collect(
        &self,
        prompt: Option<PromptRef>,
        context: JsonText,
        live: HostContext,
    ) -> PanelStream {
        let subject = Subject { content: Content::Text(String::new()), prompt, context };
        PanelStream { panel: self.clone(), subject, live, streams: Vec::new() }
    }

    /// Waits for the sandboxes of all contracts that stream. Returns `None` if none does, or if the engine does not have
    /// so many.
    async fn acquire_slots(&self) -> Option<OwnedSemaphorePermit> {
        let streaming = || self.members().iter().filter(|member| streams(member));
        let engine = &streaming().next()?.contract.loaded().engine;
        engine.acquire_owned_slots(streaming().count()).await.ok()
    }
}

fn streams(member: &PanelMember) -> bool {
    member.judgement_count > 0 && member.contract.supports_streaming()
}

impl PanelStream {
    async fn begin_members(&mut self, mut slots: OwnedSemaphorePermit) {
        for member in self.panel.members() {
            let slot = if streams(member) { slots.split(1) } else { None };
            self.streams.push(match slot {
                Some(slot) => Some(self.begin_member(member, slot).await),
                None => None,
            });
        }
    }

    async fn begin_member(&self, member: &PanelMember, slot: OwnedSemaphorePermit) -> MemberStream {
        let source = AnswerSource::Live(self.live.clone());
        let (prompt, context) = (self.subject.prompt.clone(), self.subject.context.clone());
        JudgementStream::begin(&member.contract, prompt, context, source, Some(slot)).await
    }

    /// Returns the text received so far.
    pub fn text(&self) -> &str {
        self.subject.content.output_text().unwrap_or_default()
    }

    /// Returns whether the text is larger than any contract accepts. Later parts are not kept then.
    pub fn is_too_large(&self) -> bool {
        self.subject.size_bytes() > self.panel.subject_bytes_max()
    }

    /// Judges the next part of the text, and returns what each contract reports, in the order of the panel. A contract
    /// that judges whole texts only settles nothing. After a failure of a contract, every call returns that failure.
    ///
    /// If this future is dropped, the contracts stop in the middle of a part. They then settle nothing any more, and
    /// judge the text when it is complete.
    pub async fn push(&mut self, part: &str) -> Vec<Result<Progress, Failure>> {
        if !self.is_too_large()
            && let Content::Text(text) = &mut self.subject.content
        {
            text.push_str(part);
        }
        // Taken out meanwhile, so that streams of which some have not got this part are never used again.
        let mut streams = std::mem::take(&mut self.streams);
        let mut reported = Vec::with_capacity(self.panel.members().len());
        for stream in &mut streams {
            reported.push(match stream {
                Some(Ok(stream)) => stream.push(part).await,
                Some(Err(failure)) => Err(failure.clone()),
                None => Ok(Progress::none()),
            });
        }
        self.streams = streams;
        reported.resize(self.panel.members().len(), Ok(Progress::none()));
        reported
    }

    /// Ends the text. Returns the subject with the whole text, and the judgements of each contract as
    /// [`ContractPanel::judge`] does.
    pub async fn finish(self) -> (Subject, Vec<Vec<Judgement>>) {
        let Self { panel, subject, live, streams } = self;
        // All streams end before anything else is judged: a text that waited for a sandbox while it holds others could
        // wait for itself.
        let mut first = Vec::with_capacity(streams.len());
        for stream in streams {
            first.push(match stream {
                Some(Ok(stream)) => Some(stream.finish().await).filter(is_repeatable),
                Some(Err(failure)) => Some(failed_judgement(failure)),
                None => None,
            });
        }
        first.resize_with(panel.members().len(), || None);
        let mut judgements = Vec::with_capacity(first.len());
        for (member, first) in panel.members().iter().zip(first) {
            judgements.push(member.judge(&subject, &live, first).await);
        }
        (subject, judgements)
    }
}

/// Returns whether judging the whole text again with the recorded answers gives this judgement. Answers that a stream got
/// may be others than `judge` asks for, so such a text is judged as a whole.
fn is_repeatable(judgement: &Judgement) -> bool {
    judgement.verdict.is_err() || judgement.answers.is_empty()
}
