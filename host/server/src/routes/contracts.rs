//! Contracts that gates use, and descriptions of them.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::{FromRequestParts, RawPathParams, State};
use axum::http::Method;
use axum::http::request::Parts;
use axum::routing::get;
use semver::{Version, VersionReq};
use serde::Deserialize;
use tollgate::contracts::ContractInspectionError;
use tollgate::records::GateScope;
use tollgate_api::{
    ContractUse, ContractUser, ContractsDocument, InspectionDocument, UsedContract,
};
use tollgate_model::{ContractName, Digest, FormatVersion};
use tollgate_packages::package::{PackageId, PackageName, Requirement};

use super::package_uses::PackageUse;
use super::reading::{WorkPlaces, visible_gates};
use super::table::Route;
use crate::access::{Caller, Role};
use crate::exchange::{Document, Parameters};
use crate::problem::{Problem, ProblemCode};
use crate::state::ServerState;

/// Contracts that are described at once. Components have up to 64 MB, and all of it is read and validated.
const INSPECTIONS_MAX: usize = 2;

/// Name of the contract in the address.
pub(super) struct NamedContract(ContractName);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InspectionParameters {
    version: Option<String>,
}

pub(super) fn routes() -> Vec<Route> {
    let list = Route::new(
        Method::GET,
        "/v1/contracts",
        &[Role::Read],
        "Lists the versions of contracts that gates run now, and those that are locked for them.",
        get(list_contracts),
    )
    .answers::<ContractsDocument>();
    let inspect = Route::new(
        Method::GET,
        "/v1/contracts/{namespace}/{name}",
        &[Role::Read],
        "Describes a contract without running it: its rules, capabilities and configuration. The highest locked version, \
         if none is named.",
        get(inspect_contract).layer(Extension(WorkPlaces::new(INSPECTIONS_MAX))),
    )
    .query::<String>("version", "Requirement for the version, such as `1.2` or `=1.2.0`.")
    .answers::<InspectionDocument>();
    vec![list, inspect]
}

async fn list_contracts(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
) -> Result<Document<ContractsDocument>, Problem> {
    let uses = state.package_uses(visible_gates(&caller)).await?;
    let contracts = group_by_version(uses);
    Ok(Document(ContractsDocument { format: FormatVersion, contracts }))
}

/// Returns each version of a contract with the gates that use it. The same version can have several digests, where a lock file
/// was written before a release was taken back.
fn group_by_version(uses: Vec<PackageUse>) -> Vec<UsedContract> {
    let mut versions = BTreeMap::<(ContractName, Version, Digest), Vec<ContractUser>>::new();
    for PackageUse { gate, package, digest, state } in uses {
        if let PackageName::Contract(name) = package.name {
            let users = versions.entry((name, package.version, digest)).or_default();
            let user = ContractUser { gate, state };
            // A gate can use a version several times, with different configurations.
            if !users.contains(&user) {
                users.push(user);
            }
        }
    }
    let used = versions.into_iter().map(|((name, version, digest), mut gates)| {
        gates.sort_by(|one, other| one.gate.cmp(&other.gate));
        let state = gates.iter().map(|user| user.state).min().unwrap_or(ContractUse::Locked);
        UsedContract { name, version, digest, state, gates }
    });
    used.collect()
}

async fn inspect_contract(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    Extension(places): Extension<WorkPlaces>,
    NamedContract(name): NamedContract,
    Parameters(InspectionParameters { version }): Parameters<InspectionParameters>,
) -> Result<Document<InspectionDocument>, Problem> {
    let name = PackageName::Contract(name);
    let wanted = Requirement { name, versions: parse_versions(version.as_deref())? };
    let scope = visible_gates(&caller);
    let sees_all = scope == GateScope::All;
    let used = highest_used(state.package_uses(scope).await?, &wanted);
    let (host, place) = (state.host(), places.take()?);
    let inspect = move || {
        let _place = place;
        match used {
            Some((package, digest)) => host.inspect_pinned_contract(&package, digest).map(Some),
            None if sees_all => host.inspect_contract(&wanted),
            None => Ok(None),
        }
    };
    let inspection = state.read_blocking(inspect).await?;
    let inspection = inspection.map_err(|error: ContractInspectionError| Problem::of(&error))?;
    match inspection {
        Some(inspection) => Ok(Document(InspectionDocument::from(&inspection))),
        None => Err(Problem::new(
            ProblemCode::NotFound,
            "there is no such contract that this caller may see",
        )
        .with_hint("`GET /v1/contracts` lists those that gates use")),
    }
}

/// Returns the highest locked version that meets a requirement, or the highest that is run where none is locked.
fn highest_used(uses: Vec<PackageUse>, wanted: &Requirement) -> Option<(PackageId, Digest)> {
    let admitted = uses
        .into_iter()
        .filter(|one| one.package.name == wanted.name && wanted.admits(&one.package.version));
    let highest = admitted.max_by(|one, other| {
        (one.state, &one.package.version).cmp(&(other.state, &other.package.version))
    });
    highest.map(|one| (one.package, one.digest))
}

/// Parses a requirement for versions. Without one, every version but pre-releases is accepted.
pub(super) fn parse_versions(text: Option<&str>) -> Result<VersionReq, Problem> {
    let Some(text) = text else { return Ok(VersionReq::STAR) };
    VersionReq::parse(text).map_err(|_| {
        let detail = format!(
            "`{text}` is not a version requirement: write `^2.1`, `2.1`, `=2.1.0` or `>=2, <4`"
        );
        Problem::new(ProblemCode::InvalidParameter, detail)
    })
}

impl<S: Send + Sync> FromRequestParts<S> for NamedContract {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let not_found = || Problem::new(ProblemCode::NotFound, "there is nothing at this address");
        let names = RawPathParams::from_request_parts(parts, state).await;
        let names = names.map_err(|_| not_found())?;
        let names: Vec<_> = names.iter().map(|(_, name)| name).collect();
        names.join("/").parse().map(Self).map_err(|_| not_found())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package_use(gate: &str, version: &str, state: ContractUse) -> PackageUse {
        let name = PackageName::Contract("acme/claims".parse().unwrap());
        let package = PackageId { name, version: version.parse().unwrap() };
        PackageUse { gate: gate.parse().unwrap(), package, digest: Digest::of(version), state }
    }

    #[test]
    fn groups_gates_by_version() {
        let uses = vec![
            package_use("offers", "1.2.0", ContractUse::Serving),
            package_use("welcome-email", "1.10.0", ContractUse::Locked),
            package_use("a", "1.2.0", ContractUse::Locked),
            package_use("a", "1.2.0", ContractUse::Locked),
        ];
        let found: Vec<_> = group_by_version(uses)
            .into_iter()
            .map(|used| {
                let gates = used.gates.iter().map(|user| user.gate.to_string()).collect::<Vec<_>>();
                (used.version.to_string(), used.state, gates.join(" "))
            })
            .collect();
        let expected = [
            ("1.2.0".to_owned(), ContractUse::Serving, "a offers".to_owned()),
            ("1.10.0".to_owned(), ContractUse::Locked, "welcome-email".to_owned()),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn prefers_the_highest_locked_version() {
        let uses = || {
            vec![
                package_use("a", "1.9.0", ContractUse::Locked),
                package_use("b", "1.10.0", ContractUse::Locked),
                package_use("b", "2.0.0", ContractUse::Serving),
            ]
        };
        let highest = |wanted: &str| {
            let found = highest_used(uses(), &wanted.parse().unwrap());
            found.map(|(package, _)| package.version.to_string())
        };
        assert_eq!(highest("acme/claims").as_deref(), Some("1.10.0"));
        assert_eq!(highest("acme/claims@2").as_deref(), Some("2.0.0"));
        assert_eq!(highest("acme/claims@3"), None);
        assert_eq!(highest("acme/other"), None);
    }
}
