//! The capabilities that a contract can call on the host, one file each.
//!
//! Every call goes through [`RunHost::answer`] or [`RunHost::admit`], and so through the
//! grant check. Answers are recorded with the run. A replayed run gets the recorded answers
//! instead, and fails if it makes other calls than the first time.

mod clock;
mod log;
mod lookup;
mod prompt_text;

use std::collections::VecDeque;
use std::sync::Arc;

use tollgate_model::{Capability, HostAnswer, HostFixture, RunLog};

use crate::grants::{GrantRequest, Grants};
use crate::limits::Limits;

/// Cost of one call on top of the bytes that it carries, so empty calls are bounded too.
const BYTES_PER_CALL: usize = 64;

/// The host's side of one run: grants, budget, answers and log.
pub(crate) struct RunHost {
    pub(crate) source: AnswerSource,
    grants: Arc<Grants>,
    log_lines_max: usize,
    log_line_bytes_max: usize,
    host_bytes_left: usize,
    pub(crate) answers: Vec<HostAnswer>,
    pub(crate) log: RunLog,
    /// Set when a replayed contract made a call that the record does not have.
    pub(crate) divergence: Option<String>,
}

/// Source of the answers that a contract gets.
pub(crate) enum AnswerSource {
    /// Every call is refused, because the contract is being configured.
    Closed,
    /// Answers are computed now.
    Live(HostContext),
    /// Answers come from the record of an earlier run, in order.
    Recorded(VecDeque<HostAnswer>),
}

/// Values that the host answers from in a live run, besides the granted tables.
#[derive(Clone, Debug, Default)]
pub struct HostContext {
    /// Time of the run, in milliseconds since 1970 (UTC).
    pub now_ms: u64,
    /// Text of the pinned prompt, or `None` if the gate pins none.
    pub prompt_text: Option<Arc<str>>,
}

/// Returns the grants and the host context of a test case: every capability that the case
/// does not deny, and the tables that it names.
pub fn test_fixture(given: &HostFixture) -> (Grants, HostContext) {
    let is_granted = |capability: &Capability| !given.denied.contains(capability);
    let granted =
        Capability::ALL.into_iter().filter(is_granted).fold(Grants::none(), Grants::allow);
    let tables = given.tables.iter().filter(|_| is_granted(&Capability::Lookup));
    let grants = tables.fold(granted, |grants, (name, rows)| {
        let table = rows.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        grants.allow_table(name, Arc::new(table))
    });
    let prompt_text = given.prompt_text.as_deref().map(Into::into);
    (grants, HostContext { now_ms: given.clock, prompt_text })
}

impl RunHost {
    pub(crate) fn new(limits: &Limits, grants: Arc<Grants>, source: AnswerSource) -> Self {
        Self {
            source,
            grants,
            log_lines_max: limits.log_lines_max,
            log_line_bytes_max: limits.log_line_bytes_max,
            host_bytes_left: limits.host_bytes_max,
            answers: Vec::new(),
            log: RunLog::default(),
            divergence: None,
        }
    }

    /// Checks the grant of a call and charges its bytes, or returns the error that stops the
    /// contract. A replay does not check grants: the record was made under its own. Bytes are
    /// charged here because fuel does not count the host's work.
    fn admit(&mut self, request: GrantRequest<'_>, bytes: usize) -> wasmtime::Result<()> {
        self.charge(bytes.saturating_add(BYTES_PER_CALL))?;
        match self.source {
            AnswerSource::Closed => {
                wasmtime::bail!("capabilities cannot be called while a contract is configured")
            }
            AnswerSource::Recorded(_) => Ok(()),
            AnswerSource::Live(_) => self.grants.check(request).map_err(wasmtime::Error::new),
        }
    }

    fn charge(&mut self, bytes: usize) -> wasmtime::Result<()> {
        match self.host_bytes_left.checked_sub(bytes) {
            Some(left) => self.host_bytes_left = left,
            None => wasmtime::bail!(
                "the contract exceeded the bytes that one run may exchange with the host"
            ),
        }
        Ok(())
    }

    /// Answers a call and records the answer. `live` computes it in a live run; `matches`
    /// says whether a recorded answer belongs to this call.
    fn answer(
        &mut self,
        request: GrantRequest<'_>,
        bytes: usize,
        live: impl FnOnce(&HostContext, &Grants) -> HostAnswer,
        matches: impl FnOnce(&HostAnswer) -> bool,
    ) -> wasmtime::Result<HostAnswer> {
        self.admit(request, bytes)?;
        let answer = match &mut self.source {
            AnswerSource::Live(context) => live(context, &self.grants),
            AnswerSource::Recorded(record) => match record.pop_front() {
                Some(answer) if matches(&answer) => answer,
                other => return self.record_divergence(request, other),
            },
            AnswerSource::Closed => wasmtime::bail!("a call was admitted during configuration"),
        };
        self.charge(answer.size_bytes())?;
        self.answers.push(answer.clone());
        Ok(answer)
    }

    fn record_divergence<T>(
        &mut self,
        request: GrantRequest<'_>,
        recorded: Option<HostAnswer>,
    ) -> wasmtime::Result<T> {
        let next = match recorded {
            Some(answer) => format!("the next recorded answer is {answer:?}"),
            None => "the record has no more answers".into(),
        };
        let reason = format!("the contract called {request:?}, but {next}");
        self.divergence = Some(reason.clone());
        Err(wasmtime::Error::msg(reason))
    }

    /// Returns the number of recorded answers that a replayed contract did not use.
    pub(crate) fn unused_answers(&self) -> usize {
        match &self.source {
            AnswerSource::Recorded(record) => record.len(),
            _ => 0,
        }
    }
}
