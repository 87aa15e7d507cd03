//! Judges a text while it is still being written.
//!
//! A stream is one judgement in one sandbox. The host keeps the text, checks the final report
//! against the progress that the contract reported, and adds fuel as the text grows. Every part
//! adds some fuel of its own, so that cutting a text into small parts never exhausts it.

use std::time::{Duration, Instant};

use tokio::sync::OwnedSemaphorePermit;
use tollgate_model::{
    Content, Failure, Finding, HostAnswer, JsonText, Judgement, PromptRef, Refusal, Subject,
};
use wasmtime::Store;

use crate::bindings::{self, Streaming};
use crate::capabilities::{AnswerSource, HostContext};
use crate::contract::{CallError, Contract, failed_judgement, host_failure};
use crate::deadline::with_deadline;
use crate::post_mortem::Stage;
use crate::prompt_coverage;
use crate::report_check::{self, check_report};
use crate::sandbox::Sandbox;

/// Judgement of a text that is still being written. It holds a sandbox until it is finished or
/// dropped.
pub struct JudgementStream {
    contract: Contract,
    store: Store<Sandbox>,
    guest: Streaming,
    /// Subject with the text received so far.
    subject: Subject,
    /// Findings that the contract has reported so far.
    reported: Vec<Finding>,
    reported_bytes: usize,
    settled: u32,
    part_count: u64,
    /// Fuel given so far, used or not.
    fuel: u64,
    /// Time spent in calls, without the waiting for parts.
    time_in_calls: Duration,
    /// Set once a call failed. Every later call returns it.
    failure: Option<Failure>,
    _slot: OwnedSemaphorePermit,
}

/// Progress of a judgement after a part of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Number of bytes from the start that are settled: later text cannot change the findings
    /// about them.
    pub settled: u32,
    /// Findings since the last part.
    pub findings: Vec<Finding>,
}

impl Contract {
    /// Returns whether the contract can judge a text while it is being written.
    pub fn supports_streaming(&self) -> bool {
        self.manifest().contract.stream
    }

    /// Begins to judge a text of which nothing is written yet. Fails with a judgement that
    /// contains the failure.
    pub async fn begin(
        &self,
        prompt: Option<PromptRef>,
        context: JsonText,
        live: HostContext,
    ) -> Result<JudgementStream, Judgement> {
        JudgementStream::begin(self, prompt, context, AnswerSource::Live(live), None)
            .await
            .map_err(failed_judgement)
    }

    /// Begins to judge a text again, with the host answers that were recorded the first time.
    /// If the text arrives in the same parts, the fuel is the same as well.
    pub async fn begin_replay(
        &self,
        prompt: Option<PromptRef>,
        context: JsonText,
        answers: Vec<HostAnswer>,
    ) -> Result<JudgementStream, Judgement> {
        let source = AnswerSource::Recorded(answers.into());
        JudgementStream::begin(self, prompt, context, source, None).await.map_err(failed_judgement)
    }
}

impl Progress {
    /// Returns the progress of a contract that settles nothing.
    pub(crate) fn none() -> Self {
        Self { settled: 0, findings: Vec::new() }
    }
}

impl JudgementStream {
    /// Begins a stream in the sandbox that `slot` stands for. Without one it waits for a free sandbox.
    pub(crate) async fn begin(
        contract: &Contract,
        prompt: Option<PromptRef>,
        context: JsonText,
        source: AnswerSource,
        slot: Option<OwnedSemaphorePermit>,
    ) -> Result<Self, Failure> {
        if !contract.supports_streaming() {
            let reason = "this contract judges whole texts only: its manifest does not say \
                          `stream = true`";
            let refusal = Refusal::NotApplicable { reason: reason.into() };
            return Err(Failure::Refused { refusal });
        }
        let loaded = contract.loaded();
        prompt_coverage::check_prompt(&loaded.manifest.contract, prompt.as_ref())?;
        let subject = Subject { content: Content::Text(String::new()), prompt, context };
        let slot = match slot {
            Some(slot) => slot,
            None => loaded.engine.acquire_owned_slots(1).await?,
        };
        let started = Instant::now();
        let (mut store, fuel) = loaded.new_sandbox(&subject, source)?;
        let begin = async {
            let instance = loaded.instantiate_untyped(&mut store, fuel).await?;
            let guest = Streaming::new(&mut store, &instance)
                .map_err(|error| CallError::Died((Stage::Start, error)))?;
            let stream = guest.tollgate_contract_judge_stream();
            stream.call_begin(&mut store, bindings::subject_to_wit(&subject)).await??;
            Ok(guest)
        };
        let ended = with_deadline(loaded.deadline(), begin).await;
        let guest = loaded.call_result(ended, &mut store, fuel)?;
        Ok(Self {
            contract: contract.clone(),
            store,
            guest,
            subject,
            reported: Vec::new(),
            reported_bytes: 0,
            settled: 0,
            part_count: 0,
            fuel,
            time_in_calls: started.elapsed(),
            failure: None,
            _slot: slot,
        })
    }

    /// Judges the next part of the text. After a failure, every call returns that failure.
    pub async fn push(&mut self, part: &str) -> Result<Progress, Failure> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        // If this future is dropped, the contract stops in the middle of a part and cannot
        // continue. The failure is therefore set before and cleared after the call.
        let abandoned = "judging a part of the text was cancelled";
        self.failure = Some(Failure::Host { reason: abandoned.into() });
        let started = Instant::now();
        let pushed = self.judge_part(part).await;
        self.time_in_calls += started.elapsed();
        self.failure = pushed.as_ref().err().cloned();
        pushed
    }

    async fn judge_part(&mut self, part: &str) -> Result<Progress, Failure> {
        self.append_part(part)?;
        let loaded = self.contract.loaded();
        let stream = self.guest.tollgate_contract_judge_stream();
        let store = &mut self.store;
        let call = async { Ok(stream.call_push(&mut *store, part).await??) };
        let ended = with_deadline(loaded.deadline(), call).await;
        let progress = loaded.call_result(ended, &mut self.store, self.fuel)?;
        let findings = bindings::findings_from_wit(progress.findings);
        self.validate_progress(progress.settled, &findings)?;
        self.reported.extend(findings.iter().cloned());
        Ok(Progress { settled: self.settled, findings })
    }

    /// Appends a part to the text, and adds the fuel that it brings.
    fn append_part(&mut self, part: &str) -> Result<(), Failure> {
        let limits = &self.contract.loaded().limits;
        if let Content::Text(text) = &mut self.subject.content {
            text.push_str(part);
        }
        limits.check_subject_size(&self.subject)?;
        self.part_count += 1;
        let fuel = limits.fuel_for_stream(&self.subject, self.part_count);
        let more = fuel.saturating_sub(self.fuel);
        let left = self.store.get_fuel().unwrap_or_default();
        let engine = &self.contract.loaded().engine;
        engine.refuel(&mut self.store, left + more).map_err(host_failure)?;
        self.fuel += more;
        Ok(())
    }

    /// Validates what the contract reported about a part.
    fn validate_progress(&mut self, settled: u32, findings: &[Finding]) -> Result<(), Failure> {
        let loaded = self.contract.loaded();
        report_check::check_progress(self.settled, settled, &self.subject)?;
        for finding in findings {
            report_check::check_finding(finding, &self.subject, &loaded.manifest)?;
            self.reported_bytes +=
                finding.rule.len() + finding.message.len() + size_of::<Finding>();
            self.reported_bytes += finding.fix.as_ref().map_or(0, String::len);
        }
        if self.reported_bytes > loaded.limits.result_bytes_max {
            let result_bytes_max = loaded.limits.result_bytes_max as u64;
            return Err(Failure::ResultTooLarge { result_bytes_max });
        }
        self.settled = settled;
        Ok(())
    }

    /// Ends the text and returns the judgement.
    pub async fn finish(mut self) -> Judgement {
        let started = Instant::now();
        let verdict = match self.failure.take() {
            Some(failure) => Err(failure),
            None => self.final_report().await,
        };
        self.time_in_calls += started.elapsed();
        let mut judgement = self.contract.loaded().finish_judgement(verdict, self.store, self.fuel);
        judgement.time_us = u64::try_from(self.time_in_calls.as_micros()).unwrap_or(u64::MAX);
        judgement
    }

    async fn final_report(&mut self) -> Result<tollgate_model::Report, Failure> {
        let loaded = self.contract.loaded();
        let stream = self.guest.tollgate_contract_judge_stream();
        let store = &mut self.store;
        let call = async { Ok(stream.call_finish(&mut *store).await??) };
        let ended = with_deadline(loaded.deadline(), call).await;
        let report = loaded.call_result(ended, &mut self.store, self.fuel)?.into();
        check_report(&report, &self.subject, &loaded.manifest)?;
        report_check::check_settled(&report, &self.reported, self.settled)?;
        Ok(report)
    }
}
