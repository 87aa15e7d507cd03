//! Fuzz bodies for components: any bytes may be rejected, but nothing may panic, hang or escape.

use serde_json::Value;
use tollgate_engine::{Config, ConfigInputs, Engine, Grants, HostContext, Limits, inspect};
use tollgate_model::{Content, Subject};

/// Inspects the bytes. Returns whether they are a contract.
pub fn try_inspect(bytes: &[u8]) -> bool {
    inspect(bytes).is_ok()
}

/// Loads the bytes and judges a subject with them. Returns whether they could be loaded.
pub async fn try_judge(engine: &Engine, bytes: &[u8]) -> bool {
    let limits = Limits {
        fuel: 1_000_000,
        configure_fuel: 10_000_000,
        memory_bytes_max: 16 << 20,
        ..Limits::default()
    };
    let Ok(config) = Config::resolve(Value::Object(Default::default()), &ConfigInputs::default())
    else {
        return false;
    };
    match engine.load(bytes.into(), config, Grants::none(), limits).await {
        Ok(contract) => {
            let subject = Subject::new(Content::Text("a text".into()));
            contract.judge(&subject, HostContext::default()).await;
            true
        }
        Err(_) => false,
    }
}
