//! The cache of compiled contracts: files are found again, and never loaded without a valid hash.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_engine::{Config, Engine, Grants, Knobs, Limits, Settings};

use crate::common::{compile_process, component, config, guest, judge, limits, verdict_name};
use crate::guests;

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

    /// Returns an engine as another process has it, which knows only what is in the cache.
    fn other_process(&self) -> Engine {
        let cache = Some(self.0.path().join("cache"));
        let compile_process = Some(compile_process());
        let settings = Settings { cache, compile_process, sandboxes_max: 4, ..Settings::default() };
        Engine::new(settings).unwrap()
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
    let expected = "the contract, its code, the code to configure it, and what inspecting found";
    assert_eq!(folder.files().len(), 4, "{expected}");
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

/// Memories are rounded up as far as the limit allows, which another caller may set lower.
#[tokio::test]
async fn limit_of_memory_is_part_of_the_cache_key() {
    let folder = Folder::new();
    let engine = folder.engine();
    let load = async |memory_bytes_max| {
        let limits = Limits { memory_bytes_max, ..limits() };
        let loaded = engine.load(guest("hostile"), config(json!({})), Grants::none(), limits).await;
        let contract = loaded.unwrap();
        assert_eq!(verdict_name(&judge(&contract, "count").await), "pass");
        contract.was_cached()
    };
    assert!(!load(32 << 20).await);
    assert!(!load(16 << 20).await);
    assert!(load(32 << 20).await && load(16 << 20).await);
}

#[tokio::test]
async fn changed_files_are_compiled_again() {
    let folder = Folder::new();
    load(&folder.engine(), config(json!({}))).await;
    let mut needed = 0;
    for path in folder.files() {
        let whole = fs::read(&path).unwrap();
        let truncated = whole[..whole.len() / 2].to_vec();
        let changes = [0, 31, 32, 40, whole.len() / 2, whole.len() - 1].map(|position| {
            let mut changed = whole.clone();
            changed[position] ^= 1;
            changed
        });
        let mut cached = Vec::new();
        for changed in changes.into_iter().chain([truncated, Vec::new()]) {
            fs::write(&path, changed).unwrap();
            cached.push(load(&folder.engine(), config(json!({}))).await);
            assert!(load(&folder.engine(), config(json!({}))).await);
        }
        assert!(cached.windows(2).all(|pair| pair[0] == pair[1]), "{cached:?}");
        needed += usize::from(!cached[0]);
    }
    assert_eq!(needed, 2, "the contract and its code, but not the code to configure it");
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

/// Loads a component in a process of its own, and returns the number of functions that it compiled.
async fn compile(engine: &Engine, component: Arc<[u8]>, written: Value) -> u64 {
    let contract = engine.load(component, config(written), Grants::none(), limits()).await.unwrap();
    assert!(!contract.was_cached());
    assert_eq!(verdict_name(&judge(&contract, "count").await), "pass");
    contract.functions_compiled()
}

/// The same code with another section that is not code.
fn with_note(component: &[u8], note: &str) -> Arc<[u8]> {
    let name = b"note";
    let mut with_note = component.to_vec();
    with_note.extend_from_slice(&[0, (1 + name.len() + note.len()) as u8, name.len() as u8]);
    with_note.extend_from_slice(name);
    with_note.extend_from_slice(note.as_bytes());
    with_note.into()
}

const OTHER: &str = "ok";

#[tokio::test]
async fn another_configuration_compiles_nothing_in_another_process() {
    let folder = Folder::new();
    let all = compile(&folder.other_process(), guest("hostile"), json!({})).await;
    assert!(all > 50, "{all}");
    let other = json!({"configure": OTHER});
    assert_eq!(compile(&folder.other_process(), guest("hostile"), other.clone()).await, 0);
    assert!(load(&folder.other_process(), config(other)).await);
    assert_eq!(folder.files().len(), 6, "functions, code, configurator, inspection, two contracts");
}

#[tokio::test]
async fn another_component_with_the_same_code_compiles_few_functions() {
    let folder = Folder::new();
    let component = guest("hostile");
    let all = compile(&folder.other_process(), component.clone(), json!({})).await;
    let other = compile(&folder.other_process(), with_note(&component, "x"), json!({})).await;
    assert!(other * 2 < all, "{other} of {all}");
}

#[tokio::test]
async fn another_script_compiles_few_functions() {
    let folder = Folder::new();
    let script = |script: &str, pages: u32| {
        let function = "(param i32) (result i32) (i32.add (local.get 0)";
        let memory = format!("(memory (export \"memory\") {pages})");
        let data = format!("(data (i32.const 70000) \"{script}\")");
        // Every function is another one, or it would be compiled only once.
        let functions: String = (0..200)
            .map(|number| format!("(func (export \"f{number}\") {function} (i32.const {number})))"))
            .collect();
        component(
            guests::with_core(&format!(
                "{memory} {data} {functions}\n;; include configure\n;; include judge\n"
            )),
            &[],
        )
    };
    let all = compile(&folder.other_process(), script("one", 17), json!({})).await;
    let other = compile(&folder.other_process(), script("another", 20), json!({})).await;
    assert!(all > 200 && other * 2 < all, "{other} of {all}");
}

#[tokio::test]
async fn changed_functions_are_compiled_again() {
    let folder = Folder::new();
    let all = compile(&folder.other_process(), guest("hostile"), json!({})).await;
    for path in folder.files() {
        let mut changed = fs::read(&path).unwrap();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        fs::write(&path, changed).unwrap();
    }
    // Whether the functions are sound shows when they are needed, which is too late to keep new ones.
    let without = compile(&folder.other_process(), guest("hostile"), json!({})).await;
    assert!(without > 50, "{without} of {all}");
    let with_note = with_note(&guest("hostile"), "x");
    compile(&folder.other_process(), with_note.clone(), json!({})).await;
    assert_eq!(compile(&folder.other_process(), with_note, json!({"configure": OTHER})).await, 0);
}

#[tokio::test]
async fn files_under_another_key_are_ignored() {
    let folder = Folder::new();
    let all = compile(&folder.other_process(), guest("hostile"), json!({})).await;
    fs::write(folder.0.path().join("cache/key"), [7; 32]).unwrap();
    let again = compile(&folder.other_process(), guest("hostile"), json!({})).await;
    assert!(again * 5 > all * 4, "{again} of {all}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_can_keep_functions_at_once() {
    let folder = Folder::new();
    let loads: Vec<_> = [json!({}), json!({"configure": OTHER})]
        .into_iter()
        .map(|written| (folder.other_process(), written))
        .map(|(engine, written)| {
            tokio::spawn(async move { compile(&engine, guest("hostile"), written).await })
        })
        .collect();
    for load in loads {
        load.await.unwrap();
    }
    let with_note = with_note(&guest("hostile"), "x");
    let compiled = compile(&folder.other_process(), with_note, json!({})).await;
    assert!(compiled < 150, "{compiled}");
}

/// Functions are kept in memory instead.
#[tokio::test]
async fn functions_are_kept_without_a_usable_cache() {
    let folder = Folder::new();
    fs::write(folder.0.path().join("cache"), "a file in place of the folder").unwrap();
    let engine = folder.other_process();
    assert!(compile(&engine, guest("hostile"), json!({})).await > 50);
    assert_eq!(compile(&engine, guest("hostile"), json!({"configure": OTHER})).await, 0);
}
