//! What is counted by the day (UTC): runs, reviews, money.

use rusqlite::params;
use tollgate_model::Spend;

use super::At;
use crate::entry::stored;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The columns that are counted.
#[derive(Clone, Copy)]
pub(super) enum Count {
    Runs,
    AllowedByItself,
    AllowedByPeople,
    Blocked,
    WithFailure,
    RolledBack,
    Reviewed,
    ReviewMs,
    Spent,
}

impl Count {
    fn column(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::AllowedByItself => "allowed_by_itself",
            Self::AllowedByPeople => "allowed_by_people",
            Self::Blocked => "blocked",
            Self::WithFailure => "with_failure",
            Self::RolledBack => "rolled_back",
            Self::Reviewed => "reviewed",
            Self::ReviewMs => "review_ms",
            Self::Spent => "spent",
        }
    }
}

/// The day of a moment, counted from 1970 on.
pub(crate) fn day_of(at_ms: i64) -> i64 {
    at_ms / DAY_MS
}

/// Adds to the day of the event. Sums stop at the largest number: a cap is reached long before.
pub(super) fn add(at: At<'_>, count: Count, more: u64) -> rusqlite::Result<()> {
    let column = count.column();
    let sql = format!(
        "INSERT INTO days (gate, day, {column}) VALUES (?1, ?2, ?3) ON CONFLICT (gate, day) DO
        UPDATE SET {column} = CASE WHEN {column} > {max} - ?3 THEN {max} ELSE {column} + ?3 END",
        max = i64::MAX
    );
    at.run(&sql, params![at.gate, day_of(at.at_ms), stored(more)])?;
    Ok(())
}

/// Money was spent. What a run says that it cost is told, and only this is booked.
pub(super) fn spent(at: At<'_>, spend: &Spend) -> rusqlite::Result<()> {
    add(at, Count::Spent, spend.amount.micros())?;
    let Some(campaign) = &spend.campaign else { return Ok(()) };
    let sql = format!(
        "INSERT INTO campaigns (gate, campaign, spent) VALUES (?1, ?2, ?3)
        ON CONFLICT (gate, campaign) DO UPDATE SET
        spent = CASE WHEN spent > {max} - ?3 THEN {max} ELSE spent + ?3 END",
        max = i64::MAX
    );
    at.run(&sql, params![at.gate, campaign, stored(spend.amount.micros())])?;
    Ok(())
}
