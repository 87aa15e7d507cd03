//! Writing a bundle. The same packages make the same file.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use serde_json::json;
use tollgate_model::Digest;

use super::{BundleError, INDEX, Index, LAYOUT, NAME, SOURCE, blob};
use crate::package::{Listed, PackageError};
use crate::registry::{Artefact, Blob, Descriptor, INDEX_TYPE};
use crate::source::artefact;
use crate::store::Store;

/// Writes packages that are in the store, each with the source that it came from.
pub fn export(
    packages: &[(Listed, String)],
    store: &Store,
    to: impl Write,
) -> Result<(), BundleError> {
    let mut small = BTreeMap::new();
    let mut manifests = Vec::new();
    for (listed, source) in packages {
        let mut add = |artefact: &Artefact, subject: Option<Descriptor>| {
            let mut descriptor = added(&mut small, artefact, subject)?;
            descriptor.annotations.insert(SOURCE.into(), source.clone());
            let package = &listed.about.package;
            let name = format!("{}:{}", package.name.path(), package.version);
            descriptor.annotations.insert(NAME.into(), name);
            manifests.push(descriptor.clone());
            Ok::<_, BundleError>(descriptor)
        };
        let path = store.path(listed.about.digest);
        let layer = |kind: &str| Blob::file(kind, &path).map_err(BundleError::Io);
        let artefact = artefact::of(&listed.about, listed.forced.as_deref(), layer)?;
        let mut subject = add(&artefact, None)?;
        subject.annotations.clear();
        if let Some(envelope) = &listed.signature {
            add(&artefact::signature(envelope)?, Some(subject.clone()))?;
        }
        if let Some(yanked) = &listed.yanked {
            add(&artefact::yanked(&yanked.reason), Some(subject))?;
        }
    }
    let index = Index { schema_version: 2, media_type: INDEX_TYPE.into(), manifests };
    write(&index, &small, packages, store, to)
}

/// Keeps what an artefact is made of, but for what is in the store.
fn added(
    small: &mut BTreeMap<Digest, Vec<u8>>,
    artefact: &Artefact,
    subject: Option<Descriptor>,
) -> Result<Descriptor, BundleError> {
    let manifest = artefact.manifest(subject);
    let bytes = manifest.to_bytes()?;
    for one in artefact.blobs() {
        if let Some(bytes) = one.in_memory() {
            small.insert(one.descriptor().digest, bytes.to_vec());
        }
    }
    let (digest, size) = (Digest::of(&bytes), bytes.len() as u64);
    small.insert(digest, bytes);
    Ok(Descriptor {
        media_type: manifest.media_type.clone(),
        digest,
        size,
        artifact_type: manifest.artifact_type.clone(),
        annotations: manifest.annotations.clone(),
    })
}

fn write(
    index: &Index,
    small: &BTreeMap<Digest, Vec<u8>>,
    packages: &[(Listed, String)],
    store: &Store,
    to: impl Write,
) -> Result<(), BundleError> {
    let mut archive = tar::Builder::new(to);
    let mut file = |name: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, name, bytes)
    };
    file(LAYOUT, json!({"imageLayoutVersion": "1.0.0"}).to_string().as_bytes())?;
    file(INDEX, &serde_json::to_vec(index)?)?;
    for (digest, bytes) in small {
        file(&blob(digest), bytes)?;
    }
    let digests: BTreeSet<_> = packages.iter().map(|(listed, _)| listed.about.digest).collect();
    for digest in digests.into_iter().filter(|digest| !small.contains_key(digest)) {
        let bytes = store.get(digest)?.ok_or(PackageError::Absent(digest))?;
        file(&blob(&digest), &bytes)?;
    }
    archive.into_inner()?.flush()?;
    Ok(())
}
