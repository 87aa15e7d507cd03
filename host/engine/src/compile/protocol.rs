//! Messages between an engine and its compile process: a header in JSON, with its length before it,
//! and then the bytes whose lengths are in the header. The process greets before anything else, so that
//! an engine of another version knows why they do not understand each other.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tollgate_model::{Failure, Manifest, Refusal};

use crate::config_check::ConfigMismatch;
use crate::engine::LoadError;
use crate::limits::Limits;
use crate::prepare::{Preparation, PrepareError};
use crate::settings::Knobs;

/// Greeting of a compile process. Change its number with the messages. It has the version of the engine as well,
/// because another one compiles to other code.
pub(super) const GREETING: &str =
    concat!("tollgate-engine ", env!("CARGO_PKG_VERSION"), ", compile protocol 3");
/// The configuration is the largest part of a header, and may have several files in it.
const HEADER_BYTES_MAX: u64 = 256 << 20;

#[derive(Serialize, Deserialize)]
pub(super) struct RequestHeader {
    /// Memory that the process may use for itself.
    pub(super) memory_bytes_max: u64,
    /// Processor time that it may use.
    pub(super) cpu_s_max: u64,
    /// Whether the engine allocates from a pool, for which code is compiled differently.
    pub(super) pooled: bool,
    pub(super) memory_bytes_ceiling: usize,
    pub(super) table_elements_ceiling: usize,
    pub(super) stack_bytes_max: usize,
    pub(super) knobs: Knobs,
    pub(super) limits: Limits,
    pub(super) manifest: Manifest,
    /// Reason if no snapshot can be taken.
    pub(super) no_snapshot: Option<String>,
    /// Configuration in canonical JSON.
    pub(super) config: String,
    pub(super) component_bytes: u64,
    /// Length of the functions that were compiled before, of the same component.
    pub(super) functions_bytes: u64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct ResponseHeader {
    pub(super) result: Result<Preparation, CompileRefusal>,
    /// Length of the code, or 0 if there is none.
    pub(super) code_bytes: u64,
    /// Length of all functions that were needed, or 0 if all of them were in the request.
    pub(super) functions_bytes: u64,
}

/// Every error that compiling can end with.
#[derive(Serialize, Deserialize)]
pub(super) enum CompileRefusal {
    InvalidConfig(Vec<ConfigMismatch>),
    InvalidSchema(String),
    Refused(Refusal),
    Failed(Failure),
    Unrunnable(String),
    Host(String),
}

impl From<LoadError> for CompileRefusal {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::InvalidConfig(mismatches) => Self::InvalidConfig(mismatches),
            LoadError::InvalidSchema(reason) => Self::InvalidSchema(reason),
            LoadError::Prepare(PrepareError::Refused(refusal)) => Self::Refused(refusal),
            LoadError::Prepare(PrepareError::Failed(failure)) => Self::Failed(failure),
            LoadError::Prepare(PrepareError::Unrunnable(reason)) => Self::Unrunnable(reason),
            other => Self::Host(other.to_string()),
        }
    }
}

impl From<CompileRefusal> for LoadError {
    fn from(refusal: CompileRefusal) -> Self {
        match refusal {
            CompileRefusal::InvalidConfig(mismatches) => Self::InvalidConfig(mismatches),
            CompileRefusal::InvalidSchema(reason) => Self::InvalidSchema(reason),
            CompileRefusal::Refused(refusal) => PrepareError::Refused(refusal).into(),
            CompileRefusal::Failed(failure) => PrepareError::Failed(failure).into(),
            CompileRefusal::Unrunnable(reason) => PrepareError::Unrunnable(reason).into(),
            CompileRefusal::Host(reason) => Self::Host(reason),
        }
    }
}

pub(super) fn write_header(to: &mut impl Write, header: &impl Serialize) -> io::Result<()> {
    let header = serde_json::to_vec(header)?;
    to.write_all(&(header.len() as u64).to_le_bytes())?;
    to.write_all(&header)
}

pub(super) fn read_header<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<T> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let header = read_bytes(from, u64::from_le_bytes(length), HEADER_BYTES_MAX)?;
    Ok(serde_json::from_slice(&header)?)
}

/// Reads this number of bytes, or fails if it is above the limit.
pub(super) fn read_bytes(from: &mut impl Read, length: u64, max: u64) -> io::Result<Vec<u8>> {
    if length > max {
        return Err(io::Error::other(format!(
            "{length} bytes are announced, but the limit is {max}"
        )));
    }
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}
