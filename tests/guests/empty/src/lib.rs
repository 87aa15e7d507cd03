//! Judges nothing: what a judgement costs before it does anything.

use tollgate_sdk::prelude::*;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Config {}

fn judge(_: &Config, _: &Subject) -> Result<Report, Refusal> {
    Ok(Report::pass())
}

contract!(Config, judge);
