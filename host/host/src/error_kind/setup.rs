//! Kinds of the errors of projects, packages and contracts on this machine.

use tollgate_packages::store::StoreError;
use tollgate_project::{FileError, GateReadError, LockError, PackageAccessError, ProjectError};

use super::{ErrorKind, HostError};
use crate::contracts::ContractInspectionError;
use crate::gate::{BoundConfigError, BoundContractError, GateLoadError};

impl HostError for GateLoadError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Project(error) => project_error_kind(error),
            Self::Gate(error) => gate_read_error_kind(error),
            Self::Lock(error) => lock_error_kind(error),
            Self::Package(error) => package_access_error_kind(error),
            Self::Release(error) => error.kind(),
            Self::Contract(error) => error.kind(),
            Self::NotLocked { .. } | Self::TooLarge { .. } | Self::NotCanonical(_) => {
                ErrorKind::NotReady
            }
            Self::Prompt(_) | Self::NoBinding { .. } => ErrorKind::BrokenRecord,
            Self::Engine(_) => ErrorKind::Internal,
        }
    }
}

impl HostError for BoundContractError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Config { source, .. } => match &**source {
                BoundConfigError::File(error) => file_error_kind(error),
                _ => ErrorKind::NotReady,
            },
            Self::Load { .. } => ErrorKind::NotReady,
        }
    }
}

impl HostError for ContractInspectionError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Package(error) => error.kind(),
            Self::Component { .. } => ErrorKind::NotReady,
        }
    }
}

impl HostError for PackageAccessError {
    fn kind(&self) -> ErrorKind {
        package_access_error_kind(self)
    }
}

impl HostError for ProjectError {
    fn kind(&self) -> ErrorKind {
        project_error_kind(self)
    }
}

impl HostError for LockError {
    fn kind(&self) -> ErrorKind {
        lock_error_kind(self)
    }
}

pub(super) fn gate_read_error_kind(error: &GateReadError) -> ErrorKind {
    match error {
        GateReadError::Unknown { .. } => ErrorKind::NotFound,
        GateReadError::File(error) => file_error_kind(error),
        _ => ErrorKind::NotReady,
    }
}

pub(super) fn package_access_error_kind(error: &PackageAccessError) -> ErrorKind {
    match error {
        PackageAccessError::UnknownContract { .. } | PackageAccessError::NoContractFile { .. } => {
            ErrorKind::NotFound
        }
        PackageAccessError::Project(error) => project_error_kind(error),
        PackageAccessError::Lock(error) => lock_error_kind(error),
        PackageAccessError::Store(StoreError::Io { .. }) => ErrorKind::Internal,
        _ => ErrorKind::NotReady,
    }
}

fn project_error_kind(error: &ProjectError) -> ErrorKind {
    match error {
        ProjectError::Folder { .. } => ErrorKind::Internal,
        ProjectError::File(error) => file_error_kind(error),
        _ => ErrorKind::NotReady,
    }
}

fn lock_error_kind(error: &LockError) -> ErrorKind {
    match error {
        LockError::Unwritable(_) => ErrorKind::Internal,
        LockError::File(error) => file_error_kind(error),
        LockError::Gate(error) => gate_read_error_kind(error),
        _ => ErrorKind::NotReady,
    }
}

fn file_error_kind(error: &FileError) -> ErrorKind {
    match error {
        FileError::Write { .. } => ErrorKind::Internal,
        // Somebody has to write the file, or to correct it.
        _ => ErrorKind::NotReady,
    }
}
