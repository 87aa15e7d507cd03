//! Files that are not contracts are rejected before any of them runs, with a remedy.

use tollgate_engine::inspect;
use tollgate_model::Capability;

use crate::common::{component, config, engine, guest, limits, load};
use crate::guests;

/// Checks that a component is rejected with a message that contains these parts.
fn check(bytes: &[u8], parts: &[&str]) {
    let message = inspect(bytes).map(|_| ()).unwrap_err().to_string();
    for part in parts {
        assert!(message.contains(part), "`{part}` is missing in: {message}");
    }
}

#[test]
fn rejects_wrong_imports_and_exports() {
    let wat = |name: &str, parts: &[&str]| {
        check(&component(guests::guest(name), &Capability::ALL), parts);
    };
    wat("core-module", &["core module"]);
    wat("wasi-import", &["`wasi:cli/environment@0.2.0`", "no WASI"]);
    wat("unknown-import", &["`tollgate:host/network@0.1.0`", "`tollgate:host/clock`"]);
    wat("bare-import", &["`secrets`"]);
    wat("module-import", &["`code`"]);
    wat("newer-import", &["`tollgate:host/clock@9.0.0`", "this host serves 0.1.0"]);
    wat("wrong-version-export", &["`tollgate:contract/judge@9.0.0`", "this host serves 0.1.0"]);
    wat("no-export", &["does not export"]);
    wat("missing-judge", &["`judge`", "`contract.wit`"]);
}

#[test]
fn rejects_webassembly_features_beyond_the_allowed() {
    for name in [
        "async-judge",
        "component-start",
        "custom-page-size",
        "exceptions",
        "gc",
        "huge-memory64",
        "memory64",
        "relaxed-simd",
        "shared-memory",
        "table64",
        "threads",
        "type-bomb",
    ] {
        check(
            &component(guests::guest(name), &[]),
            &["WebAssembly features that contracts may not use"],
        );
    }
}

#[test]
fn rejects_large_files_and_many_imports() {
    check(&guests::many_imports(5_000), &["extra-0", "and 4997 more"]);
    check(&vec![0; 100 << 20], &["104857600 bytes", "67108864"]);
}

#[test]
fn rejects_missing_and_incomplete_manifests() {
    check(&guests::guest("minimal"), &["no manifest"]);
    let manifest = tollgate_engine::read_manifest(&guest("curious")).unwrap();
    assert_eq!(manifest.contract.capabilities.len(), 4);
    // Its manifest declares no capability, but it imports `lookup`.
    check(&component(guests::guest("overlap-keys"), &[]), &["`lookup`", "[capabilities]"]);
}

#[test]
fn rejects_damaged_files() {
    check(b"", &["not a WebAssembly"]);
    check(b"\0asm", &["it is damaged"]);
    check(b"#!/bin/sh\necho no\n", &["not a WebAssembly"]);
    let whole = component(guests::guest("minimal"), &[]);
    assert!(inspect(&whole).is_ok());
    for length in 0..whole.len() {
        assert!(inspect(&whole[..length]).is_err(), "cut after {length} bytes");
    }
}

/// A component with a flipped bit is rejected or contained.
#[tokio::test]
async fn contains_components_with_flipped_bits() {
    let engine = engine();
    let whole = component(guests::guest("finding"), &[]);
    let mut loaded = 0;
    for position in 0..whole.len() {
        let mut flipped = whole.to_vec();
        flipped[position] ^= 1 << (position % 8);
        if let Ok(contract) = load(&engine, flipped.into()).await {
            crate::common::judge(&contract, "text").await;
            loaded += 1;
        }
    }
    assert!(loaded > 0, "some flips must be harmless");
}

#[tokio::test]
async fn linking_rejects_wrong_types() {
    let engine = engine();
    for name in ["unknown-function", "wrong-import-type", "wrong-type"] {
        let bytes = component(guests::guest(name), &Capability::ALL);
        let message = load(&engine, bytes).await.err().unwrap().to_string();
        assert!(message.contains("cannot be run"), "{name}: {message}");
    }
}

#[tokio::test]
async fn rejects_configurations_that_do_not_fit() {
    let engine = engine();
    let attempt = async |written: serde_json::Value| {
        let grants = tollgate_engine::Grants::none();
        engine
            .load(guest("hostile"), config(written), grants, limits())
            .await
            .err()
            .unwrap()
            .to_string()
    };
    let message = attempt(serde_json::json!({"configure": "dance"})).await;
    assert!(message.contains("at `/configure`"), "{message}");
    let message = attempt(serde_json::json!({"colour": 1})).await;
    assert!(message.contains("colour"), "{message}");
    let message = attempt(serde_json::json!({"configure": "bad-config"})).await;
    assert!(message.contains("refused on request"), "{message}");
}

#[tokio::test]
async fn rejects_limits_above_the_ceiling() {
    let engine = engine();
    let limits = tollgate_engine::Limits { memory_bytes_max: 1 << 40, ..limits() };
    let grants = tollgate_engine::Grants::none();
    let loaded = engine.load(guest("empty"), config(serde_json::json!({})), grants, limits).await;
    let message = loaded.err().unwrap().to_string();
    assert!(message.contains("`memory_bytes_max`"), "{message}");
}
