//! Misbehaviour during configuration.

use std::hint::black_box;

use tollgate_sdk::prelude::*;

use crate::{crash, exhaust};

const HUGE_STATE_BYTES: usize = 20 << 20;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Misbehaviour instead of configuring.
    #[serde(default)]
    configure: Behaviour,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Behaviour {
    #[default]
    Ok,
    Unreachable,
    Panic,
    Loop,
    Memory,
    BadConfig,
    HugeState,
}

/// Configured state, kept in memory.
pub struct State {
    _bytes: Vec<u8>,
}

pub fn configure(config: Config) -> Result<State, Refusal> {
    let bytes = match config.configure {
        Behaviour::Ok => Vec::new(),
        Behaviour::Unreachable => crash::trap(),
        Behaviour::Panic => crash::panic_with("panicked while configured"),
        Behaviour::Loop => exhaust::spin(),
        Behaviour::Memory => exhaust::allocate_for_ever(),
        Behaviour::BadConfig => return Err(refusal()),
        Behaviour::HugeState => noise(HUGE_STATE_BYTES),
    };
    Ok(State { _bytes: black_box(bytes) })
}

pub fn refusal() -> Refusal {
    Refusal::bad_config(&Pointer::root().key("configure"), "refused on request")
}

/// Returns bytes without zeros, which a snapshot could leave out.
fn noise(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index % 255) as u8 + 1).collect()
}
