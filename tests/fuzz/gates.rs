//! Fuzz body for gate files: any bytes are a gate, or are rejected with faults that name valid lines.

use tollgate_govern::read::read;
use tollgate_model::Gate;

/// Returns whether the bytes are a gate.
pub fn is_gate(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    match read("gates/welcome-email.toml", text) {
        Ok(gate) => {
            let json = serde_json::to_string(&gate).expect("a gate can be written");
            assert_eq!(
                serde_json::from_str::<Gate>(&json).expect("a written gate can be read"),
                gate
            );
            true
        }
        Err(faults) => {
            assert!(!faults.0.is_empty(), "it is rejected without a fault");
            let lines = text.lines().count().max(1);
            for fault in &faults.0 {
                assert!(fault.line().is_none_or(|line| (1..=lines).contains(&line)), "{fault}");
            }
            false
        }
    }
}
