//! Loading is bounded: what cannot be snapshotted is configured each time, and a compile process ends
//! a component that takes too long or too much memory.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tollgate_engine::{
    CompileError, CompileProcess, Contract, Engine, Grants, InspectError, Limits, LoadError,
    Preparation, Settings, embed_manifest, inspect,
};
use tollgate_model::Failure;

use crate::common::{
    compile_process, component, config, engine, guest, judge, limits, load, manifest, verdict_name,
};
use crate::guests;

const PASSING: &str = "
    ;; include configure
    ;; include judge
";

async fn load_core(fields: &str) -> Contract {
    load(&engine(), component(guests::with_core(fields), &[])).await.unwrap()
}

async fn passes(contract: &Contract) {
    let judgement = judge(contract, "text").await;
    assert_eq!(verdict_name(&judgement), "pass", "{:?}", judgement.verdict);
}

/// The memory limit is 512 pages.
#[tokio::test]
async fn snapshots_a_memory_that_is_as_large_as_allowed() {
    for pages in [511, 512] {
        let contract = load_core(&format!("(memory (export \"memory\") {pages}) {PASSING}")).await;
        assert_eq!(contract.preparation(), &Preparation::Snapshot { warmed_up: 0 }, "{pages}");
        passes(&contract).await;
    }
}

#[tokio::test]
async fn state_that_cannot_be_read_is_not_snapshotted() {
    let fixed = load_core(&format!("(memory (export \"memory\") 17 17) {PASSING}")).await;
    let Preparation::PerJudgement { reason } = fixed.preparation() else { panic!("a snapshot") };
    assert!(reason.contains("state cannot be read"), "{reason}");
    passes(&fixed).await;
    for state in ["(memory 1)", "(global (mut i32) (i32.const 1))"] {
        let silent = format!("(core module $m {state}) (core instance (instantiate $m))");
        let silent = component(guests::minimal_and(&silent), &[]);
        let contract = load(&engine(), silent).await.unwrap();
        let Preparation::PerJudgement { reason } = contract.preparation() else {
            panic!("a snapshot of {state}")
        };
        assert!(reason.contains("no export section"), "{reason}");
        passes(&contract).await;
    }
}

/// wasmparser lets them pass although the proposal they belong to is off.
#[test]
fn refuses_functions_of_exact_types() {
    let import = r#"(core module (import "exactly" "this" (func)))"#;
    let mut bytes = guests::minimal_and(import);
    assert!(inspect(&component(bytes.clone(), &[])).is_ok());
    let name = b"exactly\x04this\x00";
    let at = bytes.windows(name.len()).position(|window| window == name).unwrap();
    bytes[at + name.len() - 1] = 0x20;
    let error = inspect(&component(bytes, &[])).unwrap_err();
    assert!(matches!(error, InspectError::Malformed(_)), "{error}");
    assert!(error.to_string().contains("exact type"), "{error}");
}

/// Configuring takes more fuel than judging may, and what it leaves over is not for judging.
#[tokio::test]
async fn fuel_of_configuring_is_not_for_judging() {
    let guest = |judge: &str| {
        format!(
            "(memory (export \"memory\") 17)
            (table $table 1 funcref)
            (func $unsnapshotable (table.set $table (i32.const 0) (ref.null func)))
            (func (export \"configure\") (param i32 i32) (result i32) (local $left i32)
              (local.set $left (i32.const 20000000))
              (loop $more
                (br_if $more
                  (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
              (i32.const 16))
            (func (export \"judge\") (type $judge) {judge})"
        )
    };
    let contract = load_core(&guest("(i32.const 1024)")).await;
    assert!(matches!(contract.preparation(), Preparation::PerJudgement { .. }));
    let judgement = judge(&contract, "text").await;
    assert_eq!(verdict_name(&judgement), "pass", "{:?}", judgement.verdict);
    assert!(judgement.fuel_used < 1_000_000, "{}", judgement.fuel_used);

    let contract = load_core(&guest("(loop $more (br $more)) (unreachable)")).await;
    let failure = judge(&contract, "text").await.verdict.unwrap_err();
    let expected = limits().fuel + limits().fuel_per_kib;
    assert_eq!(failure, Failure::OutOfFuel { fuel: expected });
}

fn engine_with_process(settings: Settings) -> Engine {
    let compile_process = Some(compile_process());
    Engine::new(Settings { compile_process, sandboxes_max: 4, ..settings }).unwrap()
}

#[tokio::test]
async fn compile_process_compiles_what_the_engine_would() {
    let engine = engine_with_process(Settings::default());
    for _ in 0..2 {
        let contract = load(&engine, guest("hostile")).await.unwrap();
        assert!(matches!(contract.preparation(), Preparation::Snapshot { .. }));
        assert_eq!(verdict_name(&judge(&contract, "count").await), "pass");
        assert_eq!(verdict_name(&judge(&contract, "loop").await), "out-of-fuel");
    }
    let knobs = tollgate_engine::Knobs { pooling: false, ..Default::default() };
    let engine = engine_with_process(Settings { knobs, ..Settings::default() });
    passes(&load(&engine, component(guests::guest("residue-table"), &[])).await.unwrap()).await;
}

#[tokio::test]
async fn compile_process_reports_typed_errors() {
    let engine = engine_with_process(Settings::default());
    let attempt = async |written: Value| {
        let grants = Grants::none();
        engine.load(guest("hostile"), config(written), grants, limits()).await.err().unwrap()
    };
    let error = attempt(json!({"configure": "dance"})).await;
    assert!(
        matches!(&error, LoadError::InvalidConfig(at) if at[0].pointer == "/configure"),
        "{error}"
    );
    let error = attempt(json!({"configure": "bad-config"})).await.to_string();
    assert!(error.contains("refused on request"), "{error}");
    let unrunnable = component(guests::guest("wrong-type"), &[]);
    let error = load(&engine, unrunnable).await.err().unwrap().to_string();
    assert!(error.contains("cannot be run"), "{error}");
}

/// Component below every bound of inspection, whose ninety thousand functions take seconds to compile.
fn heavy() -> std::sync::Arc<[u8]> {
    component(guests::many_functions(90_000), &[])
}

#[tokio::test]
async fn compilation_that_takes_too_long_is_ended() {
    let short = Settings { compile_deadline_ms: 300, ..Settings::default() };
    let in_process = Engine::new(Settings { sandboxes_max: 4, ..short.clone() }).unwrap();
    for engine in [engine_with_process(short), in_process] {
        let started = Instant::now();
        let error = load(&engine, heavy()).await.err().unwrap();
        let expected =
            matches!(error, LoadError::Compile(CompileError::Timeout { deadline_ms: 300 }));
        assert!(expected, "{error}");
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    }
}

#[tokio::test]
async fn compilation_that_takes_too_much_processor_time_is_ended() {
    let engine = engine_with_process(Settings { compile_cpu_s_max: 1, ..Settings::default() });
    let error = load(&engine, heavy()).await.err().unwrap();
    let expected = LoadError::Compile(CompileError::ProcessorTime { cpu_s_max: 1 });
    assert_eq!(error.to_string(), expected.to_string());
}

#[tokio::test]
async fn compilation_that_takes_too_much_memory_is_ended() {
    let small = Settings { compile_memory_bytes_max: 100 << 20, ..Settings::default() };
    let engine = engine_with_process(small);
    let error = load(&engine, heavy()).await.err().unwrap();
    assert!(matches!(error, LoadError::Compile(CompileError::Memory { .. })), "{error}");
    // The engine is none the worse for it.
    passes(&load(&engine, component(guests::guest("minimal"), &[])).await.unwrap()).await;
}

/// Fills 64 MiB of memory while it is configured, with nothing that could be left out of a snapshot.
const DENSE: &str = r#"
    (memory (export "memory") 1040)
    (func (export "configure") (param i32 i32) (result i32)
        (memory.fill (i32.const 131072) (i32.const 7) (i32.const 67108864))
        (i32.const 16))
    ;; include judge
"#;

/// Compiling a snapshot takes several times its size.
#[tokio::test]
async fn a_contract_that_keeps_too_much_in_memory_is_told_the_limit() {
    let mebibytes = 192;
    let small = Settings { compile_memory_bytes_max: mebibytes << 20, ..Settings::default() };
    let engine = engine_with_process(small);
    let dense = component(guests::with_core(DENSE), &[]);
    let limits = Limits { memory_bytes_max: 128 << 20, ..limits() };
    let loaded =
        engine.load(dense.clone(), config(json!({})), Grants::none(), limits.clone()).await;
    let error = loaded.err().unwrap().to_string();
    assert!(error.contains("more than 192 MiB of memory"), "{error}");
    assert!(error.contains("let it keep less there"), "{error}");
    // It is the memory that it lacks.
    let engine = engine_with_process(Settings::default());
    engine.load(dense, config(json!({})), Grants::none(), limits).await.unwrap();
}

#[tokio::test]
async fn program_that_is_no_compile_process_is_an_error() {
    for program in ["/bin/echo", "/no/such/program"] {
        let process = CompileProcess { program: program.into(), arguments: Vec::new() };
        let settings = Settings { compile_process: Some(process), ..Settings::default() };
        let error = load(&Engine::new(settings).unwrap(), guest("empty")).await.err().unwrap();
        let message = error.to_string();
        assert!(matches!(error, LoadError::Compile(_)), "{message}");
    }
}

#[tokio::test]
async fn compile_process_of_another_version_is_named() {
    let greeting = r#""tollgate-engine 0.0.1, compile protocol 1""#;
    // A message begins with its length in eight bytes.
    let length = format!(r"\{:03o}{}", greeting.len(), r"\000".repeat(7));
    let arguments = vec!["-c".into(), format!("printf '{length}%s' '{greeting}'").into()];
    let compile_process = Some(CompileProcess { program: "/bin/sh".into(), arguments });
    let settings = Settings { compile_process, ..Settings::default() };
    let error = load(&Engine::new(settings).unwrap(), guest("empty")).await.err().unwrap();
    let LoadError::Compile(CompileError::OtherVersion { found, needed, .. }) = &error else {
        panic!("{error}")
    };
    assert_eq!(format!("{found:?}"), greeting);
    assert!(error.to_string().contains(&format!("is `{found}`, but")) && needed.contains("engine"));
}

/// Returns text as a message of a compile process: its length in eight bytes, and the text, for `printf`.
fn message(text: &str) -> String {
    format!(r"\{:03o}{}{text}", text.len(), r"\000".repeat(7))
}

/// Functions are shared with other components, so they may not depend on anything but the code.
#[tokio::test]
async fn no_functions_are_taken_from_a_process_that_has_read_the_job() {
    let greeting = expected_greeting().await;
    let functions = message("\"Functions\"") + &message("");
    let said = message(&greeting) + &functions.repeat(2);
    let arguments = vec!["-c".into(), format!("printf '{said}'; exec cat > /dev/null").into()];
    let compile_process = Some(CompileProcess { program: "/bin/sh".into(), arguments });
    let settings = Settings { compile_process, ..Settings::default() };
    let minimal = component(guests::guest("minimal"), &[]);
    let error = load(&Engine::new(settings).unwrap(), minimal).await.err().unwrap().to_string();
    assert!(error.contains("functions that are not asked for"), "{error}");
}

/// Returns the greeting that the engine expects, in JSON.
async fn expected_greeting() -> String {
    let program = "/bin/sh".into();
    let arguments = vec!["-c".into(), format!("printf '{}'", message("\"other\"")).into()];
    let compile_process = Some(CompileProcess { program, arguments });
    let settings = Settings { compile_process, ..Settings::default() };
    match load(&Engine::new(settings).unwrap(), guest("empty")).await.err().unwrap() {
        LoadError::Compile(CompileError::OtherVersion { needed, .. }) => format!("{needed:?}"),
        other => panic!("{other}"),
    }
}

/// Compiles with a process that writes its identifier to a file first, for the test below.
#[tokio::test]
#[ignore = "started by the test below"]
async fn compiles_until_it_is_killed() {
    let file = std::env::var("PID_FILE").unwrap();
    let worker = compile_process().program;
    let script = format!("echo $$ > '{file}'; exec '{}'", worker.display());
    let arguments = vec!["-c".into(), script.into()];
    let compile_process = Some(CompileProcess { program: "/bin/sh".into(), arguments });
    let engine = Engine::new(Settings { compile_process, ..Settings::default() }).unwrap();
    load(&engine, heavy()).await.unwrap();
}

/// Waits until there is a value, for twenty seconds at most.
fn wait_for<T>(what: &str, mut value: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(value) = value() {
            return value;
        }
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn compile_process_ends_with_its_parent() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "loading::compiles_until_it_is_killed", "--ignored"])
        .env("PID_FILE", &file)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let worker: u32 = wait_for("the process is not started", || {
        std::fs::read_to_string(&file).ok()?.trim().parse().ok()
    });
    // Time to read the request, so that it compiles.
    std::thread::sleep(Duration::from_millis(500));
    assert!(parent.try_wait().unwrap().is_none(), "compiled before it was killed");
    parent.kill().unwrap();
    parent.wait().unwrap();
    wait_for("the process goes on", || {
        let status = std::fs::read_to_string(format!("/proc/{worker}/stat"));
        // Nobody may be there to collect a dead process.
        status.map_or(true, |status| status.contains(") Z ")).then_some(())
    });
}

/// A schema of three kilobytes that is visited 2^40 times.
#[tokio::test]
async fn refuses_configuration_schemas_that_take_too_long() {
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let mut definitions = json!({"d40": {"type": "string"}});
        for at in 0..40 {
            let next = json!({"$ref": format!("#/$defs/d{}", at + 1)});
            definitions[format!("d{at}")] = json!({keyword: [next, next]});
        }
        let mut manifest = manifest(&[]);
        manifest.config_schema = json!({"$ref": "#/$defs/d0", "$defs": definitions});
        let mut bytes = guests::guest("minimal");
        embed_manifest(&mut bytes, &manifest).unwrap();
        let started = Instant::now();
        let error = load(&engine(), bytes.into()).await.err().unwrap();
        assert!(matches!(error, LoadError::InvalidSchema(_)), "{keyword}: {error}");
        assert!(started.elapsed() < Duration::from_secs(20), "{keyword}: {:?}", started.elapsed());
    }
}

#[tokio::test]
async fn lists_a_hundred_mismatches() {
    let mut manifest = manifest(&[]);
    manifest.config_schema = json!({"properties": {"terms": {"items": {"type": "string"}}}});
    let mut bytes = guests::guest("minimal");
    embed_manifest(&mut bytes, &manifest).unwrap();
    let attempt = async |terms: usize| {
        let written = config(json!({"terms": vec![1; terms]}));
        let bytes = bytes.clone().into();
        let loaded = engine().load(bytes, written, Grants::none(), Limits::default()).await;
        match loaded.err().unwrap() {
            LoadError::InvalidConfig(mismatches) => mismatches,
            other => panic!("{other}"),
        }
    };
    assert_eq!(attempt(5).await.len(), 5);
    assert_eq!(attempt(5_000).await.len(), 100);
    assert_eq!(attempt(500_000).await.len(), 1);
}
