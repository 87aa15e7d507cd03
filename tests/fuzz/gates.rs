//! What is done with bytes that somebody calls a gate: they are one, or it is said where they are not.

use tollgate_govern::read::read;
use tollgate_model::Gate;

/// Whether they are a gate.
pub fn is_gate(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    match read("gates/welcome-email.toml", text) {
        Ok(gate) => {
            let json = serde_json::to_string(&gate).expect("what was read is written");
            assert_eq!(serde_json::from_str::<Gate>(&json).expect("and read again"), gate);
            true
        }
        Err(faults) => {
            assert!(!faults.0.is_empty(), "it is refused for no reason");
            let lines = text.lines().count().max(1);
            for fault in &faults.0 {
                assert!(fault.line.is_none_or(|line| (1..=lines).contains(&line)), "{fault}");
            }
            false
        }
    }
}
