//! Packages as artefacts of registries, in the forms that other tools know.
//!
//! A contract is what `wkg` pushes and pulls: a configuration that says what it imports and
//! exports, and the component as its one layer. A prompt is an artefact of a type of its own. What is
//! known of a package stands in an annotation, so that it can be chosen without being fetched.
//! Signatures, and that a version is yanked, refer to it.

use serde_json::json;

use crate::package::{About, PackageName, Yanked};
use crate::registry::{Annotations, Artefact, Blob, Manifest};
use crate::trust::Envelope;

const CONTRACT: &str = "application/vnd.wasm.config.v0+json";
const COMPONENT: &str = "application/wasm";
const PROMPT: &str = "application/vnd.tollgate.prompt.v1";
const PROMPT_TEXT: &str = "application/vnd.tollgate.prompt.v1+text";
/// What a signature is, and says that it is, wherever envelopes are used.
pub(crate) const SIGNATURE: &str = "application/vnd.dsse.envelope.v1+json";
pub(crate) const YANKED: &str = "application/vnd.tollgate.yanked.v1";

/// What is known of a package, as JSON.
const ABOUT: &str = "dev.tollgate.about";
/// Why its version moves less than its behaviour does.
const FORCED: &str = "dev.tollgate.forced";
/// Why a version is yanked.
const REASON: &str = "dev.tollgate.reason";
/// Tools that have no such moment want one. The same package is the same artefact, whenever it
/// is published.
const NO_TIME: &str = "1970-01-01T00:00:00Z";

/// A package to be pushed, its bytes as this type of blob.
pub(crate) fn of<E: From<serde_json::Error>>(
    about: &About,
    forced: Option<&str>,
    bytes: impl FnOnce(&str) -> Result<Blob, E>,
) -> Result<Artefact, E> {
    let (artifact_type, config, layer) = match about.package.name {
        PackageName::Contract(_) => {
            let config = Blob::bytes(CONTRACT, serde_json::to_vec(&configuration(about))?);
            (CONTRACT, config, bytes(COMPONENT)?)
        }
        PackageName::Prompt(_) => (PROMPT, Blob::empty(), bytes(PROMPT_TEXT)?),
    };
    let mut annotations = Annotations::new();
    let mut say = |name: &str, text: &str| annotations.insert(name.into(), text.into());
    say(ABOUT, &serde_json::to_string(about)?);
    say("org.opencontainers.image.title", &about.package.name.to_string());
    say("org.opencontainers.image.version", &about.package.version.to_string());
    if let Some(contract) = &about.contract {
        say("org.opencontainers.image.description", &contract.description);
        say("org.opencontainers.image.licenses", &contract.license);
    }
    if let Some(reason) = forced {
        say(FORCED, reason);
    }
    Ok(Artefact { artifact_type: artifact_type.into(), config, layers: vec![layer], annotations })
}

/// What an artefact says of the package that it is; why not, where it says nothing that holds.
pub(crate) fn about(manifest: &Manifest) -> Result<(About, Option<String>), String> {
    let written = manifest.annotations.get(ABOUT).ok_or(
        "it was pushed by another tool, and does not say what it is: `tollgate publish` says it",
    )?;
    let about: About = serde_json::from_str(written).map_err(|error| error.to_string())?;
    let [layer] = manifest.layers.as_slice() else {
        return Err(format!("it has {} layers, and a package has one", manifest.layers.len()));
    };
    if (layer.digest, layer.size) != (about.digest, about.size_bytes) {
        return Err(format!("it is described as {}, and is {}", about.digest, layer.digest));
    }
    Ok((about, manifest.annotations.get(FORCED).cloned()))
}

/// A signature to be pushed.
pub(crate) fn signature(envelope: &Envelope) -> serde_json::Result<Artefact> {
    Ok(Artefact {
        artifact_type: SIGNATURE.into(),
        config: Blob::empty(),
        layers: vec![Blob::bytes(SIGNATURE, envelope.to_json()?)],
        annotations: Annotations::new(),
    })
}

/// That a version is yanked.
pub(crate) fn yanked(reason: &str) -> Artefact {
    Artefact {
        artifact_type: YANKED.into(),
        config: Blob::empty(),
        layers: vec![Blob::empty()],
        annotations: [(REASON.into(), reason.into())].into(),
    }
}

/// Why a version is yanked, by what is said of what refers to it.
pub(crate) fn reason(said: &Annotations) -> Yanked {
    let reason = said.get(REASON).cloned();
    Yanked { reason: reason.unwrap_or_else(|| "no reason was given".into()) }
}

/// What `wkg` and others read of a component without opening it.
fn configuration(about: &About) -> serde_json::Value {
    let contract = about.contract.as_deref();
    let wit = contract.map(|contract| contract.wit.to_string()).unwrap_or_default();
    let capabilities = contract.iter().flat_map(|contract| contract.capabilities.keys());
    let imports: Vec<_> =
        capabilities.map(|capability| format!("tollgate:host/{capability}@{wit}")).collect();
    let mut exports = vec![format!("tollgate:contract/judge@{wit}")];
    if contract.is_some_and(|contract| contract.stream) {
        exports.push(format!("tollgate:contract/judge-stream@{wit}"));
    }
    json!({
        "created": NO_TIME,
        "author": null,
        "architecture": "wasm",
        "os": "wasip2",
        "layerDigests": [about.digest],
        "component": {"exports": exports, "imports": imports, "target": null},
    })
}
