//! Fuzz bodies for bundles. Whatever is done to a bundle, only packages that were exported are imported, and nothing is
//! recorded of a bundle that is refused.

use std::io::Cursor;
use std::sync::LazyLock;

use tollgate_model::Digest;
use tollgate_packages::bundle::{BundleError, export_bundle, import_bundle};
use tollgate_packages::package::{ListedPackage, ManifestReader, Package, YankNotice};
use tollgate_packages::prompt::{PromptFile, PromptText};
use tollgate_packages::store::Store;
use tollgate_packages::trust::SecretKey;

const SOURCE: &str = "registry example.com/acme";

/// A bundle of two versions, one of them signed and the other yanked.
struct BundleSample {
    packages: Vec<(ListedPackage, String)>,
    bytes: Vec<u8>,
}

/// Made anew in every process, but its length and structure are fixed.
static BUNDLE_SAMPLE: LazyLock<BundleSample> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::new(folder.path().join("store"));
    let key = SecretKey::generate().expect("randomness");
    let list = |version: &str| {
        let text = format!("---\nname: welcome\nversion: {version}\n---\nHi\n");
        let text = PromptText::new("welcome.prompt", text.as_bytes()).expect("a text");
        let prompt = PromptFile::parse(text, &|_| None).expect("a prompt");
        let package = Package::from_prompt(&prompt).expect("a package");
        store.put(package.bytes()).expect("stored");
        let metadata = package.metadata().clone();
        ListedPackage { metadata, signature: None, yanked: None, forced_reason: None }
    };
    let (mut signed, mut yanked) = (list("1.0.0"), list("1.1.0"));
    signed.signature = Some(signed.metadata.statement().sign(&key).expect("a signature"));
    yanked.yanked = Some(YankNotice { reason: "it greets twice".into() });
    let packages = vec![(signed, SOURCE.to_owned()), (yanked, SOURCE.to_owned())];
    let mut bytes = Vec::new();
    export_bundle(&packages, &store, &mut bytes).expect("a bundle");
    BundleSample { packages, bytes }
});

/// Imports arbitrary bytes into an empty store. Returns how many packages were imported, or `None` if they were
/// refused.
pub fn import_arbitrary(bytes: &[u8]) -> Option<usize> {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::new(folder.path().join("store"));
    let no_contract: ManifestReader = |_| Err("these are prompts".into());
    let imported =
        import_bundle::<BundleError>(Cursor::new(bytes), &store, no_contract, |_| Ok(()));
    let is_recorded = |(listed, source): &(ListedPackage, String)| {
        let package = &listed.metadata.package;
        store.cached_metadata(source, package).expect("a readable store").is_some()
    };
    let known = &BUNDLE_SAMPLE.packages;
    let Ok(imported) = imported else {
        assert!(!known.iter().any(is_recorded), "a refused bundle is recorded");
        return None;
    };
    for one in &imported {
        let digest = one.listed.metadata.digest;
        let is_known = known.iter().any(|(listed, _)| listed.metadata == one.listed.metadata);
        assert!(is_known, "it imports a package that was never exported");
        let stored = store.get(digest).expect("a readable store").expect("its bytes");
        assert_eq!(Digest::of(stored), digest);
    }
    Some(imported.len())
}

/// Replaces some bytes of a sound bundle and imports it. The first two input bytes give the position, the third the
/// number of blocks of eight bytes, and the rest replaces them.
pub fn import_damaged(bytes: &[u8]) -> Option<usize> {
    let [high, low, length, replacement @ ..] = bytes else { return None };
    let sound = &BUNDLE_SAMPLE.bytes;
    let start = usize::from(u16::from_be_bytes([*high, *low])) % (sound.len() + 1);
    let end = (start + 8 * usize::from(*length)).min(sound.len());
    import_arbitrary(&[&sound[..start], replacement, &sound[end..]].concat())
}
