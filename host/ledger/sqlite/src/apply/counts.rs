//! Counts per gate and day (UTC): runs, reviews and money. Also the spending per campaign.

use rusqlite::params;
use tollgate_model::SpendEvent;

use super::AppliedEvent;
use crate::number::to_sql;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A counting column of the table `days`.
#[derive(Clone, Copy)]
pub(super) enum DayCount {
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

impl DayCount {
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

/// Returns the day of a time in milliseconds, counted from 1970-01-01.
pub(crate) fn day_of(at_ms: i64) -> i64 {
    at_ms / DAY_MS
}

/// Adds to a count of the event's day. Sums saturate at the largest number, far beyond any budget.
pub(super) fn add_to_day(
    at: AppliedEvent<'_>,
    count: DayCount,
    amount: u64,
) -> rusqlite::Result<()> {
    let column = count.column();
    let sql = format!(
        "INSERT INTO days (gate, day, {column}) VALUES (?1, ?2, ?3) ON CONFLICT (gate, day) DO
        UPDATE SET {column} = CASE WHEN {column} > {max} - ?3 THEN {max} ELSE {column} + ?3 END",
        max = i64::MAX
    );
    at.execute(&sql, params![at.gate, day_of(at.at_ms), to_sql(amount)])?;
    Ok(())
}

/// Books a spend event. The cost inside a run event is only information and is not booked.
pub(super) fn book_spend(at: AppliedEvent<'_>, spend: &SpendEvent) -> rusqlite::Result<()> {
    add_to_day(at, DayCount::Spent, spend.amount.micros())?;
    let Some(campaign) = &spend.campaign else { return Ok(()) };
    let sql = format!(
        "INSERT INTO campaigns (gate, campaign, spent) VALUES (?1, ?2, ?3)
        ON CONFLICT (gate, campaign) DO UPDATE SET
        spent = CASE WHEN spent > {max} - ?3 THEN {max} ELSE spent + ?3 END",
        max = i64::MAX
    );
    at.execute(&sql, params![at.gate, campaign, to_sql(spend.amount.micros())])?;
    Ok(())
}
