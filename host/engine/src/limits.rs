//! Limits of one judgement. Every limit has a default, its unit in its name, and the attack
//! or accident that it stops.

use serde::{Deserialize, Serialize};
use tollgate_model::{Failure, Subject};

/// Base fuel of a judgement. A WebAssembly instruction takes about one unit and a million take
/// some 50 µs, so this is 2.5 ms.
const FUEL: u64 = 50_000_000;
/// Additional fuel per KiB of the subject, so that long texts are judged as thoroughly as
/// short ones. Interpreters need this much for texts full of findings; compiled contracts use
/// less than a tenth.
const FUEL_PER_KIB: u64 = 8_000_000;
/// Additional fuel per part of a streamed text. An interpreter needs some for every call, and a
/// text in small parts must not run out of fuel where the whole text does not.
const FUEL_PER_PART: u64 = 1_000_000;
/// Wall-clock backstop behind fuel, for overloaded machines.
const DEADLINE_MS: u64 = 1_000;
/// Enough for an interpreter with a large subject; stops memory bombs.
const MEMORY_BYTES_MAX: usize = 128 << 20;
/// The largest table known is an interpreter's, of some 15,000 functions.
const TABLE_ELEMENTS_MAX: usize = 100_000;
/// Thousands of findings. Reports are for people to read.
const RESULT_BYTES_MAX: usize = 4 << 20;
/// A subject is copied into the sandbox, which may hold several copies of it.
const SUBJECT_BYTES_MAX: usize = 16 << 20;
/// The log is for the author of the contract and is stored with every run.
const LOG_LINES_MAX: usize = 100;
/// Longer log lines are cut.
const LOG_LINE_BYTES_MAX: usize = 1_024;
/// Bytes of all capability calls and answers of one run. They are all recorded, and fuel does
/// not count the host's work.
const HOST_BYTES_MAX: usize = 16 << 20;
/// Configuring may compile patterns and schemas, which takes seconds.
const CONFIGURE_FUEL: u64 = 20_000_000_000;
/// Wall-clock backstop behind `CONFIGURE_FUEL`.
const CONFIGURE_DEADLINE_MS: u64 = 60_000;

/// Limits of one judgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Base fuel for any subject.
    pub fuel: u64,
    /// Additional fuel per KiB of the subject.
    pub fuel_per_kib: u64,
    /// Additional fuel per part of a streamed text.
    pub fuel_per_part: u64,
    /// Wall-clock time for a judgement, or for each part of a streamed text.
    pub deadline_ms: u64,
    /// Size of all linear memories of a sandbox together.
    pub memory_bytes_max: usize,
    /// Elements of all tables of a sandbox together.
    pub table_elements_max: usize,
    pub result_bytes_max: usize,
    pub subject_bytes_max: usize,
    /// Number of log lines that are kept; later ones are counted.
    pub log_lines_max: usize,
    pub log_line_bytes_max: usize,
    /// Bytes of all capability calls and answers of one run.
    pub host_bytes_max: usize,
    pub configure_fuel: u64,
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
    /// Returns the fuel for judging a subject.
    pub(crate) fn fuel_for(&self, subject: &Subject) -> u64 {
        let kib = subject.size_bytes().div_ceil(1024) as u64;
        self.fuel.saturating_add(self.fuel_per_kib.saturating_mul(kib))
    }

    /// Returns the fuel for a streamed text that has arrived so far, in this number of parts.
    pub(crate) fn fuel_for_stream(&self, subject: &Subject, parts: u64) -> u64 {
        self.fuel_for(subject).saturating_add(self.fuel_per_part.saturating_mul(parts))
    }

    /// Fails if a subject is too large.
    pub(crate) fn check_subject_size(&self, subject: &Subject) -> Result<(), Failure> {
        let (bytes, subject_bytes_max) = (subject.size_bytes(), self.subject_bytes_max);
        if bytes > subject_bytes_max {
            let (bytes, subject_bytes_max) = (bytes as u64, subject_bytes_max as u64);
            return Err(Failure::SubjectTooLarge { bytes, subject_bytes_max });
        }
        Ok(())
    }
}
