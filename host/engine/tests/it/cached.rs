//! Compiled contracts on disk: found again, and never believed without proof.

use std::fs;
use std::path::PathBuf;

use serde_json::json;
use tollgate_engine::{Config, Engine, Grants, Knobs, Settings};

use crate::common::{config, guest, judge, limits, word};

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

/// Whether the contract came from the cache; it judges in any case.
async fn load(engine: &Engine, config: Config) -> bool {
    let contract = engine.load(guest("hostile"), config, Grants::none(), limits()).await.unwrap();
    assert_eq!(word(&judge(&contract, "count").await), "pass");
    contract.was_cached()
}

#[tokio::test]
async fn what_was_compiled_is_found_by_the_next_process() {
    let folder = Folder::new();
    assert!(!load(&folder.engine(), config(json!({}))).await);
    assert!(load(&folder.engine(), config(json!({}))).await);
    assert_eq!(folder.files().len(), 1);
}

#[tokio::test]
async fn another_configuration_or_engine_is_another_file() {
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

/// A file that was changed is made anew, whatever was changed in it.
#[tokio::test]
async fn a_changed_file_is_never_loaded() {
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

/// Grants are checked for what comes from the cache, too.
#[tokio::test]
async fn a_cached_contract_is_granted_nothing() {
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
async fn two_processes_fill_it_at_once() {
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

/// A cache that cannot be used is said, and costs no judgement.
#[tokio::test]
async fn without_a_cache_contracts_still_load() {
    let folder = Folder::new();
    fs::write(folder.0.path().join("cache"), "a file stands here").unwrap();
    let engine = folder.engine();
    assert!(engine.cache_problem().unwrap().to_string().contains("cannot be used"));
    assert!(!load(&engine, config(json!({}))).await);
}
