//! Lines for the run's record. Nothing is answered, so nothing is recorded but the
//! lines themselves; a run that is judged again writes them again.

use tollgate_model::{Capability, LogLevel, LogLine};

use crate::bindings::host::log;
use crate::grants::Ask;
use crate::sandbox::Sandbox;

impl log::Host for Sandbox {
    fn write(&mut self, level: log::Level, mut message: String) -> wasmtime::Result<()> {
        self.host.admit(Ask::Capability(Capability::Log), message.len())?;
        let host = &mut self.host;
        if host.log.lines.len() >= host.log_lines_max {
            host.log.dropped += 1;
            return Ok(());
        }
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
