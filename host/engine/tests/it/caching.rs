//! The cache of compiled contracts: files are found again, and never loaded without a valid hash.

use std::fs;
use std::path::PathBuf;

use serde_json::json;
use tollgate_engine::{Config, Engine, Grants, Knobs, Settings};

use crate::common::{config, guest, judge, limits, verdict_name};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn engine(&self) -> Engine {
        self.engine_with(Knobs::default())
    }

    fn engine_with(&self, knobs: Knobs) -> Engine {
        let cache = Some(self.0.path().join("cache"));
        Engine::new(Settings { cache, sandboxes_max: 4, knobs, ..Settings::default() }).unwrap()
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.0.path().join("cache")).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| !path.ends_with("key")).collect()
    }
}

/// Loads a contract and judges with it. Returns whether it came from the cache.
async fn load(engine: &Engine, config: Config) -> bool {
    let contract = engine.load(guest("hostile"), config, Grants::none(), limits()).await.unwrap();
    assert_eq!(verdict_name(&judge(&contract, "count").await), "pass");
    contract.was_cached()
}

#[tokio::test]
async fn next_process_finds_the_compiled_contract() {
    let folder = Folder::new();
    assert!(!load(&folder.engine(), config(json!({}))).await);
    assert!(load(&folder.engine(), config(json!({}))).await);
    assert_eq!(folder.files().len(), 1);
}

#[tokio::test]
async fn configuration_and_settings_are_part_of_the_cache_key() {
    let folder = Folder::new();
    let engine = folder.engine();
    assert!(!load(&engine, config(json!({}))).await);
    assert!(!load(&engine, config(json!({"configure": "ok"}))).await);
    assert!(
        !load(&folder.engine_with(Knobs { fuel: false, ..Knobs::default() }), config(json!({})))
            .await
    );
    assert!(
        !load(
            &folder.engine_with(Knobs { snapshot: false, ..Knobs::default() }),
            config(json!({}))
        )
        .await
    );
    assert!(load(&engine, config(json!({}))).await);
}

#[tokio::test]
async fn changed_files_are_compiled_again() {
    let folder = Folder::new();
    load(&folder.engine(), config(json!({}))).await;
    let path = folder.files()[0].clone();
    let whole = fs::read(&path).unwrap();
    for position in [0, 31, 32, 40, whole.len() / 2, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[position] ^= 1;
        fs::write(&path, changed).unwrap();
        assert!(!load(&folder.engine(), config(json!({}))).await, "byte {position}");
        assert!(load(&folder.engine(), config(json!({}))).await);
    }
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(!load(&folder.engine(), config(json!({}))).await);
}

#[tokio::test]
async fn grants_are_checked_for_cached_contracts() {
    let folder = Folder::new();
    let all = tollgate_model::Capability::ALL.into_iter().fold(Grants::none(), Grants::allow);
    let load = async |grants| {
        folder.engine().load(guest("curious"), config(json!({})), grants, limits()).await
    };
    load(all.clone()).await.unwrap();
    assert!(load(all).await.unwrap().was_cached());
    assert!(load(Grants::none()).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_engines_can_fill_the_cache_at_once() {
    let folder = Folder::new();
    let engines: Vec<_> = (0..4).map(|_| folder.engine()).collect();
    let loads = engines
        .into_iter()
        .map(|engine| tokio::spawn(async move { load(&engine, config(json!({}))).await }));
    for load in loads.collect::<Vec<_>>() {
        load.await.unwrap();
    }
    assert!(load(&folder.engine(), config(json!({}))).await);
}

/// The problem is reported, and contracts are compiled instead.
#[tokio::test]
async fn contracts_load_without_a_usable_cache() {
    let folder = Folder::new();
    fs::write(folder.0.path().join("cache"), "a file in place of the folder").unwrap();
    let engine = folder.engine();
    assert!(engine.cache_problem().unwrap().to_string().contains("cannot be used"));
    assert!(!load(&engine, config(json!({}))).await);
}
