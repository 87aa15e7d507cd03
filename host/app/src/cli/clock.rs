//! The only clock of the tool.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;

/// The moment, in milliseconds since 1970 (UTC).
pub(super) fn now_ms() -> anyhow::Result<u64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is wrong")?;
    Ok(u64::try_from(now.as_millis())?)
}
