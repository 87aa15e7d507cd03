//! What a component is, without running any of it.
//!
//! The host links no WASI at all, so a component's imports *are* its capabilities and
//! can be read off. Whatever this host would not run is refused here, with what to do.

mod bombs;
mod interface;
mod snapshotable;

use std::collections::BTreeSet;

use semver::Version;
use tollgate_model::{Capability, Determinism, Digest, Manifest};
use wasmparser::Validator;

pub use interface::Unfit;

use crate::features;
use crate::manifest_section::{ManifestError, read_manifest};

/// The largest toolchain known makes 18 MB; what is larger is a mistake.
pub const COMPONENT_BYTES_MAX: usize = 64 << 20;

/// What can be known of a component without running it.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// What identifies it.
    pub digest: Digest,
    /// Its size.
    pub bytes: usize,
    /// What it says of itself.
    pub manifest: Manifest,
    /// What it imports.
    pub capabilities: BTreeSet<Capability>,
    /// What follows from that.
    pub determinism: Determinism,
    /// Whether its configured state can be kept, and if not, why.
    pub snapshot: Result<(), String>,
}

/// Why a file is not a contract that this host runs.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// Nobody reads that much.
    #[error("it has {bytes} bytes, and a contract may have {COMPONENT_BYTES_MAX}")]
    TooLarge {
        /// How large it is.
        bytes: usize,
    },
    /// It is not WebAssembly, or damaged.
    #[error(
        "it is not a WebAssembly component, a damaged one, or one that uses more of WebAssembly \
         than contracts may: {0}"
    )]
    Malformed(String),
    /// It is WebAssembly of the older kind.
    #[error("it is a core module, not a component: build it with `tollgate build`")]
    CoreModule,
    /// It is small, and compiling it is not.
    #[error("it would take too much to compile: {0}")]
    Bomb(String),
    /// It does not stand at the boundary as a contract does.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// It does not say what it is.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// It says that it is built for something else.
    #[error(
        "its manifest names WIT version {manifest}, and it is built for {export}: build it again \
         with `tollgate build`"
    )]
    WitVersion {
        /// What the manifest says.
        manifest: Version,
        /// What the component exports.
        export: Version,
    },
    /// It says that it judges texts while they are written, and does not, or the other way.
    #[error(
        "its manifest {} `stream = true`, and it {} `tollgate:contract/judge-stream`: the two go \
         together",
        if *manifest { "says" } else { "does not say" },
        if *manifest { "does not export" } else { "exports" }
    )]
    Stream {
        /// What the manifest says.
        manifest: bool,
    },
    /// It imports what its manifest does not own up to.
    #[error(
        "it imports `{0}`, which its manifest does not declare: add it under `[capabilities]` in \
         `contract.toml`, with the reason, or stop using it"
    )]
    Undeclared(Capability),
}

/// Looks at a component. Nothing of it is run.
pub fn inspect(component: &[u8]) -> Result<Inspection, InspectError> {
    if component.len() > COMPONENT_BYTES_MAX {
        return Err(InspectError::TooLarge { bytes: component.len() });
    }
    let malformed =
        |error: wasmparser::BinaryReaderError| InspectError::Malformed(error.to_string());
    if wasmparser::Parser::is_core_wasm(component) {
        return Err(InspectError::CoreModule);
    }
    bombs::check(component)?;
    // Imports and exports come next: what they say is of more use to the author of a
    // component for another host than that it also uses a feature that we do not have.
    let boundary = interface::read(component)?;
    let types =
        Validator::new_with_features(features()).validate_all(component).map_err(malformed)?;
    interface::check_exports(&boundary, types.as_ref())?;

    let manifest = read_manifest(component)?;
    if manifest.contract.wit != boundary.wit {
        let (manifest, export) = (manifest.contract.wit, boundary.wit);
        return Err(InspectError::WitVersion { manifest, export });
    }
    if manifest.contract.stream != boundary.stream.is_some() {
        return Err(InspectError::Stream { manifest: manifest.contract.stream });
    }
    let declared = &manifest.contract.capabilities;
    if let Some(hidden) = boundary.capabilities.iter().find(|one| !declared.contains_key(one)) {
        return Err(InspectError::Undeclared(*hidden));
    }
    Ok(Inspection {
        digest: Digest::of(component),
        bytes: component.len(),
        determinism: Determinism::of(boundary.capabilities.iter().copied()),
        capabilities: boundary.capabilities,
        snapshot: snapshotable::check(component),
        manifest,
    })
}
