//! Hints: which command or setting of this tool helps with an error of a library. The libraries say what is wrong,
//! and know nothing of commands.

use std::error::Error;

use tollgate::CheckError;
use tollgate::autonomy::{LevelChangeError, StatusError};
use tollgate::erasure::ErasureError;
use tollgate::figures::FigureError;
use tollgate::gate::ReleaseError;
use tollgate::incidents::{ChangeError, IncidentError, RetractionError};
use tollgate::insight::StatisticsError;
use tollgate::lookup::RunLookupError;
use tollgate::review::ConductReviewError;
use tollgate_ledger::LedgerError;
use tollgate_model::GateName;
use tollgate_packages::catalogue::CatalogueError;
use tollgate_packages::lock::LockFileError;
use tollgate_packages::registry::{CredentialsError, RegistryError, RequestError};
use tollgate_packages::source::SourceError;
use tollgate_project::{
    ContractFolderError, LockError, LockedPackageError, PackageAccessError, PackageFileError,
    ProjectError, SignatureError, SourceAccessError, StandardContractError,
};
use tollgate_toolchain::{BuildError, ToolboxError};

use crate::environment::{
    CACHE, REGISTRY_HOST, REGISTRY_PASSWORD, REGISTRY_TOKEN, REGISTRY_USER, STORE,
};

/// Returns the hint for an error, or `None` if there is none. The sources of the error have hints of their own.
pub(crate) fn hint(error: &(dyn Error + 'static)) -> Option<String> {
    // An enum with transparent variants hides them from the chain of sources, so its function looks into them.
    if let Some(error) = error.downcast_ref() {
        return package_access_hint(error);
    }
    if let Some(error) = error.downcast_ref() {
        return source_access_hint(error);
    }
    if let Some(error) = error.downcast_ref() {
        return package_file_hint(error);
    }
    if let Some(error) = error.downcast_ref() {
        return project_hint(error);
    }
    if let Some(error) = error.downcast_ref() {
        return lock_hint(error);
    }
    if let Some(error) = error.downcast_ref() {
        return signature_hint(error);
    }
    if let Some(error) = error.downcast_ref() {
        return contract_folder_hint(error);
    }
    if let Some(error) = error.downcast_ref() {
        return catalogue_hint(error);
    }
    if let Some(error) = error.downcast_ref() {
        return source_hint(error);
    }
    if let Some(error) = error.downcast_ref() {
        return run_lookup_hint(error);
    }
    if let Some(error) = error.downcast_ref() {
        return check_hint(error);
    }
    if let Some(error) = error.downcast_ref() {
        return release_hint(error);
    }
    if let Some(error) = error.downcast_ref() {
        return conduct_review_hint(error);
    }
    if let Some(error) = error.downcast_ref().or_else(|| ledger_error_of_host(error)) {
        return ledger_hint(error);
    }
    error.downcast_ref().and_then(build_hint)
}

fn check_hint(error: &CheckError) -> Option<String> {
    match error {
        CheckError::NoActiveRelease { gate } => Some(publish_hint(gate)),
        CheckError::Ledger(error) => ledger_hint(error),
        CheckError::Other(error) => first_hint(error),
        _ => None,
    }
}

fn release_hint(error: &ReleaseError) -> Option<String> {
    match error {
        ReleaseError::NoActiveRelease { gate } => Some(publish_hint(gate)),
        ReleaseError::NoEarlierRelease { .. } => Some(
            "change the gate, run `tollgate lock`, and publish another release with `tollgate release`"
                .into(),
        ),
        ReleaseError::Check(error) => check_hint(error),
        ReleaseError::Ledger(error) => ledger_hint(error),
        ReleaseError::Load(error) => first_hint(error),
        _ => None,
    }
}

fn conduct_review_hint(error: &ConductReviewError) -> Option<String> {
    match error {
        ConductReviewError::Check(error) => check_hint(error),
        ConductReviewError::Ledger(error) => ledger_hint(error),
        ConductReviewError::Other(error) => first_hint(error),
        _ => None,
    }
}

fn publish_hint(gate: &GateName) -> String {
    format!("publish what is locked: `tollgate release {gate} --by NAME`")
}

/// Returns the first hint in a chain of errors that another error hides.
fn first_hint(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(hint)
}

/// Returns the message of an error with its hint on a second line, for errors that do not stop the command.
pub(crate) fn with_hint(error: &(dyn Error + 'static)) -> String {
    match hint(error) {
        Some(hint) => format!("{error}\n  {hint}"),
        None => error.to_string(),
    }
}

fn project_hint(error: &ProjectError) -> Option<String> {
    match error {
        ProjectError::NoTrustedKey { .. } => Some("add a key with `tollgate keys trust`".into()),
        _ => None,
    }
}

fn lock_hint(error: &LockError) -> Option<String> {
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

fn signature_hint(error: &SignatureError) -> Option<String> {
    match error {
        SignatureError::Project(error) => project_hint(error),
        _ => None,
    }
}

fn ledger_hint(error: &LedgerError) -> Option<String> {
    match error {
        LedgerError::Corrupt { .. } | LedgerError::Unreadable { .. } => {
            Some("run `tollgate log verify` to see what can still be read".into())
        }
        _ => None,
    }
}

fn run_lookup_hint(error: &RunLookupError) -> Option<String> {
    match error {
        RunLookupError::NotFound { .. } => Some("`tollgate log list` shows the runs".into()),
        RunLookupError::Ledger(error) => ledger_hint(error),
        _ => None,
    }
}

/// Returns the error of the ledger that an error of the host stands for.
fn ledger_error_of_host<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a LedgerError> {
    if let Some(LevelChangeError::Status(error)) = error.downcast_ref() {
        return ledger_error_of_host(error);
    }
    if let Some(StatusError::Ledger(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(LevelChangeError::Ledger(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(IncidentError::Ledger(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(RetractionError::Ledger(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(ChangeError::Ledger(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(FigureError::Ledger(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(ErasureError::Ledger(error)) = error.downcast_ref() {
        return Some(error);
    }
    match error.downcast_ref()? {
        StatisticsError::Ledger(error) => Some(error),
        _ => None,
    }
}

fn contract_folder_hint(error: &ContractFolderError) -> Option<String> {
    match error {
        ContractFolderError::NoContractFile { .. } => {
            Some("name the folder of a contract, or create one with `tollgate new`".into())
        }
        ContractFolderError::NotBuilt { folder } => {
            Some(format!("run `tollgate build {}`", folder.display()))
        }
        ContractFolderError::File(_) => None,
    }
}

fn build_hint(error: &BuildError) -> Option<String> {
    match error {
        BuildError::ContractFolder(error) => contract_folder_hint(error),
        BuildError::Toolbox(ToolboxError::NoFolder) => {
            Some(format!("set one with `--cache` or `{}`", CACHE.name))
        }
        BuildError::MissingRuntime => Some(
            "build the tool with `cargo xtask build`, which needs Python 3.11 or later with its `venv`"
                .into(),
        ),
        _ => None,
    }
}

fn standard_contract_hint(error: &StandardContractError) -> Option<String> {
    match error {
        StandardContractError::NoneIncluded => {
            Some("create a complete one with `cargo xtask build`".into())
        }
        _ => None,
    }
}

fn package_access_hint(error: &PackageAccessError) -> Option<String> {
    match error {
        PackageAccessError::NoStore => Some(format!("set `{}`", STORE.name)),
        PackageAccessError::Project(error) => project_hint(error),
        PackageAccessError::Lock(error) => lock_hint(error),
        PackageAccessError::Signature(error) => signature_hint(error),
        PackageAccessError::Standard(error) => standard_contract_hint(error),
        PackageAccessError::ContractFolder(error) => contract_folder_hint(error),
        PackageAccessError::LockedNotFetched { .. } | PackageAccessError::NotFetched { .. } => {
            Some("run `tollgate pull`".into())
        }
        PackageAccessError::Removed { package } => Some(format!("run `tollgate pull {package}`")),
        PackageAccessError::UnknownContract { requirement } => {
            Some(format!("run `tollgate pull {requirement}` if a source in `tollgate.toml` has it"))
        }
        PackageAccessError::Refused { path, .. } => Some(format!(
            "the owner of the key can sign it with `tollgate sign {}`",
            path.display()
        )),
        _ => None,
    }
}

fn package_file_hint(error: &PackageFileError) -> Option<String> {
    match error {
        PackageFileError::ContractFolder(error) => contract_folder_hint(error),
        _ => None,
    }
}

fn source_access_hint(error: &SourceAccessError) -> Option<String> {
    match error {
        SourceAccessError::Project(error) => project_hint(error),
        SourceAccessError::Lock(error) => lock_hint(error),
        SourceAccessError::Signature(error) => signature_hint(error),
        SourceAccessError::Catalogue(error) => catalogue_hint(error),
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

fn catalogue_hint(error: &CatalogueError) -> Option<String> {
    match error {
        CatalogueError::Source(error) => source_hint(error),
        _ => None,
    }
}

fn source_hint(error: &SourceError) -> Option<String> {
    match error {
        SourceError::Offline(..) => Some("run once without `--offline`".into()),
        SourceError::Registry(error) => registry_hint(error),
        _ => None,
    }
}

fn registry_hint(RegistryError { error, .. }: &RegistryError) -> Option<String> {
    let (user, password, token) = (REGISTRY_USER.name, REGISTRY_PASSWORD.name, REGISTRY_TOKEN.name);
    match error {
        RequestError::CredentialsRequired { .. } => {
            Some(format!("or set `{user}` and `{password}`, or `{token}`"))
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

#[cfg(test)]
mod tests {
    use tollgate_model::Digest;

    use super::*;

    /// Returns the hints along the chain of an error, as they are printed.
    fn hints(error: impl Into<anyhow::Error>) -> Vec<String> {
        error.into().chain().filter_map(hint).collect()
    }

    #[test]
    fn finds_hints_through_wrapping_errors() {
        assert_eq!(hints(LockError::Missing), ["run `tollgate lock` to pin what the gates use"]);
        let wrapped = PackageAccessError::Lock(LockError::GateNotLocked { gate: "letters".into() });
        assert_eq!(hints(wrapped), ["run `tollgate lock`"]);
        let deep =
            anyhow::Error::from(PackageAccessError::NoStore).context("cannot load `letters`");
        assert_eq!(hints(deep), ["set `TOLLGATE_STORE`"]);
    }

    #[test]
    fn names_the_package_to_pull() {
        let package = Box::new("acme/calm@1.0.0".parse().unwrap());
        assert_eq!(
            hints(PackageAccessError::Removed { package }),
            ["run `tollgate pull acme/calm@1.0.0`"]
        );
        let (package, digest) = (Box::new("acme/calm@1.0.0".parse().unwrap()), Digest::of(""));
        let locked = PackageAccessError::LockedNotFetched { package, digest };
        assert_eq!(hints(locked), ["run `tollgate pull`"]);
    }

    #[test]
    fn says_where_missing_credentials_are_set() {
        let error = SourceAccessError::Credentials(CredentialsError::MissingHost);
        assert_eq!(hints(error), ["set `TOLLGATE_REGISTRY_HOST`"]);
        let registry = RegistryError {
            target: "acme.com/x".into(),
            error: CredentialsError::IncompletePair.into(),
        };
        let error = SourceAccessError::Catalogue(SourceError::from(registry).into());
        let expected = "set both `TOLLGATE_REGISTRY_USER` and `TOLLGATE_REGISTRY_PASSWORD`, or set \
                        `TOLLGATE_REGISTRY_TOKEN`";
        assert_eq!(hints(error), [expected]);
    }

    #[test]
    fn names_the_folder_to_build() {
        let not_built = || ContractFolderError::NotBuilt { folder: "claims".into() };
        for hint in [
            hints(not_built()),
            hints(PackageFileError::from(not_built())),
            hints(BuildError::from(not_built())),
        ] {
            assert_eq!(hint, ["run `tollgate build claims`"]);
        }
    }

    #[test]
    fn says_how_a_damaged_ledger_is_verified() {
        let (path, reason) = ("ledger.db".into(), "it has no such page".into());
        let expected = ["run `tollgate log verify` to see what can still be read"];
        assert_eq!(hints(LedgerError::Corrupt { path, reason }), expected);
        let (path, reason) = ("ledger.db".into(), "it has no such page".into());
        let status = StatusError::Ledger(LedgerError::Corrupt { path, reason });
        assert_eq!(hints(LevelChangeError::from(status)), expected);
        assert_eq!(hints(LedgerError::Closed), [""; 0]);
    }

    #[test]
    fn says_how_runs_are_found() {
        let error = RunLookupError::NotFound { prefix: "3fe52a".into() };
        assert_eq!(hints(error), ["`tollgate log list` shows the runs"]);
    }

    #[test]
    fn says_where_tools_are_stored() {
        let error = BuildError::from(ToolboxError::NoFolder);
        assert_eq!(hints(error), ["set one with `--cache` or `TOLLGATE_CACHE`"]);
    }

    #[test]
    fn has_no_hint_for_other_errors() {
        assert_eq!(hints(ProjectError::NotInProject), [""; 0]);
        assert_eq!(hints(anyhow::anyhow!("something else")), [""; 0]);
    }
}
