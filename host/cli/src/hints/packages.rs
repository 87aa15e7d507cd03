//! Hints for errors of projects, packages and their sources.

use std::io;

use tollgate_packages::bundle::BundleError;
use tollgate_packages::catalogue::CatalogueError;
use tollgate_packages::lock::LockFileError;
use tollgate_packages::package::{PackageError, PackageKind};
use tollgate_packages::registry::{CredentialsError, RegistryError, RequestError};
use tollgate_packages::resolve::{ConflictReason, GateConflict};
use tollgate_packages::source::SourceError;
use tollgate_packages::store::StoreError;
use tollgate_project::{
    ContractFolderError, FileError, GATE_FOLDER, LockError, LockedPackageError,
    PUBLIC_KEY_EXTENSION, PackageAccessError, PackageFileError, ProjectError, ReadError,
    SignatureError, SourceAccessError, StandardContractError,
};

use super::contracts::manifest_hint;
use crate::environment::{REGISTRY_HOST, REGISTRY_PASSWORD, REGISTRY_TOKEN, REGISTRY_USER, STORE};
use crate::shell_words::quote_word;

pub(super) fn project_hint(error: &ProjectError) -> Option<String> {
    match error {
        ProjectError::NotInProject => {
            Some("change to the folder of a project, or create one with `tollgate init`".into())
        }
        ProjectError::NoTrustedKey { .. } => Some("add a key with `tollgate keys trust`".into()),
        ProjectError::File(FileError::Read { path, source: ReadError::Io(error) })
            if error.kind() == io::ErrorKind::NotFound
                && path.extension().is_some_and(|extension| extension == PUBLIC_KEY_EXTENSION) =>
        {
            Some("put the public key there, or take its name out of `tollgate.toml`".into())
        }
        ProjectError::UntrustedStandardSource { .. } => Some(
            "trust a key with `tollgate keys trust KEY --for tollgate`, or remove `tollgate` from `namespaces`".into(),
        ),
        _ => None,
    }
}

pub(super) fn lock_hint(error: &LockError) -> Option<String> {
    match error {
        LockError::Missing => Some("run `tollgate lock` to pin what the gates use".into()),
        LockError::Stale { .. } | LockError::GateNotLocked { .. } => {
            Some("run `tollgate lock`".into())
        }
        LockError::Invalid { error, .. } => match **error {
            LockFileError::DuplicateEntry(_) | LockFileError::MissingEntry { .. } => {
                Some("remove the file and run `tollgate lock`".into())
            }
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn signature_hint(error: &SignatureError) -> Option<String> {
    match error {
        SignatureError::Project(error) => project_hint(error),
        SignatureError::Standard(error) => standard_contract_hint(error),
        SignatureError::OtherSource { package, .. } => Some(format!(
            "`tollgate update {}` locks one from there, and `tollgate pull {}` only fetches it",
            package.name, package.name
        )),
        _ => None,
    }
}

pub(super) fn contract_folder_hint(error: &ContractFolderError) -> Option<String> {
    match error {
        ContractFolderError::NoContractFile { .. } => {
            Some("name the folder of a contract, or create one with `tollgate new`".into())
        }
        ContractFolderError::NotBuilt { folder } => {
            let folder = folder.display().to_string();
            Some(format!("run `tollgate build {}`", quote_word(&folder)))
        }
        _ => None,
    }
}

fn standard_contract_hint(error: &StandardContractError) -> Option<String> {
    match error {
        StandardContractError::NoneIncluded => {
            Some("create a complete one with `cargo xtask build`".into())
        }
        StandardContractError::OtherBytes(_) => Some(
            "the version of this tool is the one that is run: to lock it, remove `tollgate.lock` and run \
             `tollgate lock`"
                .into(),
        ),
        StandardContractError::NotIncluded { package, .. } => Some(format!(
            "`tollgate update {}` chooses the version that this tool includes",
            package.name
        )),
        _ => None,
    }
}

pub(super) fn package_access_hint(error: &PackageAccessError) -> Option<String> {
    match error {
        PackageAccessError::NoStore => Some(format!("set `{}`", STORE.name)),
        PackageAccessError::Project(error) => project_hint(error),
        PackageAccessError::Lock(error) => lock_hint(error),
        PackageAccessError::Store(error)
        | PackageAccessError::Package(PackageError::Store(error)) => store_hint(error),
        PackageAccessError::Signature(error) => signature_hint(error),
        PackageAccessError::Standard(error) => standard_contract_hint(error),
        PackageAccessError::ContractFolder(error) => contract_folder_hint(error),
        PackageAccessError::LockedNotFetched { .. } | PackageAccessError::NotFetched { .. } => {
            Some("run `tollgate pull`".into())
        }
        PackageAccessError::PinnedNotFetched { package, .. } => {
            Some(format!("run `tollgate pull {}@={}`", package.name, package.version))
        }
        PackageAccessError::Removed { package } => Some(format!("run `tollgate pull {package}`")),
        PackageAccessError::UnknownContract { requirement } => {
            let requirement = requirement.to_string();
            let requirement = quote_word(&requirement);
            Some(format!("run `tollgate pull {requirement}` if a source in `tollgate.toml` has it"))
        }
        PackageAccessError::Refused { path, .. } => Some(format!(
            "the owner of the key can sign it with `tollgate sign {}`",
            quote_word(&path.display().to_string())
        )),
        _ => None,
    }
}

pub(super) fn package_file_hint(error: &PackageFileError) -> Option<String> {
    match error {
        PackageFileError::ContractFolder(error) => contract_folder_hint(error),
        PackageFileError::Manifest(error) => manifest_hint(error),
        _ => None,
    }
}

pub(super) fn source_access_hint(error: &SourceAccessError) -> Option<String> {
    match error {
        SourceAccessError::Project(error) => project_hint(error),
        SourceAccessError::Lock(error) => lock_hint(error),
        SourceAccessError::Signature(error) => signature_hint(error),
        SourceAccessError::Standard(error) => standard_contract_hint(error),
        SourceAccessError::Catalogue(error) => catalogue_hint(error),
        SourceAccessError::Store(error) => store_hint(error),
        SourceAccessError::Credentials(error) => credentials_hint(error),
        SourceAccessError::Locked(error) => locked_package_hint(error),
        _ => None,
    }
}

fn locked_package_hint(error: &LockedPackageError) -> Option<String> {
    match error {
        LockedPackageError::SourceGone { package, .. } => {
            Some(format!("`tollgate update {}` looks for it in the other sources", package.name))
        }
        LockedPackageError::EditedLock { .. } => {
            Some("restore it from version control, or remove it and run `tollgate lock`".into())
        }
        _ => None,
    }
}

pub(super) fn catalogue_hint(error: &CatalogueError) -> Option<String> {
    match error {
        CatalogueError::Source(error) => source_hint(error),
        CatalogueError::Store(error) => store_hint(error),
        CatalogueError::Conflict(conflicts) => unknown_prompt_hint(conflicts),
        _ => None,
    }
}

/// Names the files of gates whose prompt no source has.
fn unknown_prompt_hint(conflicts: &[GateConflict]) -> Option<String> {
    let lacks_prompt = |conflict: &&GateConflict| match &conflict.reason {
        ConflictReason::UnknownPackage(required) => required.name.kind() == PackageKind::Prompt,
        _ => false,
    };
    let lacking = conflicts.iter().filter(lacks_prompt);
    let files: Vec<_> =
        lacking.map(|conflict| format!("`{GATE_FOLDER}/{}.toml`", conflict.gate)).collect();
    (!files.is_empty()).then(|| {
        format!(
            "publish the prompt with `tollgate publish FILE.prompt`, or change `prompt` in {}; a gate that only judges \
             needs none",
            files.join(" and ")
        )
    })
}

pub(super) fn bundle_hint(error: &BundleError) -> Option<String> {
    match error {
        BundleError::Store(error) => store_hint(error),
        _ => None,
    }
}

/// A blob that was modified has its remedy in its message.
pub(super) fn store_hint(error: &StoreError) -> Option<String> {
    match error {
        StoreError::UnreadableListing { .. } => Some(
            "an older version may have written it: delete the file, and run `tollgate pull`, which asks the source again"
                .into(),
        ),
        _ => None,
    }
}

pub(super) fn source_hint(error: &SourceError) -> Option<String> {
    match error {
        SourceError::UnreadableDescription { .. } => {
            Some("`tollgate publish` pushes packages with a description".into())
        }
        SourceError::Offline(..) => Some("run once without `--offline`".into()),
        SourceError::Registry(error) => registry_hint(error),
        SourceError::Store(error) => store_hint(error),
        _ => None,
    }
}

fn registry_hint(RegistryError { error, .. }: &RegistryError) -> Option<String> {
    let (user, password, token) = (REGISTRY_USER.name, REGISTRY_PASSWORD.name, REGISTRY_TOKEN.name);
    match error {
        RequestError::CredentialsRequired { .. } => {
            Some(format!("or set `{user}` and `{password}`, or `{token}`"))
        }
        RequestError::ForeignTokenServer { token_server, .. } => {
            Some(format!("set `{token}` to a token that you have from `{token_server}`"))
        }
        RequestError::Credentials(error) => credentials_hint(error),
        _ => None,
    }
}

fn credentials_hint(error: &CredentialsError) -> Option<String> {
    let (user, password, token) = (REGISTRY_USER.name, REGISTRY_PASSWORD.name, REGISTRY_TOKEN.name);
    match error {
        CredentialsError::MissingHost => Some(format!("set `{}`", REGISTRY_HOST.name)),
        CredentialsError::IncompletePair => {
            Some(format!("set both `{user}` and `{password}`, or set `{token}`"))
        }
        _ => None,
    }
}
