//! Passes every subject without looking at it, to measure the cost of a judgement itself.

use tollgate_sdk::prelude::*;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Config {}

fn judge(_: &Config, _: &Subject) -> Result<Report, Refusal> {
    Ok(Report::pass())
}

contract!(Config, judge);
