//! Golden files: what is signed, locked and bundled has the same bytes in every build.

use std::io::Read;
use std::path::Path;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use tollgate_model::{Digest, PinnedPrompt, Ruling};
use tollgate_packages::bundle::export_bundle;
use tollgate_packages::lock::{LockFile, LockedGate, LockedPackage};
use tollgate_packages::package::{ListedPackage, Package, YankNotice};
use tollgate_packages::prompt::{PromptFile, PromptText};
use tollgate_packages::store::Store;
use tollgate_packages::trust::{
    Envelope, LedgerReference, PackageStatement, Receipt, ReceiptContract, ReceiptDecision,
    ReceiptReviewer, SecretKey, SignedStatement,
};

use crate::golden_file::assert_golden;

/// Returns the text that an envelope signs. The signature depends on the key, and this does not.
fn signed_text(envelope: &Envelope) -> String {
    let json: serde_json::Value = serde_json::from_slice(&envelope.to_json().unwrap()).unwrap();
    let payload = BASE64_STANDARD.decode(json["payload"].as_str().unwrap()).unwrap();
    String::from_utf8(payload).unwrap()
}

fn sign_again(text: &str, key: &SecretKey) -> Envelope {
    Envelope::sign("application/vnd.in-toto+json", text.as_bytes(), key)
}

fn receipt() -> Receipt {
    let contract = ReceiptContract {
        id: "tollgate/pii".into(),
        name: "tollgate/pii".parse().unwrap(),
        version: "1.0.0".parse().unwrap(),
        digest: Digest::of("component"),
        config_digest: Digest::of("{}"),
        outcomes: Some(vec!["pass".into()]),
    };
    let reviewer = ReceiptReviewer {
        name: "Kim Osei".parse().unwrap(),
        role: Some("editor".parse().unwrap()),
        action: "approve".into(),
        at: "2026-11-30T13:59:00.000Z".into(),
    };
    let prompt = PinnedPrompt {
        name: "welcome-email".parse().unwrap(),
        version: "2.1.0".parse().unwrap(),
        digest: Digest::of("prompt"),
    };
    let decision = ReceiptDecision {
        ai_assisted: true,
        gate: "welcome-email".parse().unwrap(),
        gate_digest: Digest::of("gate"),
        release: Digest::of("release"),
        prompt: Some(prompt),
        model: Some("acme/large".into()),
        contracts: vec![contract],
        ruling: Ruling::Allow,
        reviewers: vec![reviewer],
        decided_at: "2026-11-30T14:00:00.000Z".into(),
        run: Digest::of("run"),
        event: LedgerReference { ledger: "07".repeat(16), seq: 3, hash: Digest::of("event") },
    };
    Receipt { subject: Digest::of("subject"), output: Some(Digest::of("output")), decision }
}

/// A prompt as a source lists it.
fn listed() -> (Package, ListedPackage) {
    let text = "---\nname: welcome\nversion: 1.0.0\n---\nHi\n";
    let text = PromptText::new("welcome.prompt", text.as_bytes()).unwrap();
    let package = Package::from_prompt(&PromptFile::parse(text, &|_| None).unwrap()).unwrap();
    let listed = ListedPackage {
        metadata: package.metadata().clone(),
        signature: None,
        yanked: Some(YankNotice { reason: "it greets twice".into() }),
        forced_reason: Some("nobody runs it".into()),
    };
    (package, listed)
}

#[test]
fn golden_receipt() {
    let key = SecretKey::generate().unwrap();
    let text = signed_text(&receipt().sign(&key).unwrap());
    assert_golden("receipt.json", &text);
    let signed = SignedStatement::open_receipt(&sign_again(&text, &key), &[key.public()]).unwrap();
    assert_eq!(signed.statement, receipt());
}

#[test]
fn golden_package_statement() {
    let key = SecretKey::generate().unwrap();
    let statement = PackageStatement {
        package: "acme/calm@1.0.0".into(),
        digest: Digest::of("component"),
        manifest: Digest::of("manifest"),
    };
    let text = signed_text(&statement.sign(&key).unwrap());
    assert_golden("package-statement.json", &text);
    let signed = SignedStatement::open(&sign_again(&text, &key), &[key.public()]).unwrap();
    assert_eq!(signed.statement, statement);
}

#[test]
fn golden_lock_file() {
    let (_, listed) = listed();
    let package = listed.metadata.package.clone();
    let mut contract = LockedPackage::new(&listed, "registry example.com/acme".into(), None);
    contract.wit = Some("0.1.0".parse().unwrap());
    contract.capabilities = [tollgate_model::Capability::Clock].into();
    contract.prompts = [("welcome".parse().unwrap(), "^1".parse().unwrap())].into();
    contract.signer = Some(serde_json::from_value("0a".repeat(32).into()).unwrap());
    let lock = LockFile {
        gates: [(
            "welcome-email".to_owned(),
            LockedGate {
                prompt: Some(package.clone()),
                contracts: vec!["acme/calm@1.0.0".parse().unwrap()],
            },
        )]
        .into(),
        packages: [
            (package, LockedPackage::new(&listed, "folder packages".into(), None)),
            ("acme/calm@1.0.0".parse().unwrap(), contract),
        ]
        .into(),
    };
    let text = lock.to_text().unwrap();
    assert_golden("tollgate.lock", text.strip_suffix('\n').unwrap());
    assert_eq!(LockFile::parse(&text).unwrap(), lock);
}

#[test]
fn golden_bundle_index() {
    let (package, listed) = listed();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    store.put(package.bytes()).unwrap();
    let mut bundle = Vec::new();
    let packages = [(listed, "registry example.com/acme".to_owned())];
    export_bundle(&packages, &store, &mut bundle).unwrap();
    let mut archive = tar::Archive::new(bundle.as_slice());
    let mut index = String::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.path().unwrap() == Path::new("index.json") {
            entry.read_to_string(&mut index).unwrap();
        }
    }
    // That it is read back is tested beside the code.
    assert_golden("bundle-index.json", &index);
}
