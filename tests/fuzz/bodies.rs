//! What is done with bytes that somebody sent. Nothing may panic, hang or escape.

use serde_json::Value;
use tollgate_engine::{Config, Engine, Grants, Limits, Live, Materials, inspect};
use tollgate_model::{Content, Subject};

/// Looking at it.
pub fn look(bytes: &[u8]) -> bool {
    inspect(bytes).is_ok()
}

/// Loading it, and judging with what loads.
pub async fn judge(engine: &Engine, bytes: &[u8]) -> bool {
    let limits = Limits {
        fuel: 1_000_000,
        configure_fuel: 10_000_000,
        memory_bytes_max: 16 << 20,
        ..Limits::default()
    };
    let Ok(config) = Config::complete(Value::Object(Default::default()), &Materials::default())
    else {
        return false;
    };
    match engine.load(bytes.into(), config, Grants::none(), limits).await {
        Ok(contract) => {
            let subject = Subject::new(Content::Text("a text".into()));
            contract.judge(&subject, Live::default()).await;
            true
        }
        Err(_) => false,
    }
}
