//! Calls capabilities during configuration, which the host must refuse.

use tollgate_sdk::host::{clock, log, lookup, prompt_text};
use tollgate_sdk::prelude::*;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Capability to call while configuring.
    #[serde(default)]
    configure: Behaviour,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Behaviour {
    #[default]
    Ok,
    CallLog,
    CallClock,
    CallLookup,
    CallPrompt,
}

pub fn configure(config: Config) -> Result<(), Refusal> {
    match config.configure {
        Behaviour::Ok => {}
        Behaviour::CallLog => log::info("configuring"),
        Behaviour::CallClock => _ = clock::now(),
        Behaviour::CallLookup => _ = lookup::get("table", "key"),
        Behaviour::CallPrompt => _ = prompt_text::read(),
    }
    Ok(())
}
