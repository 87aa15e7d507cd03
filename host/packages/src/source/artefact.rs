//! Packages as OCI artefacts, in layouts that other tools understand.
//!
//! A contract uses the layout that `wkg` pushes and pulls: a configuration that lists imports and
//! exports, and the component as the only layer. A prompt is an artefact of a type of its own. The
//! package's metadata is stored in an annotation, so that a version can be chosen without
//! downloading it. Signatures and yank notices are referrers of the artefact.

use serde_json::json;

use crate::package::{PackageMetadata, PackageName, YankNotice};
use crate::registry::{Annotations, Artefact, ArtefactManifest, Blob};
use crate::trust::Envelope;

const CONTRACT_CONFIG_TYPE: &str = "application/vnd.wasm.config.v0+json";
const COMPONENT_TYPE: &str = "application/wasm";
const PROMPT_TYPE: &str = "application/vnd.tollgate.prompt.v1";
const PROMPT_TEXT_TYPE: &str = "application/vnd.tollgate.prompt.v1+text";
/// Media type of DSSE envelopes, used by other tools for signatures, too.
pub(crate) const SIGNATURE_TYPE: &str = "application/vnd.dsse.envelope.v1+json";
pub(crate) const YANK_TYPE: &str = "application/vnd.tollgate.yanked.v1";

/// Annotation with the package's metadata as JSON.
const METADATA_ANNOTATION: &str = "dev.tollgate.metadata";
/// Annotation with the reason why the version rises less than its behaviour requires.
const FORCED_REASON_ANNOTATION: &str = "dev.tollgate.forced-reason";
/// Annotation with the reason why a version is yanked.
const YANK_REASON_ANNOTATION: &str = "dev.tollgate.yank-reason";
/// `wkg` requires a creation time. A constant keeps the artefact's digest independent of when the
/// package is published.
const FIXED_TIMESTAMP: &str = "1970-01-01T00:00:00Z";

/// Builds the artefact of a package. `bytes` returns the package's bytes as a blob of the given
/// media type.
pub(crate) fn build_artefact<E: From<serde_json::Error>>(
    metadata: &PackageMetadata,
    forced: Option<&str>,
    bytes: impl FnOnce(&str) -> Result<Blob, E>,
) -> Result<Artefact, E> {
    let (artifact_type, config, layer) = match metadata.package.name {
        PackageName::Contract(_) => {
            let config =
                Blob::bytes(CONTRACT_CONFIG_TYPE, serde_json::to_vec(&component_config(metadata))?);
            (CONTRACT_CONFIG_TYPE, config, bytes(COMPONENT_TYPE)?)
        }
        PackageName::Prompt(_) => (PROMPT_TYPE, Blob::empty(), bytes(PROMPT_TEXT_TYPE)?),
    };
    let mut annotations = Annotations::new();
    let mut annotate = |name: &str, text: &str| annotations.insert(name.into(), text.into());
    annotate(METADATA_ANNOTATION, &serde_json::to_string(metadata)?);
    annotate("org.opencontainers.image.title", &metadata.package.name.to_string());
    annotate("org.opencontainers.image.version", &metadata.package.version.to_string());
    if let Some(contract) = &metadata.contract {
        annotate("org.opencontainers.image.description", &contract.description);
        annotate("org.opencontainers.image.licenses", &contract.license);
    }
    if let Some(reason) = forced {
        annotate(FORCED_REASON_ANNOTATION, reason);
    }
    Ok(Artefact { artifact_type: artifact_type.into(), config, layers: vec![layer], annotations })
}

/// Returns the metadata of a package and its forced-version reason. Errors are the reason as text,
/// for [`SourceError::UnreadableDescription`](super::SourceError).
pub(crate) fn read_metadata(
    manifest: &ArtefactManifest,
) -> Result<(PackageMetadata, Option<String>), String> {
    let json = manifest
        .annotations
        .get(METADATA_ANNOTATION)
        .ok_or("it has no package metadata, so another tool pushed it")?;
    let metadata: PackageMetadata =
        serde_json::from_str(json).map_err(|error| error.to_string())?;
    let [layer] = manifest.layers.as_slice() else {
        return Err(format!("it has {} layers instead of one", manifest.layers.len()));
    };
    if (layer.digest, layer.size) != (metadata.digest, metadata.size_bytes) {
        return Err(format!(
            "its metadata names {}, but its layer is {}",
            metadata.digest, layer.digest
        ));
    }
    Ok((metadata, manifest.annotations.get(FORCED_REASON_ANNOTATION).cloned()))
}

/// Builds the artefact of a signature.
pub(crate) fn signature_artefact(envelope: &Envelope) -> serde_json::Result<Artefact> {
    Ok(Artefact {
        artifact_type: SIGNATURE_TYPE.into(),
        config: Blob::empty(),
        layers: vec![Blob::bytes(SIGNATURE_TYPE, envelope.to_json()?)],
        annotations: Annotations::new(),
    })
}

/// Builds the artefact that marks a version as yanked.
pub(crate) fn yank_artefact(reason: &str) -> Artefact {
    Artefact {
        artifact_type: YANK_TYPE.into(),
        config: Blob::empty(),
        layers: vec![Blob::empty()],
        annotations: [(YANK_REASON_ANNOTATION.into(), reason.into())].into(),
    }
}

/// Reads a yank notice from the annotations of its artefact.
pub(crate) fn yank_notice(annotations: &Annotations) -> YankNotice {
    let reason = annotations.get(YANK_REASON_ANNOTATION).cloned();
    YankNotice { reason: reason.unwrap_or_else(|| "no reason was given".into()) }
}

/// Builds the configuration that `wkg` and other tools read instead of opening the component.
fn component_config(metadata: &PackageMetadata) -> serde_json::Value {
    let contract = metadata.contract.as_deref();
    let wit = contract.map(|contract| contract.wit.to_string()).unwrap_or_default();
    let capabilities = contract.iter().flat_map(|contract| contract.capabilities.keys());
    let imports: Vec<_> =
        capabilities.map(|capability| format!("tollgate:host/{capability}@{wit}")).collect();
    let mut exports = vec![format!("tollgate:contract/judge@{wit}")];
    if contract.is_some_and(|contract| contract.stream) {
        exports.push(format!("tollgate:contract/judge-stream@{wit}"));
    }
    json!({
        "created": FIXED_TIMESTAMP,
        "author": null,
        "architecture": "wasm",
        "os": "wasip2",
        "layerDigests": [metadata.digest],
        "component": {"exports": exports, "imports": imports, "target": null},
    })
}
