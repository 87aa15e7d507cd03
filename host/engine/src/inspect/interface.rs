//! How a component stands at the boundary: what it imports and what it exports.

use std::collections::BTreeSet;

use semver::Version;
use tollgate_model::Capability;
use wasmparser::component_types::{ComponentEntityType, ComponentFuncType};
use wasmparser::types::TypesRef;
use wasmparser::{ComponentExternalKind, Parser, Payload};

use super::InspectError;

const CONTRACT: &str = "tollgate:contract";
const HOST: &str = "tollgate:host";
/// The WIT version that this host serves; older ones of the same track run too.
const SERVED: Version = Version::new(0, 1, 0);
/// How many unknown imports a message names before it says "and more".
const NAMED_MAX: usize = 3;

/// Why a component does not stand at the boundary as a contract does.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It wants an operating system.
    #[error(
        "it imports `{0}`: a contract gets no WASI, because its imports are its capabilities. \
         Build it with `tollgate build`, which leaves WASI out"
    )]
    Wasi(String),
    /// It wants something that nobody here has.
    #[error("it imports {0}, which this host does not have: the capabilities are {known}", known = capabilities())]
    UnknownImports(String),
    /// It is built for a boundary of another time.
    #[error(
        "it is built for `{0}`, and this host serves {SERVED}: build it again with `tollgate build`"
    )]
    UnservedVersion(String),
    /// It does not judge.
    #[error(
        "it does not export `tollgate:contract/judge`: a contract exports `configure` and `judge`; \
         `tollgate new` makes one that does"
    )]
    NoJudge,
    /// It is built for two boundaries at once.
    #[error(
        "it exports `{0}` beside a `judge` of another version: build it again with `tollgate build`"
    )]
    MixedVersions(String),
    /// It judges in another way.
    #[error(
        "its export `{0}` is not as in `wit/contract.wit`: build it again with `tollgate build`"
    )]
    WrongExport(&'static str),
}

/// What a component imports and exports, by name.
pub(super) struct Boundary {
    pub(super) capabilities: BTreeSet<Capability>,
    pub(super) judge: String,
    pub(super) stream: Option<String>,
    pub(super) wit: Version,
}

pub(super) fn read(component: &[u8]) -> Result<Boundary, InspectError> {
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
    Ok(Boundary { capabilities, judge, stream, wit })
}

fn read_imports(imports: &[String]) -> Result<BTreeSet<Capability>, Unfit> {
    let (mut capabilities, mut unknown) = (BTreeSet::new(), Vec::new());
    for import in imports {
        match Import::of(import) {
            Import::TypesOnly => {}
            Import::Capability(capability) => {
                capabilities.insert(capability);
            }
            Import::Unserved => return Err(Unfit::UnservedVersion(import.clone())),
            Import::Wasi => return Err(Unfit::Wasi(import.clone())),
            Import::Unknown => unknown.push(import),
        }
    }
    if unknown.is_empty() { Ok(capabilities) } else { Err(Unfit::UnknownImports(list(&unknown))) }
}

enum Import {
    TypesOnly,
    Capability(Capability),
    Unserved,
    Wasi,
    Unknown,
}

impl Import {
    fn of(name: &str) -> Self {
        if name.starts_with("wasi:") {
            return Self::Wasi;
        }
        let Some((package, interface, version)) = split(name) else { return Self::Unknown };
        let known = match (package, interface) {
            (CONTRACT, "types") => Self::TypesOnly,
            (HOST, interface) => match Capability::named(interface) {
                Some(capability) => Self::Capability(capability),
                None => return Self::Unknown,
            },
            _ => return Self::Unknown,
        };
        if serves(&version) { known } else { Self::Unserved }
    }
}

fn find_judge(exports: &[String]) -> Result<(String, Version), Unfit> {
    let export = find(exports, "judge").ok_or(Unfit::NoJudge)?;
    match split(&export) {
        Some((_, _, version)) if serves(&version) => Ok((export.clone(), version)),
        _ => Err(Unfit::UnservedVersion(export)),
    }
}

fn find_stream(exports: &[String], wit: &Version) -> Result<Option<String>, Unfit> {
    let export = find(exports, "judge-stream");
    match export.as_deref().and_then(split) {
        Some((_, _, version)) if version != *wit => {
            Err(Unfit::MixedVersions(export.unwrap_or_default()))
        }
        _ => Ok(export),
    }
}

fn find(exports: &[String], interface: &str) -> Option<String> {
    let wanted =
        |name: &&String| matches!(split(name), Some((CONTRACT, found, _)) if found == interface);
    exports.iter().find(wanted).cloned()
}

/// `package:name/interface@version`
fn split(name: &str) -> Option<(&str, &str, Version)> {
    let (path, version) = name.split_once('@')?;
    let (package, interface) = path.split_once('/')?;
    Some((package, interface, Version::parse(version).ok()?))
}

/// The same track, and not newer than what we have.
fn serves(version: &Version) -> bool {
    let track = |version: &Version| (version.major, version.minor);
    track(version) == track(&SERVED) && *version <= SERVED && version.pre.is_empty()
}

/// The functions are there and take and return what they should in number. That these are
/// of the right types is checked to the last field when the component is linked.
pub(super) fn check_exports(boundary: &Boundary, types: TypesRef<'_>) -> Result<(), Unfit> {
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
) -> Result<(), Unfit> {
    let item = types.component_item_for_export(export).map(|item| item.ty);
    let Some(ComponentEntityType::Instance(id)) = item else { return Err(Unfit::NoJudge) };
    let Some(instance) = types.get(id) else { return Err(Unfit::NoJudge) };
    for &(name, parameters) in functions {
        let Some(ComponentEntityType::Func(id)) =
            instance.exports.get(name).map(|export| export.ty)
        else {
            return Err(Unfit::WrongExport(name));
        };
        let fits = |function: &ComponentFuncType| {
            function.params.len() == parameters && function.result.is_some()
        };
        if !types.get(id).is_some_and(fits) {
            return Err(Unfit::WrongExport(name));
        }
    }
    Ok(())
}

fn list(names: &[&String]) -> String {
    let quoted = |name: &&String| format!("`{name}`");
    let shown: Vec<_> = names.iter().take(NAMED_MAX).map(quoted).collect();
    match names.len().saturating_sub(NAMED_MAX) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn capabilities() -> String {
    Capability::ALL.map(|capability| format!("`{HOST}/{capability}`")).join(", ")
}
