//! Manifests: the parts of an artefact. Other tools write manifests too, so unknown keys are
//! ignored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tollgate_model::Digest;

use super::error::RequestError;

/// Media type of a manifest.
pub const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
/// Media type of an index, a list of manifests.
pub(crate) const INDEX_TYPE: &str = "application/vnd.oci.image.index.v1+json";
/// Media type of `{}`, the configuration of artefacts that need none.
pub(super) const EMPTY_TYPE: &str = "application/vnd.oci.empty.v1+json";
/// Types that Docker used before the specification. Some registries still convert to them.
const DOCKER_MANIFEST_TYPE: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_INDEX_TYPE: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
/// Types sent in `Accept`. If the index types are missing, some registries choose one manifest of
/// an index by themselves.
pub(super) const ACCEPTED_TYPES: [&str; 4] =
    [MANIFEST_TYPE, INDEX_TYPE, DOCKER_MANIFEST_TYPE, DOCKER_INDEX_TYPE];

pub type Annotations = BTreeMap<String, String>;

/// The parts of an artefact and the artefact that it refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtefactManifest {
    schema_version: u32,
    #[serde(default = "default_media_type", skip_serializing_if = "String::is_empty")]
    pub media_type: String,
    /// Kind of artefact. Older tools leave it out and use the configuration's media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    pub config: Descriptor,
    #[serde(default)]
    pub layers: Vec<Descriptor>,
    /// Artefact that this one refers to, e.g. the package that it signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Descriptor>,
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// Reference to a blob or a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    pub media_type: String,
    pub digest: Digest,
    pub size: u64,
    /// Kind of artefact. Only set in lists of referrers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// The keys that distinguish a manifest from an index.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DocumentKind {
    #[serde(default)]
    media_type: String,
    manifests: Option<Vec<serde::de::IgnoredAny>>,
}

fn default_media_type() -> String {
    MANIFEST_TYPE.into()
}

impl ArtefactManifest {
    pub(super) fn new(artifact_type: &str, config: Descriptor, layers: Vec<Descriptor>) -> Self {
        Self {
            schema_version: 2,
            media_type: default_media_type(),
            artifact_type: Some(artifact_type.into()),
            config,
            layers,
            subject: None,
            annotations: Annotations::new(),
        }
    }

    /// Parses a manifest. An index is an error of its own.
    pub fn parse(bytes: &[u8]) -> Result<Self, RequestError> {
        let malformed = |error| RequestError::malformed("manifest", error);
        let kind: DocumentKind = serde_json::from_slice(bytes).map_err(malformed)?;
        let is_index = kind.media_type == INDEX_TYPE || kind.media_type == DOCKER_INDEX_TYPE;
        match kind.manifests {
            Some(manifests) => return Err(RequestError::UnexpectedIndex(manifests.len())),
            None if is_index => return Err(RequestError::UnexpectedIndex(0)),
            None => {}
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(malformed)?;
        match (manifest.schema_version, manifest.media_type.as_str()) {
            (2, MANIFEST_TYPE | DOCKER_MANIFEST_TYPE) => Ok(manifest),
            (2, other) => {
                Err(RequestError::malformed("manifest", format!("its media type is `{other}`")))
            }
            (other, _) => {
                Err(RequestError::malformed("manifest", format!("its schema version is {other}")))
            }
        }
    }

    /// Returns the artefact type, or the configuration's media type if there is none.
    pub fn artefact_kind(&self) -> &str {
        self.artifact_type.as_deref().unwrap_or(&self.config.media_type)
    }

    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, RequestError> {
        serde_json::to_vec(self).map_err(|error| RequestError::malformed("manifest", error))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn descriptor() -> Descriptor {
        let digest = Digest::of("{}");
        let (artifact_type, annotations) = (None, Annotations::new());
        Descriptor { media_type: EMPTY_TYPE.into(), digest, size: 2, artifact_type, annotations }
    }

    #[test]
    fn manifests_round_trip_through_json() {
        let mut manifest =
            ArtefactManifest::new("application/vnd.acme", descriptor(), vec![descriptor()]);
        manifest.subject = Some(descriptor());
        manifest.annotations.insert("title".into(), "claims".into());
        assert_eq!(ArtefactManifest::parse(&manifest.to_bytes().unwrap()).unwrap(), manifest);
        assert_eq!(manifest.artefact_kind(), "application/vnd.acme");
    }

    #[test]
    fn ignores_unknown_keys_of_other_tools() {
        let manifest = ArtefactManifest::new("application/vnd.acme", descriptor(), vec![]);
        let mut document: serde_json::Value =
            serde_json::from_slice(&manifest.to_bytes().unwrap()).unwrap();
        document["new"] = json!({"in": "1.2"});
        document["config"]["data"] = json!("e30=");
        document["config"]["urls"] = json!(["https://evil.example"]);
        document.as_object_mut().unwrap().remove("mediaType");
        assert_eq!(ArtefactManifest::parse(document.to_string().as_bytes()).unwrap(), manifest);
    }

    #[test]
    fn reports_an_index_as_such() {
        let parse = |document: serde_json::Value| {
            ArtefactManifest::parse(document.to_string().as_bytes()).unwrap_err()
        };
        let index = json!({"schemaVersion": 2, "manifests": [descriptor(), descriptor()]});
        assert!(matches!(parse(index), RequestError::UnexpectedIndex(2)));
        let index = json!({"schemaVersion": 2, "mediaType": DOCKER_INDEX_TYPE});
        assert!(matches!(parse(index), RequestError::UnexpectedIndex(0)));
    }

    #[test]
    fn rejects_other_documents() {
        let config = json!(descriptor());
        let mut sha512 = config.clone();
        sha512["digest"] = json!(format!("sha512:{}", "0".repeat(128)));
        for document in [
            json!({}),
            json!([]),
            json!({"schemaVersion": 1, "config": config}),
            json!({"schemaVersion": 2, "mediaType": "text/plain", "config": config}),
            json!({"schemaVersion": 2, "config": sha512}),
            json!({"schemaVersion": 2, "config": config, "layers": [{"size": -1}]}),
        ] {
            let parsed = ArtefactManifest::parse(document.to_string().as_bytes());
            assert!(matches!(parsed, Err(RequestError::Malformed { .. })), "{document}");
        }
    }
}
