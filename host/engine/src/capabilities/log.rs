//! The `log` capability: lines for the record of the run. It returns nothing, so no host
//! answer is recorded; a replayed run writes its lines again.

use tollgate_model::{Capability, LogLevel, LogLine};

use crate::bindings::host::log;
use crate::grants::GrantRequest;
use crate::sandbox::Sandbox;

impl log::Host for Sandbox {
    fn write(&mut self, level: log::Level, mut message: String) -> wasmtime::Result<()> {
        self.host.admit(GrantRequest::Capability(Capability::Log), message.len())?;
        let host = &mut self.host;
        if host.log.lines.len() >= host.log_lines_max {
            host.log.dropped += 1;
            return Ok(());
        }
        // Cut on a character boundary, so the line stays valid UTF-8.
        message.truncate(message.floor_char_boundary(host.log_line_bytes_max));
        host.log.lines.push(LogLine { level: level.into(), message });
        Ok(())
    }
}

impl From<log::Level> for LogLevel {
    fn from(level: log::Level) -> Self {
        match level {
            log::Level::Debug => Self::Debug,
            log::Level::Info => Self::Info,
            log::Level::Warn => Self::Warn,
            log::Level::Error => Self::Error,
        }
    }
}
