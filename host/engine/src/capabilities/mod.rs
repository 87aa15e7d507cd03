//! What contracts may ask of the host: one file for each capability.
//!
//! Every call goes through [`Host::answer`] or [`Host::admit`], and so through the
//! one grant check. What was answered is kept with the run. A run that is judged again
//! gets the answers of its record instead, and must ask the same questions.

mod clock;
mod log;
mod lookup;
mod prompt_text;

use std::collections::VecDeque;
use std::sync::Arc;

use tollgate_model::{Capability, Given, HostAnswer, RunLog};

use crate::grants::{Ask, Grants};
use crate::limits::Limits;

/// What a call is counted for besides the bytes that it carries.
const CALL_BYTES: usize = 64;

/// What the host knows of one run.
pub(crate) struct Host {
    /// Where answers come from just now.
    pub(crate) source: Source,
    grants: Arc<Grants>,
    log_lines_max: usize,
    log_line_bytes_max: usize,
    host_bytes_left: usize,
    /// What was answered so far.
    pub(crate) answers: Vec<HostAnswer>,
    /// What the contract wrote so far.
    pub(crate) log: RunLog,
    /// What was asked that the record does not hold.
    pub(crate) diverged: Option<String>,
}

/// Where answers come from.
pub(crate) enum Source {
    /// Nothing is answered: this contract is being configured.
    Nobody,
    /// From here and now.
    Live(Live),
    /// From the record of an earlier run.
    Record(VecDeque<HostAnswer>),
}

/// What a live run can answer from, besides the tables.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// The moment of the run, in milliseconds since 1970 (UTC).
    pub now_ms: u64,
    /// The text of the pinned prompt.
    pub prompt_text: Option<Arc<str>>,
}

/// The world of a case: every capability that it does not deny, and of the tables those that
/// it names.
pub fn world(given: &Given) -> (Grants, Live) {
    let is_granted = |one: &Capability| !given.denied.contains(one);
    let granted =
        Capability::ALL.into_iter().filter(is_granted).fold(Grants::none(), Grants::allow);
    let tables = given.tables.iter().filter(|_| is_granted(&Capability::Lookup));
    let grants = tables.fold(granted, |grants, (name, rows)| {
        let table = rows.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        grants.allow_table(name, Arc::new(table))
    });
    let prompt_text = given.prompt_text.as_deref().map(Into::into);
    (grants, Live { now_ms: given.clock, prompt_text })
}

impl Host {
    pub(crate) fn new(limits: &Limits, grants: Arc<Grants>, source: Source) -> Self {
        Self {
            source,
            grants,
            log_lines_max: limits.log_lines_max,
            log_line_bytes_max: limits.log_line_bytes_max,
            host_bytes_left: limits.host_bytes_max,
            answers: Vec::new(),
            log: RunLog::default(),
            diverged: None,
        }
    }

    /// Lets a question through, or stops the contract. A record stands for the grants
    /// under which it was made. Fuel does not count what the host does, so what is
    /// asked is counted here.
    fn admit(&mut self, ask: Ask<'_>, bytes: usize) -> wasmtime::Result<()> {
        self.spend(bytes.saturating_add(CALL_BYTES))?;
        match self.source {
            Source::Nobody => {
                wasmtime::bail!("no capability answers while a contract is configured")
            }
            Source::Record(_) => Ok(()),
            Source::Live(_) => self.grants.check(ask).map_err(wasmtime::Error::new),
        }
    }

    fn spend(&mut self, bytes: usize) -> wasmtime::Result<()> {
        match self.host_bytes_left.checked_sub(bytes) {
            Some(left) => self.host_bytes_left = left,
            None => wasmtime::bail!("the contract asked more of the host than one run may"),
        }
        Ok(())
    }

    /// Answers a question and keeps the answer. `live` answers from here and now;
    /// `same` tells whether an answer of the record is one to this question.
    fn answer(
        &mut self,
        ask: Ask<'_>,
        bytes: usize,
        live: impl FnOnce(&Live, &Grants) -> HostAnswer,
        same: impl FnOnce(&HostAnswer) -> bool,
    ) -> wasmtime::Result<HostAnswer> {
        self.admit(ask, bytes)?;
        let answer = match &mut self.source {
            Source::Live(now) => live(now, &self.grants),
            Source::Record(record) => match record.pop_front() {
                Some(answer) if same(&answer) => answer,
                other => return self.diverge(ask, other),
            },
            Source::Nobody => wasmtime::bail!("admitted nobody"),
        };
        self.spend(answer.bytes())?;
        self.answers.push(answer.clone());
        Ok(answer)
    }

    fn diverge<T>(&mut self, ask: Ask<'_>, recorded: Option<HostAnswer>) -> wasmtime::Result<T> {
        let holds = match recorded {
            Some(answer) => format!("holds {answer:?} next"),
            None => "holds no more answers".into(),
        };
        let reason = format!("the contract asked for {ask:?}, and the record {holds}");
        self.diverged = Some(reason.clone());
        Err(wasmtime::Error::msg(reason))
    }

    /// How many answers of the record were never asked for.
    pub(crate) fn unasked(&self) -> usize {
        match &self.source {
            Source::Record(record) => record.len(),
            _ => 0,
        }
    }
}
