//! Judging an output with the contracts of a gate.

use std::time::{Duration, Instant};

use tollgate_engine::HostContext;
use tollgate_model::{
    Content, ContractCheck, Digest, ReasonKind, RetainedContent, RunEvent, Subject,
};

use crate::gate::error::OutputDigestError;
use crate::gate::loaded_gate::LoadedGate;
use crate::gate::retention::{Redactions, retain_output};

/// An output with the reports of the contracts.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct JudgedOutput {
    pub subject: Subject,
    /// Digest of the whole subject, including its context.
    pub digest: Digest,
    /// Digest of the bare text or JSON. `None` for actions, and in trials.
    pub(crate) output_digest: Option<Digest>,
    pub checks: Vec<ContractCheck>,
    /// Whether the code fence around the output was taken off before it was judged.
    pub(crate) is_unfenced: bool,
    /// The output in its code fence, as it was handed in. `None` if it had none, and in records.
    fenced: Option<Content>,
    /// The form in which the output is recorded.
    pub(crate) retained: RetainedContent,
    /// Redactions for everything that quotes the output.
    pub(crate) redactions: Redactions,
    pub(crate) time_us: u64,
}

impl LoadedGate {
    /// Judges a subject with every contract.
    pub async fn judge(
        &self,
        subject: Subject,
        now_ms: u64,
    ) -> Result<JudgedOutput, OutputDigestError> {
        let started = Instant::now();
        let live = self.host_context(now_ms);
        let (subject, fenced) = match self.without_code_fence(&subject) {
            Some(unfenced) => (unfenced, Some(subject.content)),
            None => (subject, None),
        };
        let checks = self.panel.judge(&subject, &live).await;
        let judged = self.complete_judged(subject, checks, &live, started.elapsed()).await?;
        Ok(JudgedOutput { is_unfenced: fenced.is_some(), fenced, ..judged })
    }

    /// Takes the code fence off an output, if it has one and the gate says so. Returns `None` if the output stays as it
    /// is.
    pub(crate) fn without_code_fence(&self, output: &Subject) -> Option<Subject> {
        let content = self.unfences.then(|| output.content.without_code_fence())??;
        Some(Subject { content, prompt: output.prompt.clone(), context: output.context.clone() })
    }

    /// Adds to the checks of an output what is recorded of it. `time` is the time that judging took.
    pub(crate) async fn complete_judged(
        &self,
        subject: Subject,
        mut checks: Vec<ContractCheck>,
        live: &HostContext,
        time: Duration,
    ) -> Result<JudgedOutput, OutputDigestError> {
        self.try_ordinary_output(&subject.content, &mut checks, live).await;
        let time_us = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let digest = subject_digest(&subject)?;
        let (kept, personal) = match self.is_recording {
            true => retain_output(self, &subject, &checks, live).await,
            false => (RetainedContent::Digest, Redactions::All),
        };
        let bare = subject.content.output_text().filter(|_| self.is_recording).map(Digest::of);
        Ok(JudgedOutput {
            subject,
            digest,
            output_digest: bare,
            checks,
            is_unfenced: false,
            fenced: None,
            retained: kept,
            redactions: personal,
            time_us,
        })
    }
}

/// Returns the digest of a whole subject, including its context.
pub(crate) fn subject_digest(subject: &Subject) -> Result<Digest, OutputDigestError> {
    Ok(Digest::of(serde_json::to_vec(subject)?))
}

impl JudgedOutput {
    /// Returns the recorded judgement of a run, to be decided again. `subject` is the output as it was kept, or as
    /// the reviewer provides it.
    pub fn from_record(run: &RunEvent, subject: Subject) -> Self {
        Self {
            subject,
            digest: run.subject,
            output_digest: run.output,
            checks: run.checks.clone(),
            is_unfenced: run
                .decision
                .reasons
                .iter()
                .any(|reason| reason.kind == ReasonKind::Unfenced),
            fenced: None,
            retained: run.content.clone(),
            redactions: Redactions::none(),
            time_us: run.time_us,
        }
    }

    /// Returns the output as it was handed in, for another release to judge.
    pub(crate) fn into_handed_in(self) -> Subject {
        let Self { subject, fenced, .. } = self;
        match fenced {
            Some(content) => Subject { content, ..subject },
            None => subject,
        }
    }
}
