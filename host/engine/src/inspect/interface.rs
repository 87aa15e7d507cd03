//! Reads and checks the imports and exports of a component.

use std::collections::BTreeSet;

use semver::Version;
use tollgate_model::Capability;
use wasmparser::component_types::{ComponentEntityType, ComponentFuncType};
use wasmparser::types::TypesRef;
use wasmparser::{ComponentExternalKind, Parser, Payload};

use super::InspectError;

const CONTRACT_PACKAGE: &str = "tollgate:contract";
const HOST_PACKAGE: &str = "tollgate:host";
/// WIT version that this host serves. Older ones with the same major and minor version run too.
const WIT_VERSION_SERVED: Version = Version::new(0, 1, 0);
/// Number of unknown imports that a message names before it says "and N more".
const IMPORTS_NAMED_MAX: usize = 3;

/// The imports or exports of a component are not those of a contract.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InterfaceError {
    /// It imports WASI.
    #[error(
        "it imports `{0}`: contracts get no WASI, because their imports are their capabilities"
    )]
    Wasi(String),
    /// It imports something that is not a capability.
    #[error("it imports {0}, which this host does not provide: the capabilities are {known}", known = list_capabilities())]
    UnknownImports(String),
    /// It is built for a WIT version that this host does not serve.
    #[error("it is built for `{0}`, but this host serves {WIT_VERSION_SERVED}")]
    UnservedVersion(String),
    #[error(
        "it does not export `tollgate:contract/judge`: a contract exports `configure` and `judge`"
    )]
    NoJudge,
    /// `judge` and `judge-stream` are of different WIT versions.
    #[error("it exports `{0}` but a `judge` of another version")]
    MixedVersions(String),
    /// An exported function has another signature than in the WIT.
    #[error("its export `{0}` differs from `contract.wit`")]
    WrongExport(&'static str),
}

/// Imports and exports of a component, by name.
pub(super) struct ComponentInterface {
    pub(super) capabilities: BTreeSet<Capability>,
    pub(super) judge: String,
    pub(super) stream: Option<String>,
    pub(super) wit: Version,
}

pub(super) fn read_interface(component: &[u8]) -> Result<ComponentInterface, InspectError> {
    let malformed =
        |error: wasmparser::BinaryReaderError| InspectError::Malformed(error.to_string());
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(component) {
        match payload.map_err(malformed)? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    imports.push(import.map_err(malformed)?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    let export = export.map_err(malformed)?;
                    if export.kind == ComponentExternalKind::Instance {
                        exports.push(export.name.name.to_owned());
                    }
                }
            }
            _ => {}
        }
    }
    let capabilities = read_imports(&imports)?;
    let (judge, wit) = find_judge(&exports)?;
    let stream = find_stream(&exports, &wit)?;
    Ok(ComponentInterface { capabilities, judge, stream, wit })
}

fn read_imports(imports: &[String]) -> Result<BTreeSet<Capability>, InterfaceError> {
    let (mut capabilities, mut unknown) = (BTreeSet::new(), Vec::new());
    for import in imports {
        match ImportKind::classify(import) {
            ImportKind::TypesOnly => {}
            ImportKind::Capability(capability) => {
                capabilities.insert(capability);
            }
            ImportKind::Unserved => return Err(InterfaceError::UnservedVersion(import.clone())),
            ImportKind::Wasi => return Err(InterfaceError::Wasi(import.clone())),
            ImportKind::Unknown => unknown.push(import),
        }
    }
    if unknown.is_empty() {
        Ok(capabilities)
    } else {
        Err(InterfaceError::UnknownImports(list_names(&unknown)))
    }
}

enum ImportKind {
    TypesOnly,
    Capability(Capability),
    Unserved,
    Wasi,
    Unknown,
}

impl ImportKind {
    fn classify(name: &str) -> Self {
        if name.starts_with("wasi:") {
            return Self::Wasi;
        }
        let Some((package, interface, version)) = split_interface_name(name) else {
            return Self::Unknown;
        };
        let known = match (package, interface) {
            (CONTRACT_PACKAGE, "types") => Self::TypesOnly,
            (HOST_PACKAGE, interface) => match Capability::from_name(interface) {
                Some(capability) => Self::Capability(capability),
                None => return Self::Unknown,
            },
            _ => return Self::Unknown,
        };
        if is_served(&version) { known } else { Self::Unserved }
    }
}

fn find_judge(exports: &[String]) -> Result<(String, Version), InterfaceError> {
    let export = find_export(exports, "judge").ok_or(InterfaceError::NoJudge)?;
    match split_interface_name(&export) {
        Some((_, _, version)) if is_served(&version) => Ok((export.clone(), version)),
        _ => Err(InterfaceError::UnservedVersion(export)),
    }
}

fn find_stream(exports: &[String], wit: &Version) -> Result<Option<String>, InterfaceError> {
    let export = find_export(exports, "judge-stream");
    match export.as_deref().and_then(split_interface_name) {
        Some((_, _, version)) if version != *wit => {
            Err(InterfaceError::MixedVersions(export.unwrap_or_default()))
        }
        _ => Ok(export),
    }
}

fn find_export(exports: &[String], interface: &str) -> Option<String> {
    let is_interface = |name: &&String| {
        let parts = split_interface_name(name);
        matches!(parts, Some((CONTRACT_PACKAGE, found, _)) if found == interface)
    };
    exports.iter().find(is_interface).cloned()
}

/// Splits `package:name/interface@version`.
fn split_interface_name(name: &str) -> Option<(&str, &str, Version)> {
    let (path, version) = name.split_once('@')?;
    let (package, interface) = path.split_once('/')?;
    Some((package, interface, Version::parse(version).ok()?))
}

/// Returns whether this host serves a WIT version: same major and minor version, not newer.
fn is_served(version: &Version) -> bool {
    let line = |version: &Version| (version.major, version.minor);
    line(version) == line(&WIT_VERSION_SERVED)
        && *version <= WIT_VERSION_SERVED
        && version.pre.is_empty()
}

/// Checks that the exported functions exist, with the right number of parameters and results.
/// Linking the component checks the types themselves, down to the last field.
pub(super) fn check_exports(
    boundary: &ComponentInterface,
    types: TypesRef<'_>,
) -> Result<(), InterfaceError> {
    check_functions(&boundary.judge, &[("configure", 1), ("judge", 1)], types)?;
    match &boundary.stream {
        Some(stream) => check_functions(stream, &[("begin", 1), ("push", 1), ("finish", 0)], types),
        None => Ok(()),
    }
}

fn check_functions(
    export: &str,
    functions: &[(&'static str, usize)],
    types: TypesRef<'_>,
) -> Result<(), InterfaceError> {
    let item = types.component_item_for_export(export).map(|item| item.ty);
    let Some(ComponentEntityType::Instance(id)) = item else { return Err(InterfaceError::NoJudge) };
    let Some(instance) = types.get(id) else { return Err(InterfaceError::NoJudge) };
    for &(name, parameters) in functions {
        let Some(ComponentEntityType::Func(id)) =
            instance.exports.get(name).map(|export| export.ty)
        else {
            return Err(InterfaceError::WrongExport(name));
        };
        let fits = |function: &ComponentFuncType| {
            function.params.len() == parameters && function.result.is_some()
        };
        if !types.get(id).is_some_and(fits) {
            return Err(InterfaceError::WrongExport(name));
        }
    }
    Ok(())
}

fn list_names(names: &[&String]) -> String {
    let quoted = |name: &&String| format!("`{name}`");
    let shown: Vec<_> = names.iter().take(IMPORTS_NAMED_MAX).map(quoted).collect();
    match names.len().saturating_sub(IMPORTS_NAMED_MAX) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn list_capabilities() -> String {
    Capability::ALL.map(|capability| format!("`{HOST_PACKAGE}/{capability}`")).join(", ")
}
