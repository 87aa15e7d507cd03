//! The tool's only clock. Other modules take the time as an argument.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;

/// Returns the time in milliseconds since 1970 (UTC).
pub(super) fn now_ms() -> anyhow::Result<u64> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .context("the system clock is set before 1970")?;
    Ok(u64::try_from(now.as_millis())?)
}
