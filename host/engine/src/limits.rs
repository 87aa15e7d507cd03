//! What one judgement may cost. Every bound has a default, its unit in its name, and
//! the attack or accident that it stops.

use tollgate_model::{Failure, Subject};

/// Fuel to start with: a wasm instruction is about one unit, and a million of them are some
/// 50 µs, so this is 2.5 ms.
const FUEL: u64 = 50_000_000;
/// More fuel for every KiB of the subject, so that long texts are judged as thoroughly
/// as short ones. Interpreters need it, for texts full of findings; contracts that are
/// compiled use less than a tenth.
const FUEL_PER_KIB: u64 = 8_000_000;
/// More fuel for every part of a text that comes in parts: an interpreter needs some to be
/// called at all, and a text cut small must not run dry where a whole one does not.
const FUEL_PER_PART: u64 = 1_000_000;
/// Wall clock: the backstop behind fuel, for a machine that is overloaded.
const DEADLINE_MS: u64 = 1_000;
/// Enough for an interpreter with a large subject; a memory bomb dies here.
const MEMORY_BYTES_MAX: usize = 128 << 20;
/// The largest table known is an interpreter's, of some 15,000 functions.
const TABLE_ELEMENTS_MAX: usize = 100_000;
/// A report is for humans to read; this is thousands of findings.
const RESULT_BYTES_MAX: usize = 4 << 20;
/// A subject is copied into the sandbox, which has to hold it several times over.
const SUBJECT_BYTES_MAX: usize = 16 << 20;
/// A log is for the author of the contract, and is kept with every run.
const LOG_LINES_MAX: usize = 100;
/// Longer lines are cut.
const LOG_LINE_BYTES_MAX: usize = 1_024;
/// What a contract may ask and be answered in one run: all of it is kept in the
/// record, and fuel does not count the host's work.
const HOST_BYTES_MAX: usize = 16 << 20;
/// Configuring compiles patterns and schemas: seconds, not microseconds.
const CONFIGURE_FUEL: u64 = 20_000_000_000;
/// The same by the clock.
const CONFIGURE_DEADLINE_MS: u64 = 60_000;

/// What one judgement may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Fuel for any subject.
    pub fuel: u64,
    /// Fuel on top of it for each KiB of the subject.
    pub fuel_per_kib: u64,
    /// Fuel on top of that for each part of a text that comes in parts.
    pub fuel_per_part: u64,
    /// How long a judgement may take; where a text comes in parts, how long each may.
    pub deadline_ms: u64,
    /// How large the linear memory may grow.
    pub memory_bytes_max: usize,
    /// How many elements the tables may have.
    pub table_elements_max: usize,
    /// How many bytes a report may have.
    pub result_bytes_max: usize,
    /// How many bytes a subject may have.
    pub subject_bytes_max: usize,
    /// How many lines of log are kept.
    pub log_lines_max: usize,
    /// How long each of them may be.
    pub log_line_bytes_max: usize,
    /// How many bytes a contract may ask and be answered.
    pub host_bytes_max: usize,
    /// Fuel for configuring.
    pub configure_fuel: u64,
    /// How long configuring may take.
    pub configure_deadline_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: FUEL,
            fuel_per_kib: FUEL_PER_KIB,
            fuel_per_part: FUEL_PER_PART,
            deadline_ms: DEADLINE_MS,
            memory_bytes_max: MEMORY_BYTES_MAX,
            table_elements_max: TABLE_ELEMENTS_MAX,
            result_bytes_max: RESULT_BYTES_MAX,
            subject_bytes_max: SUBJECT_BYTES_MAX,
            log_lines_max: LOG_LINES_MAX,
            log_line_bytes_max: LOG_LINE_BYTES_MAX,
            host_bytes_max: HOST_BYTES_MAX,
            configure_fuel: CONFIGURE_FUEL,
            configure_deadline_ms: CONFIGURE_DEADLINE_MS,
        }
    }
}

impl Limits {
    /// The fuel for judging this subject.
    pub(crate) fn fuel_for(&self, subject: &Subject) -> u64 {
        let kib = subject.bytes().div_ceil(1024) as u64;
        self.fuel.saturating_add(self.fuel_per_kib.saturating_mul(kib))
    }
    /// The fuel for a text of which so much is there, in so many parts.
    pub(crate) fn fuel_for_stream(&self, subject: &Subject, parts: u64) -> u64 {
        self.fuel_for(subject).saturating_add(self.fuel_per_part.saturating_mul(parts))
    }

    /// Whether a subject is small enough.
    pub(crate) fn admits(&self, subject: &Subject) -> Result<(), Failure> {
        let (bytes, subject_bytes_max) = (subject.bytes(), self.subject_bytes_max);
        if bytes > subject_bytes_max {
            let (bytes, subject_bytes_max) = (bytes as u64, subject_bytes_max as u64);
            return Err(Failure::SubjectTooLarge { bytes, subject_bytes_max });
        }
        Ok(())
    }
}
