//! Reading a bundle: what it says first, then the packages, and only what fits both is
//! remembered.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek, SeekFrom};

use tollgate_model::Digest;

use super::{BLOBS, BundleError, INDEX, Index, LAYOUT, SOURCE, UNKNOWN_SOURCE, blob};
use crate::package::{Listed, PACKAGE_BYTES_MAX, PackageError, ReadManifest};
use crate::registry::{Descriptor, Manifest};
use crate::source::artefact;
use crate::store::Store;
use crate::trust::Envelope;

/// Lists, manifests and signatures are documents.
const DOCUMENT_BYTES_MAX: u64 = 4 << 20;
/// More files than this are no bundle that anybody made by hand.
const FILES_MAX: usize = 100_000;

/// A package of a bundle, and the source that it came from once.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// What is known of it.
    pub listed: Listed,
    /// What its source is called.
    pub source: String,
}

/// Brings the packages of a bundle into the store. `admit` says which may; one that may not is an error,
/// and then nothing of the bundle is remembered.
pub fn import<E: From<BundleError>>(
    mut from: impl Read + Seek,
    store: &Store,
    manifest: ReadManifest,
    admit: impl Fn(&Listed) -> Result<(), E>,
) -> Result<Vec<Imported>, E> {
    let packages = described(&mut from)?;
    for Imported { listed, source } in &packages {
        let package = &listed.about.package;
        let known = store.remembered(source, package).map_err(BundleError::from)?;
        if let Some(known) = known.filter(|known| known.about.digest != listed.about.digest) {
            return Err(E::from(BundleError::Another {
                package: Box::new(package.clone()),
                there: known.about.digest,
                new: listed.about.digest,
            }));
        }
        admit(listed)?;
    }
    take(&mut from, store, &packages)?;
    for Imported { listed, .. } in &packages {
        listed.about.check(store, manifest).map_err(BundleError::from)?;
    }
    for Imported { listed, source } in &packages {
        store.remember(source, listed).map_err(BundleError::from)?;
    }
    Ok(packages)
}

/// What a bundle says that is in it.
fn described(from: &mut (impl Read + Seek)) -> Result<Vec<Imported>, BundleError> {
    let mut documents = documents(from, &[LAYOUT.into(), INDEX.into()].into())?;
    let index = documents.remove(INDEX).ok_or_else(|| BundleError::Missing(INDEX.into()))?;
    let index: Index = serde_json::from_slice(&index)?;
    let names = index.manifests.iter().map(|one| blob(&one.digest)).collect();
    let manifests = documents_by_digest(from, &names)?;
    let parsed = |descriptor: &Descriptor| -> Result<_, BundleError> {
        let name = blob(&descriptor.digest);
        let bytes = manifests.get(&name).ok_or_else(|| BundleError::Missing(name.clone()))?;
        Ok((descriptor.clone(), Manifest::parse(bytes)?))
    };
    let all: Vec<_> = index.manifests.iter().map(parsed).collect::<Result<_, _>>()?;
    let (subjects, referrers): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(_, manifest)| manifest.subject.is_none());
    let envelopes = envelopes(from, &referrers)?;
    let listed = |(descriptor, manifest): &(Descriptor, Manifest)| {
        let wrong = |reason| BundleError::Unreadable(blob(&descriptor.digest), reason);
        let (about, forced) = artefact::about(manifest).map_err(wrong)?;
        let mine = |one: &&(Descriptor, Manifest)| {
            one.1.subject.as_ref().is_some_and(|subject| subject.digest == descriptor.digest)
        };
        let yanked = referrers.iter().filter(mine);
        let yanked = yanked.filter(|one| one.1.kind() == artefact::YANKED);
        let yanked = yanked.map(|one| artefact::reason(&one.1.annotations)).next_back();
        let signature = referrers.iter().filter(mine);
        let signature = signature.filter_map(|one| envelopes.get(&one.0.digest)).next_back();
        let source = descriptor.annotations.get(SOURCE).map_or(UNKNOWN_SOURCE, String::as_str);
        let source = source.to_owned();
        let listed = Listed { about, signature: signature.cloned(), yanked, forced };
        Ok(Imported { listed, source })
    };
    subjects.iter().map(listed).collect()
}

/// The signatures of a bundle, by the digests of the manifests that carry them.
fn envelopes(
    from: &mut (impl Read + Seek),
    referrers: &[(Descriptor, Manifest)],
) -> Result<BTreeMap<Digest, Envelope>, BundleError> {
    let layer = |(descriptor, manifest): &(Descriptor, Manifest)| {
        let layer = manifest.layers.first().filter(|_| manifest.kind() == artefact::SIGNATURE)?;
        Some((descriptor.digest, blob(&layer.digest)))
    };
    let layers: Vec<_> = referrers.iter().filter_map(layer).collect();
    let documents =
        documents_by_digest(from, &layers.iter().map(|(_, name)| name.clone()).collect())?;
    let envelope = |(digest, name): &(Digest, String)| {
        let bytes = documents.get(name).ok_or_else(|| BundleError::Missing(name.clone()))?;
        let envelope = Envelope::parse(bytes);
        let wrong = |error: crate::trust::EnvelopeError| {
            BundleError::Unreadable(name.clone(), error.to_string())
        };
        Ok((*digest, envelope.map_err(wrong)?))
    };
    layers.iter().map(envelope).collect()
}

/// Files that are called as their digests, and are what they are called.
fn documents_by_digest(
    from: &mut (impl Read + Seek),
    names: &BTreeSet<String>,
) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    let documents = documents(from, names)?;
    for (name, bytes) in &documents {
        let found = Digest::of(bytes);
        let expected = name.strip_prefix(BLOBS).and_then(digest).unwrap_or(found);
        if found != expected {
            return Err(BundleError::Changed { expected, found });
        }
    }
    Ok(documents)
}

/// The short files of these names.
fn documents(
    from: &mut (impl Read + Seek),
    names: &BTreeSet<String>,
) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    let mut documents = BTreeMap::new();
    each(from, |name, bytes, file| {
        if names.contains(name) {
            bounded(name, bytes, DOCUMENT_BYTES_MAX)?;
            let mut document = Vec::new();
            file.read_to_end(&mut document)?;
            documents.insert(name.to_owned(), document);
        }
        Ok(())
    })?;
    Ok(documents)
}

/// Brings the bytes of packages into the store.
fn take(
    from: &mut (impl Read + Seek),
    store: &Store,
    packages: &[Imported],
) -> Result<(), BundleError> {
    let abouts = packages.iter().map(|package| &package.listed.about);
    let mut wanted: BTreeMap<_, _> = abouts.map(|about| (blob(&about.digest), about)).collect();
    each(from, |name, bytes, file| {
        let Some(about) = wanted.remove(name) else { return Ok(()) };
        bounded(name, bytes, PACKAGE_BYTES_MAX.min(about.size_bytes))?;
        let Some(incoming) = store.incoming(about.digest)? else { return Ok(()) };
        incoming.receive(file, BundleError::Io, |_| {})
    })?;
    // What is there already need not be in the bundle.
    match wanted.into_values().find(|about| !store.has(about.digest)) {
        Some(about) => Err(PackageError::Absent(about.digest).into()),
        None => Ok(()),
    }
}

/// Every file of a bundle, from its beginning. Whatever else an archive may hold is refused:
/// links, folders, paths that lead elsewhere.
fn each(
    from: &mut (impl Read + Seek),
    mut visit: impl FnMut(&str, u64, &mut dyn Read) -> Result<(), BundleError>,
) -> Result<(), BundleError> {
    from.seek(SeekFrom::Start(0))?;
    let mut archive = tar::Archive::new(from);
    let mut seen = BTreeSet::new();
    for entry in archive.entries_with_seek()? {
        let mut entry = entry?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let kind = entry.header().entry_type();
        // Other tools write the folders of a layout too.
        if kind.is_dir() && [BLOBS, "blobs/", "blobs", "blobs/sha256"].contains(&name.as_str()) {
            continue;
        }
        let is_blob = name.strip_prefix(BLOBS).is_some_and(|hex| digest(hex).is_some());
        let is_known = is_blob || name == LAYOUT || name == INDEX;
        if !kind.is_file() || !is_known || seen.len() >= FILES_MAX || !seen.insert(name.clone()) {
            return Err(BundleError::Foreign(name));
        }
        let bytes = entry.size();
        visit(&name, bytes, &mut entry)?;
    }
    Ok(())
}

fn bounded(name: &str, bytes: u64, max: u64) -> Result<(), BundleError> {
    match bytes <= max {
        true => Ok(()),
        false => Err(BundleError::TooLarge { name: name.into(), bytes, max }),
    }
}

fn digest(hex: &str) -> Option<Digest> {
    format!("sha256:{hex}").parse().ok()
}
