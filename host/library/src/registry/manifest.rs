//! Manifests: what an artefact is made of. Written by tools of all kinds, so that keys that are
//! unknown here are none of ours.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tollgate_model::Digest;

use super::error::Problem;

/// The media type of a manifest.
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// The media type of a list of manifests.
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// The media type of `{}`, for what has no configuration.
pub(super) const EMPTY: &str = "application/vnd.oci.empty.v1+json";
/// What Docker wrote before there were specifications. Some registries make one of the other.
const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_INDEX: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
/// What is asked for. Without the indexes, some registries pick a manifest of one by themselves.
pub(super) const ACCEPTED: [&str; 4] = [MANIFEST, INDEX, DOCKER_MANIFEST, DOCKER_INDEX];

/// Annotations are names and texts.
pub type Annotations = BTreeMap<String, String>;

/// What an artefact is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    schema_version: u32,
    /// Its own media type.
    #[serde(default = "manifest", skip_serializing_if = "String::is_empty")]
    pub media_type: String,
    /// What kind of artefact it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// The blob that describes it.
    pub config: Descriptor,
    /// The blobs that it is made of.
    #[serde(default)]
    pub layers: Vec<Descriptor>,
    /// What it refers to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Descriptor>,
    /// What else is said of it.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// A blob or a manifest, by its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What it is.
    pub media_type: String,
    /// Which.
    pub digest: Digest,
    /// How many bytes it has.
    pub size: u64,
    /// In lists of referrers, what kind of artefact it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// What else is said of it.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// What tells a manifest from other documents.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    #[serde(default)]
    media_type: String,
    manifests: Option<Vec<serde::de::IgnoredAny>>,
}

fn manifest() -> String {
    MANIFEST.into()
}

impl Manifest {
    pub(super) fn new(artifact_type: &str, config: Descriptor, layers: Vec<Descriptor>) -> Self {
        Self {
            schema_version: 2,
            media_type: manifest(),
            artifact_type: Some(artifact_type.into()),
            config,
            layers,
            subject: None,
            annotations: Annotations::new(),
        }
    }

    /// Reads one. A list of manifests is none, and says so.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let wrong = |error| Problem::malformed("manifest", error);
        let kind: Kind = serde_json::from_slice(bytes).map_err(wrong)?;
        let is_index = kind.media_type == INDEX || kind.media_type == DOCKER_INDEX;
        match kind.manifests {
            Some(manifests) => return Err(Problem::Index(manifests.len())),
            None if is_index => return Err(Problem::Index(0)),
            None => {}
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(wrong)?;
        match (manifest.schema_version, manifest.media_type.as_str()) {
            (2, MANIFEST | DOCKER_MANIFEST) => Ok(manifest),
            (2, other) => Err(Problem::malformed("manifest", format!("it is `{other}`"))),
            (other, _) => Err(Problem::malformed("manifest", format!("its schema is {other}"))),
        }
    }

    /// What kind of artefact it is: what it says itself, or else what its configuration is.
    pub fn kind(&self) -> &str {
        self.artifact_type.as_deref().unwrap_or(&self.config.media_type)
    }

    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, Problem> {
        serde_json::to_vec(self).map_err(|error| Problem::malformed("manifest", error))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn descriptor() -> Descriptor {
        let digest = Digest::of("{}");
        let (artifact_type, annotations) = (None, Annotations::new());
        Descriptor { media_type: EMPTY.into(), digest, size: 2, artifact_type, annotations }
    }

    #[test]
    fn a_manifest_reads_back() {
        let mut manifest = Manifest::new("application/vnd.acme", descriptor(), vec![descriptor()]);
        manifest.subject = Some(descriptor());
        manifest.annotations.insert("title".into(), "claims".into());
        assert_eq!(Manifest::parse(&manifest.to_bytes().unwrap()).unwrap(), manifest);
        assert_eq!(manifest.kind(), "application/vnd.acme");
    }

    #[test]
    fn what_others_add_is_none_of_ours() {
        let manifest = Manifest::new("application/vnd.acme", descriptor(), vec![]);
        let mut document: serde_json::Value =
            serde_json::from_slice(&manifest.to_bytes().unwrap()).unwrap();
        document["new"] = json!({"in": "1.2"});
        document["config"]["data"] = json!("e30=");
        document["config"]["urls"] = json!(["https://evil.example"]);
        document.as_object_mut().unwrap().remove("mediaType");
        assert_eq!(Manifest::parse(document.to_string().as_bytes()).unwrap(), manifest);
    }

    #[test]
    fn a_list_of_manifests_says_that_it_is_one() {
        let parse = |document: serde_json::Value| {
            Manifest::parse(document.to_string().as_bytes()).unwrap_err()
        };
        let index = json!({"schemaVersion": 2, "manifests": [descriptor(), descriptor()]});
        assert!(matches!(parse(index), Problem::Index(2)));
        let index = json!({"schemaVersion": 2, "mediaType": DOCKER_INDEX});
        assert!(matches!(parse(index), Problem::Index(0)));
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
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
            let parsed = Manifest::parse(document.to_string().as_bytes());
            assert!(matches!(parsed, Err(Problem::Malformed { .. })), "{document}");
        }
    }
}
