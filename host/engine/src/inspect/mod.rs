//! Inspects a component without running it.
//!
//! The host links no WASI, so a component's imports are exactly its capabilities. A component
//! that this host does not run is rejected here, with a message that says what to do.

mod bombs;
mod interface;
mod snapshotable;

use std::collections::BTreeSet;

use semver::Version;
use tollgate_model::{Capability, Determinism, Digest, Manifest};
use wasmparser::Validator;

pub use bombs::CompileAmount;
pub use interface::InterfaceError;

use crate::manifest_section::{ManifestError, read_manifest};
use crate::wasm_features;

/// Largest component that is read. The largest toolchain known makes 18 MB.
pub const COMPONENT_BYTES_MAX: usize = 64 << 20;

/// Facts about a component that are known without running it.
#[derive(Clone, Debug)]
pub struct Inspection {
    pub digest: Digest,
    /// Size of the component.
    pub bytes: usize,
    pub manifest: Manifest,
    /// Capabilities that it imports.
    pub capabilities: BTreeSet<Capability>,
    /// Follows from the capabilities.
    pub determinism: Determinism,
    /// `Ok` if its configured state can be snapshotted, else the reason.
    pub snapshot: Result<(), String>,
}

/// A file is not a contract that this host runs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InspectError {
    #[error("it has {bytes} bytes, but a contract may have at most {COMPONENT_BYTES_MAX}")]
    TooLarge { bytes: usize },
    #[error("it is not a WebAssembly file")]
    NotWasm,
    /// It does not validate with the features that contracts may use.
    #[error("it is damaged, or uses WebAssembly features that contracts may not use: {0}")]
    Malformed(String),
    #[error("it is a core module, not a component")]
    CoreModule,
    /// It is small but would take very long or very much memory to compile.
    #[error(
        "compiling it would take too long or too much memory: it has {found} {amount}, but the limit \
         is {limit}"
    )]
    Bomb {
        /// Amount that is too large.
        amount: CompileAmount,
        found: u64,
        limit: u64,
    },
    /// Its imports or exports are not those of a contract.
    #[error(transparent)]
    Interface(#[from] InterfaceError),
    /// Its manifest is missing or cannot be read.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The WIT versions of the manifest and of the exports differ.
    #[error("its manifest names WIT version {manifest}, but it is built for {export}")]
    WitVersionMismatch {
        /// WIT version that the manifest names.
        manifest: Version,
        /// WIT version of the exported `judge`.
        export: Version,
    },
    /// Only one of manifest and exports says that it can judge streams.
    #[error(
        "its manifest {} `stream = true`, but it {} `tollgate:contract/judge-stream`: a contract \
         needs both or neither",
        if *manifest { "says" } else { "does not say" },
        if *manifest { "does not export" } else { "exports" }
    )]
    StreamMismatch {
        /// Value of `stream` in the manifest.
        manifest: bool,
    },
    /// It imports a capability that its manifest does not declare.
    #[error(
        "it imports `{0}`, which its manifest does not declare: add it under `[capabilities]` in \
         `contract.toml`, with the reason, or stop using it"
    )]
    UndeclaredCapability(Capability),
}

/// Inspects a component without running any of it.
pub fn inspect(component: &[u8]) -> Result<Inspection, InspectError> {
    if component.len() > COMPONENT_BYTES_MAX {
        return Err(InspectError::TooLarge { bytes: component.len() });
    }
    let malformed =
        |error: wasmparser::BinaryReaderError| InspectError::Malformed(error.to_string());
    if !component.starts_with(b"\0asm") {
        return Err(InspectError::NotWasm);
    }
    if wasmparser::Parser::is_core_wasm(component) {
        return Err(InspectError::CoreModule);
    }
    bombs::check_compile_cost(component)?;
    // Imports and exports are checked before the features: for the author of a component built
    // for another host, "it imports WASI" helps more than "it uses threads".
    let boundary = interface::read_interface(component)?;
    let types =
        Validator::new_with_features(wasm_features()).validate_all(component).map_err(malformed)?;
    interface::check_exports(&boundary, types.as_ref())?;

    let manifest = read_manifest(component)?;
    if manifest.contract.wit != boundary.wit {
        let (manifest, export) = (manifest.contract.wit, boundary.wit);
        return Err(InspectError::WitVersionMismatch { manifest, export });
    }
    if manifest.contract.stream != boundary.stream.is_some() {
        return Err(InspectError::StreamMismatch { manifest: manifest.contract.stream });
    }
    let declared = &manifest.contract.capabilities;
    if let Some(hidden) =
        boundary.capabilities.iter().find(|capability| !declared.contains_key(capability))
    {
        return Err(InspectError::UndeclaredCapability(*hidden));
    }
    Ok(Inspection {
        digest: Digest::of(component),
        bytes: component.len(),
        determinism: Determinism::from_capabilities(boundary.capabilities.iter().copied()),
        capabilities: boundary.capabilities,
        snapshot: snapshotable::check_snapshotable(component),
        manifest,
    })
}
