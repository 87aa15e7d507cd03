#![no_main]

#[path = "../bodies.rs"]
#[allow(dead_code)]
mod bodies;

use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime};
use tollgate_engine::{Engine, Settings};

static HOST: LazyLock<(Runtime, Engine)> = LazyLock::new(|| {
    let engine = Engine::new(Settings { sandboxes_max: 4, ..Settings::default() });
    let runtime = Builder::new_current_thread().enable_time().build();
    (runtime.expect("a runtime"), engine.expect("an engine"))
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (runtime, engine) = &*HOST;
    runtime.block_on(bodies::try_judge(engine, bytes));
});
