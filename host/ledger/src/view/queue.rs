//! What waits for a human.

use rusqlite::{Row, ToSql};
use tollgate_model::{Claim, Digest, GateName, Person};

use super::{View, rows};
use crate::Error;
use crate::apply::{AUDIT, HOLD};
use crate::entry::{number, stored};

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitingFor {
    /// The output goes out, or does not.
    Review,
    /// The output has gone out; somebody looks at it afterwards.
    Audit,
}

/// A run in the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// Where it entered: what pages go on from.
    pub seq: u64,
    /// What names it.
    pub run: Digest,
    /// Where.
    pub gate: GateName,
    /// For what.
    pub waiting_for: WaitingFor,
    /// Since when.
    pub since_ms: u64,
    /// What identifies the output.
    pub subject: Digest,
    /// Who asked for it, or wrote it.
    pub author: Option<Person>,
    /// The run that a reviewer edited to this.
    pub edited_from: Option<Digest>,
    /// Who took it last; whether that still holds is a matter of time.
    pub claim: Option<Claim>,
    /// Who has approved it already.
    pub approved_by: Vec<Person>,
    /// How often somebody handed it on.
    pub escalated: u32,
    /// The event that changed it last: what [`crate::Expect`] takes.
    pub state: u64,
    /// The event that closed it; none, while it waits.
    pub closed: Option<u64>,
}

/// What of the queue is wanted, those first that entered first.
#[derive(Clone, Debug)]
pub struct WaitingWanted {
    /// Of one gate.
    pub gate: Option<GateName>,
    /// For what.
    pub waiting_for: WaitingFor,
    /// Behind this one; behind 0 are all.
    pub after: u64,
    /// How many at most.
    pub limit: u32,
}

const COLUMNS: &str = "SELECT seq, run, gate, kind, since_ms, subject, author, edited_from, \
                       claim_by, claim_until_ms, approved_by, escalated, state, closed FROM queue";

impl WaitingFor {
    fn word(self) -> &'static str {
        match self {
            Self::Review => HOLD,
            Self::Audit => AUDIT,
        }
    }
}

impl View {
    /// A page of the queue.
    pub fn queue(&self, wanted: &WaitingWanted) -> Result<Vec<Waiting>, Error> {
        let kind = wanted.waiting_for.word();
        let gate = wanted.gate.as_ref().map(GateName::as_str);
        let after = stored(wanted.after);
        let mut values: Vec<&dyn ToSql> = vec![&kind, &after];
        let mut sql = format!("{COLUMNS} WHERE closed IS NULL AND kind = ? AND seq > ?");
        if gate.is_some() {
            sql.push_str(" AND gate = ?");
            values.push(&gate);
        }
        sql.push_str(" ORDER BY seq LIMIT ?");
        values.push(&wanted.limit);
        self.many(&sql, &values[..], read)
    }

    /// A run in the queue, or one that was.
    pub fn waiting(&self, run: Digest) -> Result<Option<Waiting>, Error> {
        self.one(&format!("{COLUMNS} WHERE run = ?1"), [run.as_bytes()], read)
    }

    /// Since when the oldest hold of a gate waits.
    pub fn oldest_hold_ms(&self, gate: &GateName) -> Result<Option<u64>, Error> {
        let sql = "SELECT min(since_ms) FROM queue
            WHERE closed IS NULL AND gate = ?1 AND kind = 'hold'";
        let found = self.one(sql, [gate.as_str()], |row| row.get::<_, Option<i64>>(0))?;
        Ok(found.flatten().map(number))
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Waiting> {
    let run = rows::digest(row, 1)?;
    let claim = match row.get::<_, Option<i64>>(9)? {
        Some(until) => Some(Claim { run, by: rows::parsed(row, 8)?, until_ms: number(until) }),
        None => None,
    };
    let is_audit = row.get::<_, String>(3)? == AUDIT;
    let author = row.get::<_, Option<String>>(6)?;
    Ok(Waiting {
        seq: number(row.get(0)?),
        run,
        gate: rows::parsed(row, 2)?,
        waiting_for: if is_audit { WaitingFor::Audit } else { WaitingFor::Review },
        since_ms: number(row.get(4)?),
        subject: rows::digest(row, 5)?,
        author: author.is_some().then(|| rows::parsed(row, 6)).transpose()?,
        edited_from: row.get::<_, Option<[u8; 32]>>(7)?.map(Digest::from_bytes),
        claim,
        approved_by: rows::json(row, 10)?,
        escalated: row.get(11)?,
        state: number(row.get(12)?),
        closed: row.get::<_, Option<i64>>(13)?.map(number),
    })
}
