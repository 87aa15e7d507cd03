use std::collections::BTreeMap;
use std::io::{Cursor, Read, Seek, SeekFrom, Write};

use super::*;
use crate::package::{ListedPackage, Package, YankNotice};
use crate::prompt::{PromptFile, PromptText};
use crate::store::Store;
use crate::trust::SecretKey;

const FROM: &str = "registry example.com/acme";

fn package(version: &str) -> Package {
    let text = format!("---\nname: welcome\nversion: {version}\n---\nHi\n");
    let text = PromptText::new("welcome.prompt", text.as_bytes()).unwrap();
    Package::from_prompt(&PromptFile::parse(text, &|_| None).unwrap()).unwrap()
}

struct TestStore {
    folder: tempfile::TempDir,
    store: Store,
}

impl TestStore {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("store"));
        Self { folder, store }
    }

    fn import(&self, bundle: &[u8]) -> Result<Vec<ImportedPackage>, BundleError> {
        self.import_from(Cursor::new(bundle))
    }

    fn import_from(&self, from: impl Read + Seek) -> Result<Vec<ImportedPackage>, BundleError> {
        import_bundle(from, &self.store, |_| Err("these are prompts".into()), |_| Ok(()))
    }

    fn is_empty(&self) -> bool {
        std::fs::read_dir(self.folder.path()).unwrap().next().is_none()
    }
}

/// A bundle of two versions: one signed, one yanked and forced.
fn bundle() -> (Vec<u8>, Vec<(ListedPackage, String)>) {
    let place = TestStore::new();
    let (one, two) = (package("1.0.0"), package("1.1.0"));
    let key = SecretKey::generate().unwrap();
    let listed = |package: &Package| ListedPackage {
        metadata: package.metadata().clone(),
        signature: None,
        yanked: None,
        forced_reason: None,
    };
    let signature = Some(one.metadata().statement().sign(&key).unwrap());
    let yanked = Some(YankNotice { reason: "it greets twice".into() });
    let packages = vec![
        (ListedPackage { signature, ..listed(&one) }, FROM.to_owned()),
        (
            ListedPackage { yanked, forced_reason: Some("we had to".into()), ..listed(&two) },
            FROM.to_owned(),
        ),
    ];
    for package in [&one, &two] {
        place.store.put(package.bytes()).unwrap();
    }
    let mut bundle = Vec::new();
    export_bundle(&packages, &place.store, &mut bundle).unwrap();
    let mut again = Vec::new();
    export_bundle(&packages, &place.store, &mut again).unwrap();
    assert_eq!(bundle, again, "the same packages make the same file");
    (bundle, packages)
}

/// Returns a bundle with changed files.
fn changed(bundle: &[u8], change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) -> Vec<u8> {
    let mut files = BTreeMap::new();
    let mut archive = tar::Archive::new(bundle);
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
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
fn imports_an_exported_bundle() {
    let (bundle, packages) = bundle();
    let place = TestStore::new();
    let imported = place.import(&bundle).unwrap();
    let expected: Vec<_> =
        packages.iter().map(|(listed, source)| (listed.clone(), source.clone())).collect();
    let imported: Vec<_> = imported.into_iter().map(|one| (one.listed, one.source)).collect();
    assert_eq!(imported, expected);
    for (listed, source) in &packages {
        let digest = listed.metadata.digest;
        assert_eq!(Digest::of(place.store.get(digest).unwrap().unwrap()), digest);
        let remembered = place.store.cached_metadata(source, &listed.metadata.package).unwrap();
        assert_eq!(remembered.as_ref(), Some(listed));
    }
    assert!(place.import(&bundle).is_ok(), "a second import succeeds");
}

#[test]
fn refuses_other_formats_and_accepts_bundles_of_other_tools() {
    let (bundle, _) = bundle();
    let with_index = |from: &str, to: &str| {
        changed(&bundle, |files| {
            let index = String::from_utf8(files[INDEX_FILE].clone()).unwrap();
            assert!(index.contains(from), "{index}");
            files.insert(INDEX_FILE.into(), index.replace(from, to).into_bytes());
        })
    };
    let format = r#""dev.tollgate.bundle.format":"2""#;
    let place = TestStore::new();
    let error = place.import(&with_index(format, &format.replace('2', "3"))).unwrap_err();
    assert!(error.to_string().starts_with("it has format 3"), "{error}");
    assert!(place.import(&with_index(format, "")).is_ok());
}

#[test]
fn detects_changed_bytes() {
    let (bundle, packages) = bundle();
    // Each import writes to the disk, so only some of the bytes are tried.
    for at in (0..bundle.len()).step_by(131) {
        let mut changed = bundle.clone();
        changed[at] ^= 0x20;
        let place = TestStore::new();
        // Padding and timestamps of the archive may change without effect.
        match place.import(&changed) {
            Err(_) => {}
            Ok(imported) => {
                for (one, (listed, _)) in imported.iter().zip(&packages) {
                    assert_eq!(one.listed.metadata, listed.metadata, "byte {at}");
                }
            }
        }
    }
}

#[test]
fn names_missing_files() {
    let (bundle, packages) = bundle();
    let place = TestStore::new();
    let without = |name: String| {
        let files = changed(&bundle, |files| assert!(files.remove(&name).is_some()));
        place.import(&files).unwrap_err().to_string()
    };
    assert!(without(INDEX_FILE.into()).contains("`index.json` is missing"));
    let digest = packages[0].0.metadata.digest;
    assert!(without(blob_path(&digest)).contains(&blob_path(&digest)));
}

#[test]
fn names_where_an_incomplete_file_ends() {
    let (bundle, _) = bundle();
    let mut cuts = BTreeMap::new();
    let mut last_end = 0;
    for entry in tar::Archive::new(bundle.as_slice()).entries().unwrap() {
        let entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let (header, content) = (entry.raw_header_position(), entry.raw_file_position());
        last_end = content + entry.size().next_multiple_of(512);
        for cut in [header, header + 1, content - 1] {
            cuts.insert(cut, None);
        }
        for cut in [content, content + entry.size() / 2, content + entry.size() - 1, last_end - 1] {
            cuts.insert(cut, Some(name.clone()));
        }
    }
    // Without both of the blocks that end an archive, nobody knows whether more followed.
    for cut in [last_end, last_end + 1, last_end + 512, last_end + 1023] {
        cuts.insert(cut, None);
    }
    assert_eq!(last_end + 1024, bundle.len() as u64);
    for (cut, name) in cuts {
        let place = TestStore::new();
        let error = place.import(&bundle[..usize::try_from(cut).unwrap()]).unwrap_err();
        match (name, &error) {
            (Some(name), BundleError::CutOff(found)) => assert_eq!(&name, found, "at {cut}"),
            (None, BundleError::Unfinished) => {}
            (name, _) => panic!("at {cut}, in {name:?}: {error}"),
        }
        assert!(place.is_empty(), "at {cut}");
    }
    let place = TestStore::new();
    let error = place.import(b"not a tar archive at all").unwrap_err();
    assert!(matches!(error, BundleError::Unfinished), "{error}");
}

#[test]
fn refuses_links_and_foreign_paths() {
    let (bundle, _) = bundle();
    let place = TestStore::new();
    for name in ["../escape", "/etc/passwd", "blobs/sha256/../../x", "blobs/sha256/ab", "x"] {
        let mut archive = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(1);
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        archive.append(&header, &b"x"[..]).unwrap();
        let error = place.import(&archive.into_inner().unwrap()).unwrap_err();
        assert!(matches!(error, BundleError::UnexpectedEntry(_)), "{name}: {error}");
    }
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    archive.append_link(&mut header, INDEX_FILE, "/etc/passwd").unwrap();
    let error = place.import(&archive.into_inner().unwrap()).unwrap_err();
    assert!(matches!(error, BundleError::UnexpectedEntry(_)), "{error}");
    let duplicated = [&bundle[..bundle.len() - 1024], &bundle[..]].concat();
    assert!(matches!(place.import(&duplicated).unwrap_err(), BundleError::UnexpectedEntry(_)));
}

#[test]
fn refuses_oversized_files() {
    let place = TestStore::new();
    let mut header = tar::Header::new_gnu();
    header.set_size(u64::MAX / 2);
    header.set_path(INDEX_FILE).unwrap();
    header.set_cksum();
    let bundle = [header.as_bytes().as_slice(), &[b' '; 4096]].concat();
    let error = place.import(&bundle).unwrap_err().to_string();
    assert!(error.contains("more than the allowed"), "{error}");
}

/// A file that counts how many of its bytes are read.
struct CountedFile {
    file: std::fs::File,
    bytes_read: u64,
}

impl Read for CountedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.bytes_read += count as u64;
        Ok(count)
    }
}

impl Seek for CountedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

#[test]
fn refuses_huge_names_and_attributes_without_reading_them() {
    use tar::EntryType;

    const HUGE_BYTES: u64 = 3 << 30;
    let kinds = [
        EntryType::GNULongName,
        EntryType::GNULongLink,
        EntryType::XHeader,
        EntryType::XGlobalHeader,
        EntryType::GNUSparse,
    ];
    for (kind, bytes) in kinds.into_iter().flat_map(|kind| [(kind, HUGE_BYTES), (kind, 64 << 20)]) {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_path("././@LongLink").unwrap();
        header.set_size(bytes);
        header.set_cksum();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(header.as_bytes()).unwrap();
        // The content is a hole, so the file takes no place on the disk.
        file.set_len(bytes + 2048).unwrap();
        let mut counted = CountedFile { file, bytes_read: 0 };
        let place = TestStore::new();
        let error = place.import_from(&mut counted).unwrap_err();
        let is_refused =
            matches!(error, BundleError::TooLarge { .. } | BundleError::UnexpectedEntry(_));
        assert!(is_refused, "{kind:?}: {error}");
        assert!(counted.bytes_read <= 4096, "{kind:?}: {} bytes read", counted.bytes_read);
    }
}

#[test]
fn skips_the_attributes_that_other_tools_write() {
    let (bundle, _) = bundle();
    let import = |value: &[u8]| {
        let mut with_attributes = tar::Builder::new(Vec::new());
        with_attributes.append_pax_extensions([("mtime", value)]).unwrap();
        let first = with_attributes.into_inner().unwrap();
        // What the builder ends its archive with is left away: the bundle follows.
        TestStore::new().import(&[&first[..first.len() - 1024], &bundle].concat())
    };
    assert_eq!(import(b"1790000000.5").unwrap().len(), 2);
    let error = import(&[b'1'; 5000]).unwrap_err();
    assert!(matches!(error, BundleError::TooLarge { max: 4096, .. }), "{error}");
}

#[test]
fn refuses_other_bytes_for_a_known_version() {
    let (bundle, packages) = bundle();
    let place = TestStore::new();
    let mut other = packages[0].0.clone();
    other.metadata.digest = Digest::of("another");
    place.store.cache_metadata(FROM, &other).unwrap();
    let error = place.import(&bundle).unwrap_err().to_string();
    assert!(error.contains(&other.metadata.digest.to_string()), "{error}");
    assert!(error.contains(&packages[0].0.metadata.digest.to_string()), "{error}");
}

#[test]
fn imports_nothing_if_one_package_is_refused() {
    let (bundle, packages) = bundle();
    let place = TestStore::new();
    let admit = |imported: &ImportedPackage| match imported.listed.signature {
        Some(_) => Ok(()),
        None => Err(BundleError::Missing("a signature".into())),
    };
    let reader = Cursor::new(&bundle);
    assert!(import_bundle(reader, &place.store, |_| Err(String::new()), admit).is_err());
    assert!(!place.store.contains(packages[0].0.metadata.digest));
}

/// Each entry costs verifying and writing, so a few kilobytes of repeats would keep an import busy.
#[test]
fn refuses_what_is_listed_twice_before_it_verifies_anything() {
    let (bundle, packages) = bundle();
    let repeated = changed(&bundle, |files| {
        let mut index: serde_json::Value = serde_json::from_slice(&files[INDEX_FILE]).unwrap();
        let manifests = index["manifests"].as_array_mut().unwrap();
        let first = manifests[0].clone();
        manifests.extend(std::iter::repeat_n(first, 1000));
        files.insert(INDEX_FILE.into(), index.to_string().into_bytes());
        // Reading the manifests would fail.
        files.retain(|name, _| !name.starts_with(BLOB_FOLDER));
    });
    let place = TestStore::new();
    let error = place.import(&repeated).unwrap_err();
    assert!(matches!(error, BundleError::ManifestListedTwice(_)), "{error}");
    assert!(place.is_empty());

    // The same version under two manifests, which differ in why it was published.
    let from = TestStore::new();
    from.store.put(package("1.0.0").bytes()).unwrap();
    let (mut again, source) = packages[0].clone();
    again.forced_reason = Some("once more".into());
    let mut bundle = Vec::new();
    export_bundle(&[packages[0].clone(), (again, source)], &from.store, &mut bundle).unwrap();
    let admit = |_: &ImportedPackage| -> Result<(), BundleError> { unreachable!() };
    let reader = Cursor::new(&bundle);
    let error = import_bundle(reader, &place.store, |_| Err(String::new()), admit).unwrap_err();
    let id = &packages[0].0.metadata.package;
    assert!(matches!(&error, BundleError::PackageListedTwice(twice) if **twice == *id), "{error}");
    assert!(place.is_empty());
}
