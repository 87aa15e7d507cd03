//! Lists of runs, and the lookup of batch lines.

use rusqlite::{Connection, OptionalExtension, ToSql, params};
use tollgate_ledger::{LedgerError, RunQuery, RunSummary};
use tollgate_model::{BatchLine, Digest, GateName, Ruling};

use super::{SqliteReader, events, rows};
use crate::error::database_error;
use crate::number::from_sql;

const COLUMNS: &str = "SELECT seq, run, gate, at_ms, ruling, subject, release FROM runs";

fn read_run(row: &rusqlite::Row<'_>) -> rusqlite::Result<RunSummary> {
    let ruling = match row.get::<_, String>(4)?.as_str() {
        "allow" => Ruling::Allow,
        "hold" => Ruling::Hold,
        // An unknown word was not written by this crate. Block is the safe reading of it.
        _ => Ruling::Block,
    };
    Ok(RunSummary {
        seq: from_sql(row.get(0)?),
        run: rows::digest_column(row, 1)?,
        gate: rows::parse_column(row, 2)?,
        at_ms: from_sql(row.get(3)?),
        ruling,
        subject: rows::digest_column(row, 5)?,
        release: rows::digest_column(row, 6)?,
    })
}

impl SqliteReader {
    pub(super) fn runs(&self, query: &RunQuery) -> Result<Vec<RunSummary>, LedgerError> {
        let (condition, order, from) = events::page_sql(query.page);
        let gate = query.gate.as_ref().map(GateName::to_string);
        let ruling = query.ruling.map(|ruling| ruling.to_string());
        let mut sql = format!("{COLUMNS} WHERE {condition}");
        let mut values: Vec<&dyn ToSql> = vec![&from];
        for (column, value) in [(" AND gate = ?", &gate), (" AND ruling = ?", &ruling)] {
            if value.is_some() {
                sql.push_str(column);
                values.push(value);
            }
        }
        sql.push_str(&format!(" ORDER BY seq {order} LIMIT ?"));
        values.push(&query.limit);
        self.query_many(&sql, &values[..], read_run)
    }

    pub(super) fn run(&self, run: Digest) -> Result<Option<RunSummary>, LedgerError> {
        self.query_one(&format!("{COLUMNS} WHERE run = ?1"), [run.as_bytes()], read_run)
    }

    pub(super) fn runs_with_prefix(
        &self,
        digits: &str,
        limit: u32,
    ) -> Result<Vec<RunSummary>, LedgerError> {
        let Some((from, to)) = name_range(digits) else { return Ok(Vec::new()) };
        let sql = format!("{COLUMNS} WHERE run BETWEEN ?1 AND ?2 ORDER BY run LIMIT ?3");
        self.query_many(&sql, params![from, to, limit], read_run)
    }

    pub(super) fn runs_with_output_id(
        &self,
        gate: &GateName,
        id: &str,
        limit: u32,
    ) -> Result<Vec<RunSummary>, LedgerError> {
        let sql = format!(
            "{COLUMNS} WHERE run IN (SELECT run FROM output_ids WHERE gate = ?1 AND digest = ?2)
            ORDER BY seq LIMIT ?3"
        );
        let digest = Digest::of(id);
        let values = params![gate.as_str(), digest.as_bytes(), limit];
        self.query_many(&sql, values, read_run)
    }

    pub(super) fn batch_line(
        &self,
        gate: &GateName,
        line: &BatchLine,
        release: Digest,
    ) -> Result<Option<Digest>, LedgerError> {
        find_line_run(&self.connection, gate.as_str(), line, release)
            .map_err(|error| database_error(&self.path, &error))
    }
}

/// Returns the latest run of a line that this release decided last.
pub(crate) fn find_line_run(
    connection: &Connection,
    gate: &str,
    line: &BatchLine,
    release: Digest,
) -> rusqlite::Result<Option<Digest>> {
    let sql = "SELECT runs.run FROM lines JOIN runs ON runs.run = lines.run
        WHERE lines.gate = ?1 AND lines.batch = ?2 AND lines.key = ?3 AND runs.release = ?4
        ORDER BY runs.seq DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let values = params![gate, line.batch.as_str(), line.key, release.as_bytes()];
    statement.query_row(values, |row| rows::digest_column(row, 0)).optional()
}

/// Returns the lowest and highest name with these leading digits, or `None` if they are not hex digits.
fn name_range(digits: &str) -> Option<([u8; 32], [u8; 32])> {
    let digits = digits.strip_prefix("sha256:").unwrap_or(digits);
    let name = |fill: char| {
        let rest: String = std::iter::repeat_n(fill, 64_usize.checked_sub(digits.len())?).collect();
        format!("sha256:{digits}{rest}").parse::<Digest>().ok().map(|digest| *digest.as_bytes())
    };
    Some((name('0')?, name('f')?))
}
