//! Writing of a bundle. The output is deterministic: the same packages give the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use serde_json::json;
use tollgate_model::Digest;

use super::{
    BundleError, BundleIndex, FORMAT, FORMAT_ANNOTATION, INDEX_FILE, LAYOUT_FILE, NAME_ANNOTATION,
    SOURCE_ANNOTATION, blob_path,
};
use crate::package::{ListedPackage, PackageError};
use crate::registry::{Artefact, Blob, Descriptor, INDEX_TYPE};
use crate::source::artefact;
use crate::store::Store;

/// Writes packages from the store to a bundle. Each comes with the label of its source.
pub fn export_bundle(
    packages: &[(ListedPackage, String)],
    store: &Store,
    to: impl Write,
) -> Result<(), BundleError> {
    let mut blobs = BTreeMap::new();
    let mut manifests = Vec::new();
    for (listed, source) in packages {
        let mut add = |artefact: &Artefact, subject: Option<Descriptor>| {
            let mut descriptor = add_artefact(&mut blobs, artefact, subject)?;
            descriptor.annotations.insert(SOURCE_ANNOTATION.into(), source.clone());
            let package = &listed.metadata.package;
            let name = format!("{}:{}", package.name.path(), package.version);
            descriptor.annotations.insert(NAME_ANNOTATION.into(), name);
            manifests.push(descriptor.clone());
            Ok::<_, BundleError>(descriptor)
        };
        let path = store.blob_path(listed.metadata.digest);
        let layer = |kind: &str| Blob::file(kind, &path).map_err(BundleError::Io);
        let artefact =
            artefact::build_artefact(&listed.metadata, listed.forced_reason.as_deref(), layer)?;
        let mut subject = add(&artefact, None)?;
        // A referrer names its subject by digest only, as it would in a registry.
        subject.annotations.clear();
        if let Some(envelope) = &listed.signature {
            add(&artefact::signature_artefact(envelope)?, Some(subject.clone()))?;
        }
        if let Some(yanked) = &listed.yanked {
            add(&artefact::yank_artefact(&yanked.reason), Some(subject))?;
        }
    }
    let annotations = [(FORMAT_ANNOTATION.into(), FORMAT.into())].into();
    let index =
        BundleIndex { schema_version: 2, media_type: INDEX_TYPE.into(), manifests, annotations };
    write_archive(&index, &blobs, packages, store, to)
}

/// Adds the manifest and the in-memory blobs of an artefact to `blobs`. Blobs that are files in the
/// store are written later, from there.
fn add_artefact(
    blobs: &mut BTreeMap<Digest, Vec<u8>>,
    artefact: &Artefact,
    subject: Option<Descriptor>,
) -> Result<Descriptor, BundleError> {
    let manifest = artefact.manifest(subject);
    let bytes = manifest.to_bytes()?;
    for blob in artefact.blobs() {
        if let Some(bytes) = blob.as_bytes() {
            blobs.insert(blob.descriptor().digest, bytes.to_vec());
        }
    }
    let (digest, size) = (Digest::of(&bytes), bytes.len() as u64);
    blobs.insert(digest, bytes);
    Ok(Descriptor {
        media_type: manifest.media_type.clone(),
        digest,
        size,
        artifact_type: manifest.artifact_type.clone(),
        annotations: manifest.annotations.clone(),
    })
}

fn write_archive(
    index: &BundleIndex,
    blobs: &BTreeMap<Digest, Vec<u8>>,
    packages: &[(ListedPackage, String)],
    store: &Store,
    to: impl Write,
) -> Result<(), BundleError> {
    let mut archive = tar::Builder::new(to);
    let mut append = |name: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, name, bytes)
    };
    append(LAYOUT_FILE, json!({"imageLayoutVersion": "1.0.0"}).to_string().as_bytes())?;
    append(INDEX_FILE, &serde_json::to_vec(index)?)?;
    for (digest, bytes) in blobs {
        append(&blob_path(digest), bytes)?;
    }
    let digests: BTreeSet<_> = packages.iter().map(|(listed, _)| listed.metadata.digest).collect();
    for digest in digests.into_iter().filter(|digest| !blobs.contains_key(digest)) {
        let bytes = store.get(digest)?.ok_or(PackageError::NotInStore(digest))?;
        append(&blob_path(&digest), &bytes)?;
    }
    archive.into_inner()?.flush()?;
    Ok(())
}
