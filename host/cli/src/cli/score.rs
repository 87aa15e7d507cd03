//! `tollgate score`: computes the delegation score of a task.

use clap::Args;
use tollgate_api::ScoreDocument;
use tollgate_govern::score::{self, DIMENSION_COUNT, ScoreThresholds};
use tollgate_model::{DelegationPosture, ScoreDimension, ScoreValue};

use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};
use crate::current_project::find_project;
use crate::exit::Exit;
use crate::json_output;

/// Computes from six values whether a task can be delegated to an AI.
///
/// The values, each from 1 (low) to 5 (high), are in this order: outcome criticality, scope and time horizon, data
/// sensitivity, model reliability, reputational risk, cost efficiency. A sum of up to 12 means delegate, up to 18
/// human in the loop, and from 19 block; `[score]` in `tollgate.toml` sets other thresholds for a project.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate score 2 1 1 3 2 4 --label delegate")]
pub(super) struct ScoreCommand {
    /// The six values.
    #[arg(value_name = "VALUE", num_args = DIMENSION_COUNT, required = true, value_parser = parse_points)]
    values: Vec<ScoreValue>,
    /// Dimension to invert, because a high value is good for the task; may be repeated.
    #[arg(long, value_name = "DIMENSION", value_parser = parse_dimension)]
    invert: Vec<ScoreDimension>,
    /// Expected outcome; a warning is printed if the sum contradicts it.
    #[arg(long, value_parser = parse_posture)]
    label: Option<DelegationPosture>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl ScoreCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let values = <[ScoreValue; DIMENSION_COUNT]>::try_from(self.values.as_slice())?;
        let inverted = |dimension| self.invert.contains(&dimension);
        let project = find_project()?;
        let thresholds =
            project.map_or_else(ScoreThresholds::default, |project| project.thresholds());
        let weighed = score::weigh_values(values, inverted, thresholds);
        let warnings = score::warnings(&weighed, self.label);
        if self.json {
            let document = ScoreDocument::new(values, &self.invert, &weighed, &warnings);
            json_output::print_document(&document)?;
            return Ok(Exit::Pass);
        }
        for (dimension, value) in ScoreDimension::ALL.into_iter().zip(values) {
            let end = if inverted(dimension) { "  inverted" } else { "" };
            let value = value.as_u8();
            console::print(format!("  {value}  {}{}", dimension.name(), paint(QUIET, end)));
        }
        let style = match weighed.posture {
            DelegationPosture::Delegate => GOOD,
            DelegationPosture::HumanInTheLoop => DOUBT,
            DelegationPosture::Block => BAD,
        };
        let sum = paint(STRONG, weighed.counted);
        console::print(format!("{sum}  {}", paint(style, weighed.posture)));
        for warning in warnings {
            console::warn(warning);
        }
        Ok(Exit::Pass)
    }
}

fn parse_points(text: &str) -> Result<ScoreValue, String> {
    let number: i64 = text.parse().map_err(|_| "not a number from 1 to 5".to_owned())?;
    ScoreValue::new(number).map_err(|error| error.to_string())
}

fn parse_dimension(name: &str) -> Result<ScoreDimension, String> {
    let names = ScoreDimension::ALL.map(ScoreDimension::name).join(", ");
    let found = ScoreDimension::ALL.into_iter().find(|dimension| dimension.name() == name);
    found.ok_or_else(|| format!("not a dimension: use one of {names}"))
}

fn parse_posture(name: &str) -> Result<DelegationPosture, String> {
    serde_json::from_value(name.into())
        .map_err(|_| "not an outcome: use `delegate`, `human-in-the-loop` or `block`".into())
}
