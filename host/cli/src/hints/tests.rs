use tollgate::CheckError;
use tollgate::autonomy::{LevelChangeError, StatusError};
use tollgate::gate::{
    BoundContractError, GateLoadError, GateOpenError, GoverningRecordError, QualityGateError,
    ReleaseError, ReleasePart, ReleaseReadError,
};
use tollgate::incidents::IncidentError;
use tollgate::lookup::RunLookupError;
use tollgate::replay::ReplayError;
use tollgate::review::ReviewError;
use tollgate_engine::{InspectError, LoadError, ManifestError};
use tollgate_ledger::LedgerError;
use tollgate_model::{Digest, GateName};
use tollgate_packages::bundle::BundleError;
use tollgate_packages::catalogue::CatalogueError;
use tollgate_packages::package::PackageError;
use tollgate_packages::registry::{CredentialsError, RegistryError};
use tollgate_packages::resolve::{ConflictReason, GateConflict};
use tollgate_packages::source::SourceError;
use tollgate_packages::store::StoreError;
use tollgate_project::{
    ContractFolderError, LockError, PackageAccessError, PackageFileError, ProjectError,
    SourceAccessError,
};
use tollgate_toolchain::{BuildError, ToolboxError};

use super::*;

const VERIFY: &str = "run `tollgate log verify` to see what can still be read";

/// Returns the hints along the chain of an error, as they are printed.
fn hints(error: impl Into<anyhow::Error>) -> Vec<String> {
    error.into().chain().filter_map(hint).collect()
}

#[test]
fn finds_hints_through_wrapping_errors() {
    assert_eq!(hints(LockError::Missing), ["run `tollgate lock` to pin what the gates use"]);
    let wrapped = PackageAccessError::Lock(LockError::GateNotLocked { gate: "letters".into() });
    assert_eq!(hints(wrapped), ["run `tollgate lock`"]);
    let deep = anyhow::Error::from(PackageAccessError::NoStore).context("cannot load `letters`");
    assert_eq!(hints(deep), ["set `TOLLGATE_STORE`"]);
}

#[test]
fn says_how_to_judge_with_a_gate_that_records_nothing() {
    let error = || QualityGateError { gate: "products".parse().unwrap() };
    let hint = "judge with `tollgate check --gate products FILE`; `tollgate gate check products` says what it lacks to \
                delegate";
    assert_eq!(hints(error()), [hint]);
    assert_eq!(hints(ReleaseError::from(error())), [hint]);
    let draft = ReleaseError::QualityDraft { gate: gate(), active: Digest::of("release") };
    assert!(hints(draft)[0].contains("`tollgate check --gate letters FILE --quality`"));
    assert_eq!(hints(LevelChangeError::from(error())), [hint]);
    assert_eq!(hints(IncidentError::Gate(GoverningRecordError::from(error()))), [hint]);
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
fn says_what_to_do_with_a_listing_of_another_version() {
    let error = || StoreError::UnreadableListing {
        path: "store/listed/0123/acme/calm/1.0.0.json".into(),
        source: serde_json::from_str::<u8>("{").unwrap_err(),
    };
    let hint = "an older version may have written it: delete the file, and run `tollgate pull`, which asks the source \
                again";
    assert_eq!(hints(error()), [hint]);
    assert_eq!(hints(PackageAccessError::from(error())), [hint]);
    assert_eq!(hints(PackageAccessError::from(PackageError::from(error()))), [hint]);
    assert_eq!(hints(SourceAccessError::from(CatalogueError::from(error()))), [hint]);
    assert_eq!(hints(SourceAccessError::from(error())), [hint]);
    assert_eq!(hints(CatalogueError::from(SourceError::from(error()))), [hint]);
    assert_eq!(hints(BundleError::from(error())), [hint]);
}

#[test]
fn names_the_gates_whose_prompt_no_source_has() {
    let conflict = |gate: &str, required: &str| GateConflict {
        gate: gate.into(),
        reason: ConflictReason::UnknownPackage(required.parse().unwrap()),
    };
    let all = [
        conflict("products", "welcome@^1"),
        conflict("mail", "acme/calm@^1"),
        conflict("letters", "prompts/letter@^2"),
    ];
    let hint = "publish the prompt with `tollgate publish FILE.prompt`, or change `prompt` in `gates/products.toml` and \
                `gates/letters.toml`; a gate that only judges needs none";
    assert_eq!(hints(CatalogueError::Conflict(all.to_vec())), [hint]);
    assert!(hints(CatalogueError::Conflict(vec![all[1].clone()])).is_empty());
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
    let expected = [VERIFY];
    assert_eq!(hints(LedgerError::Corrupt { path, reason }), expected);
    let (path, reason) = ("ledger.db".into(), "it has no such page".into());
    let status = StatusError::Ledger(LedgerError::Corrupt { path, reason });
    assert_eq!(hints(LevelChangeError::from(status)), expected);
    assert_eq!(hints(LedgerError::Closed), [""; 0]);
}

#[test]
fn says_how_runs_are_found() {
    let error = RunLookupError::NotFound { prefix: "3fe52a".into() };
    let expected = "`tollgate log list` shows the runs, and `tollgate log list --id 3fe52a` those of an output with \
                    this id";
    assert_eq!(hints(error), [expected]);
}

#[test]
fn says_how_to_get_to_a_project() {
    let expected = "change to the folder of a project, or create one with `tollgate init`";
    assert_eq!(hints(ProjectError::NotInProject), [expected]);
}

#[test]
fn says_where_tools_are_stored() {
    let error = BuildError::from(ToolboxError::NoFolder);
    assert_eq!(hints(error), ["set one with `--cache` or `TOLLGATE_CACHE`"]);
}

#[test]
fn has_no_hint_for_other_errors() {
    let path = "a".into();
    assert_eq!(hints(LedgerError::NotFound(path)), [""; 0]);
    assert_eq!(hints(anyhow::anyhow!("something else")), [""; 0]);
}

fn gate() -> GateName {
    "letters".parse().unwrap()
}

fn cannot_be_loaded(source: impl Into<GateLoadError>) -> GateOpenError {
    let (gate, release) = (gate(), Digest::of("release"));
    GateOpenError::Load { gate, release, source: Box::new(source.into()) }
}

#[test]
fn finds_the_hint_of_a_gate_that_cannot_be_loaded_once() {
    let locked = ["run `tollgate lock` to pin what the gates use"];
    assert_eq!(hints(cannot_be_loaded(LockError::Missing)), locked);
    assert_eq!(hints(CheckError::from(cannot_be_loaded(LockError::Missing))), locked);
    assert_eq!(hints(ReleaseError::from(GateLoadError::from(LockError::Missing))), locked);
    let (part, digest) = (ReleasePart::Prompt, Digest::of("prompt"));
    let missing = || ReleaseReadError::Missing { part, digest };
    assert_eq!(hints(cannot_be_loaded(missing())), [VERIFY]);
    assert_eq!(hints(ReplayError::from(missing())), [VERIFY]);
    let open = GateOpenError::NoActiveRelease { gate: gate() };
    assert_eq!(hints(open), ["publish one: `tollgate release letters --by NAME`"]);
    let other_format = || ReleaseReadError::OtherFormat { digest, found: 2, known: 3 };
    for shown in [hints(cannot_be_loaded(other_format())), hints(ReplayError::from(other_format()))]
    {
        assert_eq!(shown.len(), 1);
        assert!(shown[0].contains("`tollgate release --by NAME`"), "{shown:?}");
    }
}

#[test]
fn says_where_a_table_belongs_that_is_too_large_for_a_release() {
    let largest = "the table `claims` of contract `acme/calm`".into();
    let (bytes, bytes_max, largest_bytes) = (60, 50, 40);
    let error = GateLoadError::TooLarge { gate: gate(), bytes, bytes_max, largest, largest_bytes };
    let shown = hints(ReleaseError::from(error));
    assert!(shown[0].contains("`context`"), "{shown:?}");
}

#[test]
fn names_the_command_that_builds_a_contract() {
    let load = |error: InspectError| BoundContractError::Load {
        gate: gate(),
        contract: "acme/calm@^1".into(),
        source: Box::new(LoadError::from(error)),
    };
    let build = ["build it with `tollgate build`"];
    assert_eq!(hints(load(InspectError::CoreModule)), build);
    assert_eq!(hints(cannot_be_loaded(load(InspectError::CoreModule))), build);
    assert_eq!(hints(InspectError::CoreModule), build);
    let missing = ["build it with `tollgate build`, which embeds one"];
    assert_eq!(hints(PackageFileError::from(ManifestError::Missing)), missing);
    let built =
        BuildError::NoContract { folder: "calm".into(), source: InspectError::CoreModule.into() };
    assert_eq!(hints(built), [""; 0], "it has just been built");
}

#[test]
fn says_how_a_refused_review_goes_on() {
    assert!(hints(ReviewError::OutputNotKept)[0].contains("`--subject FILE`"));
    assert!(hints(ReviewError::DetailsErased)[0].contains("`tollgate check`"));
    assert_eq!(hints(ReviewError::Closed(3)), [""; 0]);
}

#[test]
fn finds_the_first_hint_of_a_chain() {
    let error = cannot_be_loaded(PackageAccessError::NoStore);
    assert_eq!(first_hint(&error).unwrap(), "set `TOLLGATE_STORE`");
    assert_eq!(first_hint(&LedgerError::Closed), None);
}
