//! `tollgate score`: computes the delegation score of a task.

use clap::Args;
use tollgate_api::ScoreDocument;
use tollgate_govern::score::{self, DIMENSION_COUNT, ScoreThresholds};
use tollgate_model::{DelegationPosture, ScoreDimension, ScoreValue};

use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};
use crate::current_project::find_project;
use crate::exit::Exit;
use crate::json_output;

/// Meanings of 1, 3 and 5 in each dimension, from the published framework that the score follows, with examples.
const AFTER_HELP: &str = "\
What the values mean:
  outcome-criticality     what a wrong output costs the business
      1 an hour of work · 3 money, or a customer · 5 a contract, a licence, the brand
  scope-and-time-horizon  how much it decides, and for how long
      1 one output on one day · 3 a campaign · 5 strategy for years
  data-sensitivity        personal data, regulated data, contracts
      1 public texts only · 3 names and preferences, with consent · 5 health, money, children
  model-reliability       how proven the model is here, and how well its outputs can be explained
      1 untried · 3 tested on recorded cases · 5 in use, measured and explained
  reputational-risk       how visible a mistake is
      1 seen inside only · 3 seen by single customers · 5 public, or in the press
  cost-efficiency         what delegating gains, compared with the cost of oversight
      1 reviews cost more than is saved · 3 hours a week · 5 a job that nobody could do by hand

Each value adds to the sum, and a high sum counts against delegating. High values of model-reliability and
cost-efficiency sound good, and count against delegating all the same, as in the published examples. Invert both to
count them as they sound: 5 then counts as 1.

Examples:
  tollgate score 2 1 1 3 2 4 --label delegate
  tollgate score 2 1 1 4 2 4 --invert model-reliability --invert cost-efficiency";

/// Computes from six values whether a task can be delegated to an AI.
///
/// The values, each from 1 (low) to 5 (high), are in this order: outcome criticality, scope and time horizon, data
/// sensitivity, model reliability, reputational risk, cost efficiency. A sum of up to 12 means delegate, up to 18
/// human in the loop, and from 19 block; `[score]` in `tollgate.toml` sets other thresholds for a project.
#[derive(Args)]
#[command(after_long_help = AFTER_HELP)]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_says_what_the_values_of_each_dimension_mean() {
        let mut rest = AFTER_HELP;
        for dimension in ScoreDimension::ALL {
            let name = format!("\n  {:22}  ", dimension.name());
            let (_, after) = rest.split_once(&name).unwrap_or_else(|| panic!("no `{dimension}`"));
            let anchors = after.lines().nth(1).unwrap().trim_start();
            let values: Vec<_> =
                anchors.split(" · ").filter_map(|one| one.chars().next()).collect();
            assert_eq!(values, ['1', '3', '5'], "{dimension}: {anchors}");
            rest = after;
        }
    }
}
