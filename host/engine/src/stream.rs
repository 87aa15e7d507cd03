//! Judging a text while it is still being written.
//!
//! A stream is one judgement in one sandbox, and ends in a judgement as any other. The host
//! keeps the text, holds what the contract says on the way against what it says at the end,
//! and gives fuel as the text grows. How the text is cut never decides whether that suffices:
//! every part brings some of its own.

use std::time::{Duration, Instant};

use tokio::sync::OwnedSemaphorePermit;
use tollgate_model::{
    Content, Failure, Finding, HostAnswer, JsonText, Judgement, Prompt, Refusal, Subject,
};
use wasmtime::Store;

use crate::bindings::{self, Streaming};
use crate::capabilities::{Live, Source};
use crate::check::{self, check};
use crate::contract::{Contract, End, nothing, out_of_order};
use crate::coverage;
use crate::deadline::within;
use crate::post_mortem::Stage;
use crate::sandbox::Sandbox;

/// A text that is being judged while it is being written.
///
/// It holds a sandbox until it is finished or dropped.
pub struct Stream {
    contract: Contract,
    store: Store<Sandbox>,
    guest: Streaming,
    /// The text so far, and what else is known.
    subject: Subject,
    /// What was found so far.
    told: Vec<Finding>,
    told_bytes: usize,
    settled: u32,
    parts: u64,
    /// All the fuel that was given.
    fuel: u64,
    computing: Duration,
    /// Why there will be no report.
    failed: Option<Failure>,
    _slot: OwnedSemaphorePermit,
}

/// What can be said of a text before it is complete.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// How many bytes from the start are settled: nothing that may still come changes what
    /// is said of them.
    pub settled: u32,
    /// What was found since the last part.
    pub findings: Vec<Finding>,
}

impl Contract {
    /// Whether it can judge a text while it is still being written.
    pub fn streams(&self) -> bool {
        self.manifest().contract.stream
    }

    /// Begins to judge a text of which nothing is written yet. Without a stream, the
    /// judgement says why.
    pub async fn begin(
        &self,
        prompt: Option<Prompt>,
        context: JsonText,
        live: Live,
    ) -> Result<Stream, Judgement> {
        Stream::begin(self, prompt, context, Source::Live(live)).await.map_err(nothing)
    }

    /// The same again, with the answers that the host gave then. Where the text is cut as it
    /// was then, what is computed is the same too.
    pub async fn begin_again(
        &self,
        prompt: Option<Prompt>,
        context: JsonText,
        answers: Vec<HostAnswer>,
    ) -> Result<Stream, Judgement> {
        let source = Source::Record(answers.into());
        Stream::begin(self, prompt, context, source).await.map_err(nothing)
    }
}

impl Stream {
    async fn begin(
        contract: &Contract,
        prompt: Option<Prompt>,
        context: JsonText,
        source: Source,
    ) -> Result<Self, Failure> {
        if !contract.streams() {
            let reason = "this contract judges whole texts alone: its manifest does not say \
                          `stream = true`";
            let refusal = Refusal::NotApplicable { reason: reason.into() };
            return Err(Failure::Refused { refusal });
        }
        let loaded = contract.loaded();
        coverage::check(&loaded.manifest.contract, prompt.as_ref())?;
        let subject = Subject { content: Content::Text(String::new()), prompt, context };
        let slot = loaded.engine.slot_for_long().await?;
        let started = Instant::now();
        let (mut store, fuel) = loaded.sandbox(&subject, source)?;
        let begin = async {
            let instance = loaded.start_instance(&mut store).await?;
            let guest = Streaming::new(&mut store, &instance)
                .map_err(|error| End::Died((Stage::Start, error)))?;
            let stream = guest.tollgate_contract_judge_stream();
            stream.call_begin(&mut store, bindings::subject(&subject)).await??;
            Ok(guest)
        };
        let ended = within(loaded.deadline(), begin).await;
        let guest = loaded.settle(ended, &mut store, fuel)?;
        Ok(Self {
            contract: contract.clone(),
            store,
            guest,
            subject,
            told: Vec::new(),
            told_bytes: 0,
            settled: 0,
            parts: 0,
            fuel,
            computing: started.elapsed(),
            failed: None,
            _slot: slot,
        })
    }

    /// More of the text. After a failure, every part fails with the same.
    pub async fn push(&mut self, part: &str) -> Result<Progress, Failure> {
        if let Some(failure) = &self.failed {
            return Err(failure.clone());
        }
        // Where this future is dropped, the contract stands still in the middle of a part.
        let abandoned = "a part of the text was abandoned while it was judged";
        self.failed = Some(Failure::Host { reason: abandoned.into() });
        let started = Instant::now();
        let pushed = self.judge_part(part).await;
        self.computing += started.elapsed();
        self.failed = pushed.as_ref().err().cloned();
        pushed
    }

    async fn judge_part(&mut self, part: &str) -> Result<Progress, Failure> {
        self.take(part)?;
        let loaded = self.contract.loaded();
        let stream = self.guest.tollgate_contract_judge_stream();
        let store = &mut self.store;
        let call = async { Ok(stream.call_push(&mut *store, part).await??) };
        let ended = within(loaded.deadline(), call).await;
        let progress = loaded.settle(ended, &mut self.store, self.fuel)?;
        let findings = bindings::findings(progress.findings);
        self.believe(progress.settled, &findings)?;
        self.told.extend(findings.iter().cloned());
        Ok(Progress { settled: self.settled, findings })
    }

    /// The text grows, and the fuel with it.
    fn take(&mut self, part: &str) -> Result<(), Failure> {
        let limits = &self.contract.loaded().limits;
        if let Content::Text(text) = &mut self.subject.content {
            text.push_str(part);
        }
        limits.admits(&self.subject)?;
        self.parts += 1;
        let fuel = limits.fuel_for_stream(&self.subject, self.parts);
        let more = fuel.saturating_sub(self.fuel);
        let left = self.store.get_fuel().unwrap_or_default();
        let engine = &self.contract.loaded().engine;
        engine.refuel(&mut self.store, left + more).map_err(out_of_order)?;
        self.fuel += more;
        Ok(())
    }

    /// What a contract says on the way has to make sense, as a report has to.
    fn believe(&mut self, settled: u32, findings: &[Finding]) -> Result<(), Failure> {
        let loaded = self.contract.loaded();
        check::progress(self.settled, settled, &self.subject)?;
        for finding in findings {
            check::finding(finding, &self.subject, &loaded.manifest)?;
            self.told_bytes += finding.rule.len() + finding.message.len() + size_of::<Finding>();
            self.told_bytes += finding.fix.as_ref().map_or(0, String::len);
        }
        if self.told_bytes > loaded.limits.result_bytes_max {
            let result_bytes_max = loaded.limits.result_bytes_max as u64;
            return Err(Failure::ResultTooLarge { result_bytes_max });
        }
        self.settled = settled;
        Ok(())
    }

    /// The text is complete.
    pub async fn finish(mut self) -> Judgement {
        let started = Instant::now();
        let verdict = match self.failed.take() {
            Some(failure) => Err(failure),
            None => self.report().await,
        };
        self.computing += started.elapsed();
        let mut judgement = self.contract.loaded().conclude(verdict, self.store, self.fuel);
        judgement.time_us = u64::try_from(self.computing.as_micros()).unwrap_or(u64::MAX);
        judgement
    }

    async fn report(&mut self) -> Result<tollgate_model::Report, Failure> {
        let loaded = self.contract.loaded();
        let stream = self.guest.tollgate_contract_judge_stream();
        let store = &mut self.store;
        let call = async { Ok(stream.call_finish(&mut *store).await??) };
        let ended = within(loaded.deadline(), call).await;
        let report = loaded.settle(ended, &mut self.store, self.fuel)?.into();
        check(&report, &self.subject, &loaded.manifest)?;
        check::kept_its_word(&report, &self.told, self.settled)?;
        Ok(report)
    }
}
