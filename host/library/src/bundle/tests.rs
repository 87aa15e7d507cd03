use std::collections::BTreeMap;
use std::io::Cursor;

use super::*;
use crate::package::{Listed, Package, Yanked};
use crate::prompt::{PromptFile, Source};
use crate::store::Store;
use crate::trust::SecretKey;

const FROM: &str = "registry example.com/acme";

fn package(version: &str) -> Package {
    let text = format!("---\nname: welcome\nversion: {version}\n---\nHi\n");
    let text = Source::new("welcome.prompt", text.as_bytes()).unwrap();
    Package::prompt(&PromptFile::parse(text, &|_| None).unwrap()).unwrap()
}

struct Place {
    _folder: tempfile::TempDir,
    store: Store,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("store"));
        Self { _folder: folder, store }
    }

    fn import(&self, bundle: &[u8]) -> Result<Vec<Imported>, BundleError> {
        import(Cursor::new(bundle), &self.store, |_| Err("these are prompts".into()), |_| Ok(()))
    }
}

/// Two versions: one signed, one yanked and forced.
fn bundle() -> (Vec<u8>, Vec<(Listed, String)>) {
    let place = Place::new();
    let (one, two) = (package("1.0.0"), package("1.1.0"));
    let key = SecretKey::generate().unwrap();
    let listed = |package: &Package| Listed {
        about: package.about().clone(),
        signature: None,
        yanked: None,
        forced: None,
    };
    let signature = Some(one.about().statement().sign(&key).unwrap());
    let yanked = Some(Yanked { reason: "it greets twice".into() });
    let packages = vec![
        (Listed { signature, ..listed(&one) }, FROM.to_owned()),
        (Listed { yanked, forced: Some("we had to".into()), ..listed(&two) }, FROM.to_owned()),
    ];
    for package in [&one, &two] {
        place.store.put(package.bytes()).unwrap();
    }
    let mut bundle = Vec::new();
    export(&packages, &place.store, &mut bundle).unwrap();
    let mut again = Vec::new();
    export(&packages, &place.store, &mut again).unwrap();
    assert_eq!(bundle, again, "the same packages make the same file");
    (bundle, packages)
}

/// The files of a bundle, changed.
fn changed(bundle: &[u8], change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) -> Vec<u8> {
    let mut files = BTreeMap::new();
    let mut archive = tar::Archive::new(bundle);
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        files.insert(name, bytes);
    }
    change(&mut files);
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in &files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    archive.into_inner().unwrap()
}

#[test]
fn what_is_exported_is_imported() {
    let (bundle, packages) = bundle();
    let place = Place::new();
    let imported = place.import(&bundle).unwrap();
    let expected: Vec<_> =
        packages.iter().map(|(listed, source)| (listed.clone(), source.clone())).collect();
    let imported: Vec<_> = imported.into_iter().map(|one| (one.listed, one.source)).collect();
    assert_eq!(imported, expected);
    for (listed, source) in &packages {
        let digest = listed.about.digest;
        assert_eq!(Digest::of(place.store.get(digest).unwrap().unwrap()), digest);
        let remembered = place.store.remembered(source, &listed.about.package).unwrap();
        assert_eq!(remembered.as_ref(), Some(listed));
    }
    assert!(place.import(&bundle).is_ok(), "again is no matter");
}

#[test]
fn a_changed_byte_anywhere_is_refused_or_says_nothing() {
    let (bundle, packages) = bundle();
    // Each import writes to the disk, so not every byte has its turn.
    for at in (0..bundle.len()).step_by(131) {
        let mut changed = bundle.clone();
        changed[at] ^= 0x20;
        let place = Place::new();
        // What tar pads with, and when a file was written, is nobody's word.
        match place.import(&changed) {
            Err(_) => {}
            Ok(imported) => {
                for (one, (listed, _)) in imported.iter().zip(&packages) {
                    assert_eq!(one.listed.about, listed.about, "byte {at}");
                }
            }
        }
    }
}

#[test]
fn what_is_missing_is_named() {
    let (bundle, packages) = bundle();
    let place = Place::new();
    let without = |name: String| {
        let files = changed(&bundle, |files| assert!(files.remove(&name).is_some()));
        place.import(&files).unwrap_err().to_string()
    };
    assert!(without(INDEX.into()).contains("`index.json` is missing"));
    let digest = packages[0].0.about.digest;
    assert!(without(blob(&digest)).contains(&digest.to_string()));
    assert!(place.import(b"").unwrap_err().to_string().contains("missing"));
    assert!(place.import(b"not a tar archive at all").is_err());
}

#[test]
fn nothing_leads_out_of_a_bundle() {
    let (bundle, _) = bundle();
    let place = Place::new();
    for name in ["../escape", "/etc/passwd", "blobs/sha256/../../x", "blobs/sha256/ab", "x"] {
        let mut archive = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(1);
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        archive.append(&header, &b"x"[..]).unwrap();
        let error = place.import(&archive.into_inner().unwrap()).unwrap_err();
        assert!(matches!(error, BundleError::Foreign(_)), "{name}: {error}");
    }
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    archive.append_link(&mut header, INDEX, "/etc/passwd").unwrap();
    let error = place.import(&archive.into_inner().unwrap()).unwrap_err();
    assert!(matches!(error, BundleError::Foreign(_)), "{error}");
    let twice = [&bundle[..bundle.len() - 1024], &bundle[..]].concat();
    assert!(matches!(place.import(&twice).unwrap_err(), BundleError::Foreign(_)));
}

#[test]
fn what_is_too_large_is_not_read() {
    let place = Place::new();
    let mut header = tar::Header::new_gnu();
    header.set_size(u64::MAX / 2);
    header.set_path(INDEX).unwrap();
    header.set_cksum();
    let bundle = [header.as_bytes().as_slice(), &[b' '; 4096]].concat();
    let error = place.import(&bundle).unwrap_err().to_string();
    assert!(error.contains("may have"), "{error}");
}

#[test]
fn a_version_that_is_known_otherwise_is_not_replaced() {
    let (bundle, packages) = bundle();
    let place = Place::new();
    let mut other = packages[0].0.clone();
    other.about.digest = Digest::of("another");
    place.store.remember(FROM, &other).unwrap();
    let error = place.import(&bundle).unwrap_err().to_string();
    assert!(error.contains(&other.about.digest.to_string()), "{error}");
    assert!(error.contains(&packages[0].0.about.digest.to_string()), "{error}");
}

#[test]
fn who_may_not_come_in_keeps_out_all() {
    let (bundle, packages) = bundle();
    let place = Place::new();
    let admit = |listed: &Listed| match listed.signature {
        Some(_) => Ok(()),
        None => Err(BundleError::Missing("a signature".into())),
    };
    let reader = Cursor::new(&bundle);
    assert!(import(reader, &place.store, |_| Err(String::new()), admit).is_err());
    assert!(!place.store.has(packages[0].0.about.digest));
}
