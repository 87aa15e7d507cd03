//! Standing of a run: its latest decision, and the act that took its output back.

use std::fmt;

use tollgate::records;
use tollgate_ledger::StoredEvent;
use tollgate_model::{
    Digest, EventKind, ReviewAction, ReviewEvent, Revocation, RevocationAct, Ruling,
};

use super::list;
use crate::console::BAD;
use crate::timestamps;

/// The latest decision of a run. An output that was allowed may have been taken back since.
pub(in crate::cli) struct RunStanding {
    pub(in crate::cli) ruling: Ruling,
    /// `None` if the output is not allowed: there is nothing to take back then. Or the rejection of an output that was held.
    pub(in crate::cli) revocation: Option<Revocation>,
}

impl RunStanding {
    /// Finds in the history of a run whether its decision was taken back.
    pub(in crate::cli) fn new(ruling: Ruling, history: &[StoredEvent], run: Digest) -> Self {
        records::RunStanding::new(ruling, history, run).into()
    }

    /// Finds in the history of a run that is held whether a reviewer rejected its output, which then does not go out.
    pub(in crate::cli) fn or_rejected(self, history: &[StoredEvent], run: Digest) -> Self {
        match self.ruling {
            Ruling::Hold => Self { revocation: find_rejection(history, run), ..self },
            _ => self,
        }
    }

    /// Describes the standing with the person who took the output back or rejected it, and when.
    pub(in crate::cli) fn describe_in_full(&self) -> String {
        match &self.revocation {
            None => self.to_string(),
            Some(revocation) => {
                let at = timestamps::format_time(revocation.at_ms);
                format!("{self} by {} at {at}", revocation.by)
            }
        }
    }

    /// Describes what has changed since the run was decided like this; empty if nothing has.
    pub(in crate::cli) fn describe_change(&self, before: Ruling) -> String {
        match (self.ruling == before, self.revoking_act()) {
            (true, None) => String::new(),
            (true, Some(act)) => format!(", later {act}"),
            (false, _) => format!(", later {self}"),
        }
    }

    /// Returns the terminal style of the standing.
    pub(in crate::cli) fn style(&self) -> anstyle::Style {
        if self.revocation.is_some() { BAD } else { list::ruling_style(self.ruling) }
    }

    fn revoking_act(&self) -> Option<&'static str> {
        Some(match self.revocation.as_ref()?.act {
            RevocationAct::Retraction { .. } => "retracted",
            RevocationAct::Rejection { .. } => "rejected",
            RevocationAct::Incident { .. } => "named by an incident",
            RevocationAct::Edit { .. } => "edited",
        })
    }
}

/// Finds the rejection of a run, from its history. Nobody reviews a run any more that was rejected.
fn find_rejection(history: &[StoredEvent], run: Digest) -> Option<Revocation> {
    history.iter().rev().find_map(|stored| match &stored.event.kind {
        EventKind::Review(ReviewEvent {
            by,
            action: ReviewAction::Reject { reason },
            run: of,
            ..
        }) if *of == run => {
            let act = RevocationAct::Rejection { reason: reason.clone() };
            Some(Revocation { act, by: by.clone(), at_ms: stored.event.at_ms })
        }
        _ => None,
    })
}

impl fmt::Display for RunStanding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ruling = self.ruling;
        match self.revoking_act() {
            None => write!(f, "{ruling}"),
            Some(act) => write!(f, "{ruling}, {act}"),
        }
    }
}

impl From<records::RunStanding> for RunStanding {
    fn from(standing: records::RunStanding) -> Self {
        let records::RunStanding { ruling, revocation } = standing;
        Self { ruling, revocation }
    }
}

impl From<RunStanding> for records::RunStanding {
    fn from(standing: RunStanding) -> Self {
        let RunStanding { ruling, revocation } = standing;
        Self { ruling, revocation }
    }
}
