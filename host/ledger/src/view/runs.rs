//! Runs in lists, and the lines of batches.

use rusqlite::{Connection, OptionalExtension, ToSql};
use tollgate_model::{Digest, GateName, Ruling};

use super::{Page, View, rows};
use crate::Error;
use crate::entry::number;
use crate::error::told;

/// A run in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// The event that it was judged in.
    pub seq: u64,
    /// What names it.
    pub run: Digest,
    /// Where.
    pub gate: GateName,
    /// When.
    pub at_ms: u64,
    /// What was decided, the last time.
    pub ruling: Ruling,
    /// What identifies the output.
    pub subject: Digest,
    /// What judged it.
    pub release: Digest,
}

/// Which runs are wanted.
#[derive(Clone, Debug)]
pub struct RunsWanted {
    /// Those of one gate.
    pub gate: Option<GateName>,
    /// Those that were decided so.
    pub ruling: Option<Ruling>,
    /// From where on.
    pub page: Page,
    /// How many at most.
    pub limit: u32,
}

const COLUMNS: &str = "SELECT seq, run, gate, at_ms, ruling, subject, release FROM runs";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<RunRow> {
    let ruling = match row.get::<_, String>(4)?.as_str() {
        "allow" => Ruling::Allow,
        "hold" => Ruling::Hold,
        // A word that nobody wrote is no reason to let anything out.
        _ => Ruling::Block,
    };
    Ok(RunRow {
        seq: number(row.get(0)?),
        run: rows::digest(row, 1)?,
        gate: rows::parsed(row, 2)?,
        at_ms: number(row.get(3)?),
        ruling,
        subject: rows::digest(row, 5)?,
        release: rows::digest(row, 6)?,
    })
}

impl View {
    /// A page of runs.
    pub fn runs(&self, wanted: &RunsWanted) -> Result<Vec<RunRow>, Error> {
        let (condition, order, from) = wanted.page.sql();
        let gate = wanted.gate.as_ref().map(GateName::to_string);
        let ruling = wanted.ruling.map(|ruling| ruling.to_string());
        let mut sql = format!("{COLUMNS} WHERE {condition}");
        let mut values: Vec<&dyn ToSql> = vec![&from];
        for (column, value) in [(" AND gate = ?", &gate), (" AND ruling = ?", &ruling)] {
            if value.is_some() {
                sql.push_str(column);
                values.push(value);
            }
        }
        sql.push_str(&format!(" ORDER BY seq {order} LIMIT ?"));
        values.push(&wanted.limit);
        self.many(&sql, &values[..], read)
    }

    /// A run.
    pub fn run(&self, run: Digest) -> Result<Option<RunRow>, Error> {
        self.one(&format!("{COLUMNS} WHERE run = ?1"), [run.as_bytes()], read)
    }

    /// The runs whose names begin with these hex digits, so that people need not type all of
    /// them: more than one means that they have to type more.
    pub fn runs_named(&self, digits: &str, limit: u32) -> Result<Vec<RunRow>, Error> {
        let Some((from, to)) = names_between(digits) else { return Ok(Vec::new()) };
        let sql = format!("{COLUMNS} WHERE run BETWEEN ?1 AND ?2 ORDER BY run LIMIT ?3");
        self.many(&sql, rusqlite::params![from, to, limit], read)
    }

    /// The event that a line of a batch was recorded as. Whoever goes on with a batch asks before
    /// each line, and needs no memory for what is done.
    pub fn line(&self, batch: &str, key: &str) -> Result<Option<u64>, Error> {
        line_seq(&self.connection, batch, key).map_err(|error| told(&self.path, &error))
    }
}

pub(crate) fn line_seq(
    connection: &Connection,
    batch: &str,
    key: &str,
) -> rusqlite::Result<Option<u64>> {
    let sql = "SELECT seq FROM lines WHERE batch = ?1 AND key = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_row([batch, key], |row| Ok(number(row.get(0)?))).optional()
}

/// The first and the last name that begin so.
fn names_between(digits: &str) -> Option<([u8; 32], [u8; 32])> {
    let digits = digits.strip_prefix("sha256:").unwrap_or(digits);
    let name = |fill: char| {
        let rest: String = std::iter::repeat_n(fill, 64_usize.checked_sub(digits.len())?).collect();
        format!("sha256:{digits}{rest}").parse::<Digest>().ok().map(|digest| *digest.as_bytes())
    };
    Some((name('0')?, name('f')?))
}
