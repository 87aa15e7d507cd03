//! Reading of a bundle: first its index and manifests, then the packages. Only packages that match
//! their descriptions are recorded in the store.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek, SeekFrom};

use tollgate_model::Digest;

use super::{
    BLOB_FOLDER, BundleError, BundleIndex, FORMAT, FORMAT_ANNOTATION, INDEX_FILE, LAYOUT_FILE,
    SOURCE_ANNOTATION, UNKNOWN_SOURCE, blob_path,
};
use crate::package::{ListedPackage, ManifestReader, PACKAGE_BYTES_MAX};
use crate::registry::{ArtefactManifest, Descriptor};
use crate::source::artefact;
use crate::store::Store;
use crate::trust::Envelope;

/// Limit for indexes, manifests and signatures, which are small documents.
const DOCUMENT_BYTES_MAX: u64 = 4 << 20;
/// Far more entries than any real bundle has.
const ENTRIES_MAX: usize = 100_000;
/// Limit for the attributes that some tools write before a file, such as the fraction of a second
/// in its time. They have some dozens of bytes.
const ATTRIBUTES_BYTES_MAX: u64 = 4 << 10;
/// Size of a header in an archive, and the unit that content is filled up to.
const BLOCK_BYTES: u64 = 512;
/// Two blocks of zeros, with which an archive ends.
const END_BYTES: u64 = 2 * BLOCK_BYTES;

/// A package imported from a bundle.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedPackage {
    /// Its description, signature and marks.
    pub listed: ListedPackage,
    /// Label of the source that it was exported from.
    pub source: String,
}

/// Imports the packages of a bundle into the store. `admit` returns an error for a package that
/// must not be imported; then nothing of the bundle is recorded.
pub fn import_bundle<E: From<BundleError>>(
    mut from: impl Read + Seek,
    store: &Store,
    manifest: ManifestReader,
    admit: impl Fn(&ImportedPackage) -> Result<(), E>,
) -> Result<Vec<ImportedPackage>, E> {
    let packages = read_descriptions(&mut from)?;
    for imported in &packages {
        let ImportedPackage { listed, source } = imported;
        let package = &listed.metadata.package;
        let known = store.cached_metadata(source, package).map_err(BundleError::from)?;
        if let Some(known) = known.filter(|known| known.metadata.digest != listed.metadata.digest) {
            return Err(E::from(BundleError::VersionMismatch {
                package: Box::new(package.clone()),
                stored: known.metadata.digest,
                bundled: listed.metadata.digest,
            }));
        }
        admit(imported)?;
    }
    store_packages(&mut from, store, &packages)?;
    for ImportedPackage { listed, .. } in &packages {
        listed.metadata.verify_stored(store, manifest).map_err(BundleError::from)?;
    }
    // Descriptions come last: a bundle that fails above leaves only unreferenced bytes in the store.
    for ImportedPackage { listed, source } in &packages {
        store.cache_metadata(source, listed).map_err(BundleError::from)?;
    }
    Ok(packages)
}

/// Reads the descriptions of all packages in a bundle.
fn read_descriptions(from: &mut (impl Read + Seek)) -> Result<Vec<ImportedPackage>, BundleError> {
    let mut documents = read_documents(from, &[LAYOUT_FILE.into(), INDEX_FILE.into()].into())?;
    let index =
        documents.remove(INDEX_FILE).ok_or_else(|| BundleError::Missing(INDEX_FILE.into()))?;
    let index: BundleIndex = serde_json::from_slice(&index)?;
    // Other tools write no format. What they copied is found by its metadata, or is not.
    if let Some(format) = index.annotations.get(FORMAT_ANNOTATION).filter(|one| *one != FORMAT) {
        return Err(BundleError::UnsupportedFormat(format.clone()));
    }
    let mut names = BTreeSet::new();
    for descriptor in &index.manifests {
        // Each entry is work, and an index has room for very many that repeat one.
        if !names.insert(blob_path(&descriptor.digest)) {
            return Err(BundleError::ManifestListedTwice(descriptor.digest));
        }
    }
    let manifests = read_verified_documents(from, &names)?;
    let parse_manifest = |descriptor: &Descriptor| -> Result<_, BundleError> {
        let name = blob_path(&descriptor.digest);
        let bytes = manifests.get(&name).ok_or_else(|| BundleError::Missing(name.clone()))?;
        Ok((descriptor.clone(), ArtefactManifest::parse(bytes)?))
    };
    let all: Vec<_> = index.manifests.iter().map(parse_manifest).collect::<Result<_, _>>()?;
    let (subjects, referrers): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(_, manifest)| manifest.subject.is_none());
    let envelopes = read_signatures(from, &referrers)?;
    let to_package = |(descriptor, manifest): &(Descriptor, ArtefactManifest)| {
        let unreadable = |reason| BundleError::Unreadable(blob_path(&descriptor.digest), reason);
        let (metadata, forced) = artefact::read_metadata(manifest).map_err(unreadable)?;
        let refers_to_package = |referrer: &&(Descriptor, ArtefactManifest)| {
            referrer.1.subject.as_ref().is_some_and(|subject| subject.digest == descriptor.digest)
        };
        let yanked = referrers.iter().filter(refers_to_package);
        let yanked = yanked.filter(|referrer| referrer.1.artefact_kind() == artefact::YANK_TYPE);
        let yanked =
            yanked.map(|referrer| artefact::yank_notice(&referrer.1.annotations)).next_back();
        let signature = referrers.iter().filter(refers_to_package);
        let signature =
            signature.filter_map(|referrer| envelopes.get(&referrer.0.digest)).next_back();
        let source =
            descriptor.annotations.get(SOURCE_ANNOTATION).map_or(UNKNOWN_SOURCE, String::as_str);
        let source = source.to_owned();
        let listed = ListedPackage {
            metadata,
            signature: signature.cloned(),
            yanked,
            forced_reason: forced,
        };
        Ok(ImportedPackage { listed, source })
    };
    let packages: Vec<_> = subjects.iter().map(to_package).collect::<Result<_, BundleError>>()?;
    let mut ids = BTreeSet::new();
    for ImportedPackage { listed, .. } in &packages {
        let package = &listed.metadata.package;
        if !ids.insert(package) {
            return Err(BundleError::PackageListedTwice(Box::new(package.clone())));
        }
    }
    Ok(packages)
}

/// Reads the signatures of a bundle, by the digests of the manifests that carry them.
fn read_signatures(
    from: &mut (impl Read + Seek),
    referrers: &[(Descriptor, ArtefactManifest)],
) -> Result<BTreeMap<Digest, Envelope>, BundleError> {
    let layer = |(descriptor, manifest): &(Descriptor, ArtefactManifest)| {
        let layer = manifest
            .layers
            .first()
            .filter(|_| manifest.artefact_kind() == artefact::SIGNATURE_TYPE)?;
        Some((descriptor.digest, blob_path(&layer.digest)))
    };
    let layers: Vec<_> = referrers.iter().filter_map(layer).collect();
    let documents =
        read_verified_documents(from, &layers.iter().map(|(_, name)| name.clone()).collect())?;
    let envelope = |(digest, name): &(Digest, String)| {
        let bytes = documents.get(name).ok_or_else(|| BundleError::Missing(name.clone()))?;
        let envelope = Envelope::parse(bytes);
        let unreadable = |error: crate::trust::EnvelopeError| {
            BundleError::Unreadable(name.clone(), error.to_string())
        };
        Ok((*digest, envelope.map_err(unreadable)?))
    };
    layers.iter().map(envelope).collect()
}

/// Reads files that are named by their digests, and verifies the digests.
fn read_verified_documents(
    from: &mut (impl Read + Seek),
    names: &BTreeSet<String>,
) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    let documents = read_documents(from, names)?;
    for (name, bytes) in &documents {
        let found = Digest::of(bytes);
        let expected = name.strip_prefix(BLOB_FOLDER).and_then(parse_hex_digest).unwrap_or(found);
        if found != expected {
            return Err(BundleError::DigestMismatch { expected, found });
        }
    }
    Ok(documents)
}

/// Reads the small files of these names.
fn read_documents(
    from: &mut (impl Read + Seek),
    names: &BTreeSet<String>,
) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    let mut documents = BTreeMap::new();
    visit_files(from, |name, bytes, file| {
        if names.contains(name) {
            check_size(name, bytes, DOCUMENT_BYTES_MAX)?;
            let mut document = Vec::new();
            file.read_to_end(&mut document)?;
            documents.insert(name.to_owned(), document);
        }
        Ok(())
    })?;
    Ok(documents)
}

/// Copies the bytes of packages into the store.
fn store_packages(
    from: &mut (impl Read + Seek),
    store: &Store,
    packages: &[ImportedPackage],
) -> Result<(), BundleError> {
    let metadata = packages.iter().map(|package| &package.listed.metadata);
    let mut missing: BTreeMap<_, _> =
        metadata.map(|metadata| (blob_path(&metadata.digest), metadata)).collect();
    visit_files(from, |name, bytes, file| {
        let Some(metadata) = missing.remove(name) else { return Ok(()) };
        check_size(name, bytes, PACKAGE_BYTES_MAX.min(metadata.size_bytes))?;
        let Some(incoming) = store.begin_write(metadata.digest)? else { return Ok(()) };
        incoming.copy_from(file, BundleError::Io, |_| {})
    })?;
    // A package that is in the store already need not be in the bundle.
    match missing.into_values().find(|metadata| !store.contains(metadata.digest)) {
        Some(metadata) => Err(BundleError::Missing(blob_path(&metadata.digest))),
        None => Ok(()),
    }
}

/// Visits every file of a bundle, from its beginning. Refuses all other entries that an archive may
/// have: links, folders, paths that lead elsewhere, and duplicates; and a file that ends too early.
fn visit_files(
    from: &mut (impl Read + Seek),
    mut visit: impl FnMut(&str, u64, &mut dyn Read) -> Result<(), BundleError>,
) -> Result<(), BundleError> {
    let length = from.seek(SeekFrom::End(0))?;
    from.seek(SeekFrom::Start(0))?;
    let mut archive = tar::Archive::new(from);
    let mut seen = BTreeSet::new();
    let mut entries_end = 0;
    // Entries are taken as they are in the file: the crate would read a long name, the attributes
    // of a file or the map of a sparse one into memory, however large it is.
    for (count, entry) in archive.entries_with_seek()?.raw(true).enumerate() {
        // A header that is cut off is told below, by where the file ends.
        if length < entries_end + BLOCK_BYTES {
            break;
        }
        let mut entry = entry?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let kind = entry.header().entry_type();
        let bytes = entry.size();
        if count >= ENTRIES_MAX {
            return Err(BundleError::TooManyEntries(ENTRIES_MAX));
        }
        let is_attributes = kind.is_pax_local_extensions() || kind.is_pax_global_extensions();
        let max = if is_attributes { ATTRIBUTES_BYTES_MAX } else { PACKAGE_BYTES_MAX };
        check_size(&name, bytes, max)?;
        entries_end = entry.raw_file_position() + bytes.next_multiple_of(BLOCK_BYTES);
        if length < entries_end {
            return Err(BundleError::CutOff(name));
        }
        // Other tools also write entries for the folders of the layout, and for times and owners.
        // Names and sizes of the files of a bundle fit into their own headers.
        let is_folder = kind.is_dir()
            && [BLOB_FOLDER, "blobs/", "blobs", "blobs/sha256"].contains(&name.as_str());
        if is_folder || is_attributes {
            continue;
        }
        let is_blob =
            name.strip_prefix(BLOB_FOLDER).is_some_and(|hex| parse_hex_digest(hex).is_some());
        let is_known = is_blob || name == LAYOUT_FILE || name == INDEX_FILE;
        if !kind.is_file() || !is_known || !seen.insert(name.clone()) {
            return Err(BundleError::UnexpectedEntry(name));
        }
        visit(&name, bytes, &mut entry)?;
    }
    match length < entries_end + END_BYTES {
        true => Err(BundleError::Unfinished),
        false => Ok(()),
    }
}

fn check_size(name: &str, bytes: u64, max: u64) -> Result<(), BundleError> {
    match bytes <= max {
        true => Ok(()),
        false => Err(BundleError::TooLarge { name: name.into(), bytes, max }),
    }
}

fn parse_hex_digest(hex: &str) -> Option<Digest> {
    format!("sha256:{hex}").parse().ok()
}
