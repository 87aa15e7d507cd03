//! `tollgate score`: should a task be delegated?

use std::path::Path;

use clap::Args;
use serde_json::json;
use tollgate_govern::score::{self, Thresholds, VALUES};
use tollgate_model::{Dimension, Points, Posture};

use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};
use crate::exit::Exit;
use crate::project::Project;

/// Weighs whether a task can be delegated to an AI: six values from 1 (low) to 5 (high).
///
/// They are, in this order: outcome criticality, scope and time horizon, data sensitivity, model
/// reliability, reputational risk, cost efficiency. A sum up to 12 can be delegated, up to 18 a human is in the
/// loop, and from 19 on it is not for an AI; `[score]` in `tollgate.toml` says where a project draws these lines.
///
/// Example: tollgate score 2 1 1 3 2 4 --label delegate
#[derive(Args)]
pub(super) struct Score {
    /// The six values.
    #[arg(value_name = "VALUE", num_args = VALUES, required = true, value_parser = points)]
    values: Vec<Points>,
    /// A dimension that is worded so that high is good: it counts the other way round.
    #[arg(long, value_name = "DIMENSION", value_parser = dimension)]
    invert: Vec<Dimension>,
    /// What somebody calls it: a label that the sum contradicts is told.
    #[arg(long, value_parser = posture)]
    label: Option<Posture>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl Score {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let values = <[Points; VALUES]>::try_from(self.values.as_slice())?;
        let inverted = |dimension| self.invert.contains(&dimension);
        let project = Project::around(Path::new("."))?;
        let thresholds = project.map_or_else(Thresholds::default, |project| project.thresholds());
        let weighed = score::weigh(values, inverted, thresholds);
        let warnings = score::warnings(&weighed, self.label);
        if self.json {
            let each = Dimension::ALL.into_iter().zip(values);
            let values: serde_json::Map<_, _> = each
                .map(|(dimension, value)| (dimension.name().to_owned(), value.number().into()))
                .collect();
            let warnings: Vec<_> = warnings.iter().map(ToString::to_string).collect();
            let all = json!({
                "values": values, "inverted": self.invert, "raw": weighed.raw,
                "counted": weighed.counted, "posture": weighed.posture, "warnings": warnings,
            });
            console::say(format!("{all:#}"));
            return Ok(Exit::Pass);
        }
        for (dimension, value) in Dimension::ALL.into_iter().zip(values) {
            let end = if inverted(dimension) { "  inverted" } else { "" };
            let value = value.number();
            console::say(format!("  {value}  {}{}", dimension.name(), paint(QUIET, end)));
        }
        let style = match weighed.posture {
            Posture::Delegate => GOOD,
            Posture::HumanInTheLoop => DOUBT,
            Posture::Block => BAD,
        };
        let sum = paint(STRONG, weighed.counted);
        console::say(format!("{sum}  {}", paint(style, weighed.posture)));
        for warning in warnings {
            console::warn(warning);
        }
        Ok(Exit::Pass)
    }
}

fn points(text: &str) -> Result<Points, String> {
    let number: i64 = text.parse().map_err(|_| "it should be a number from 1 to 5".to_owned())?;
    Points::of(number).map_err(|error| error.to_string())
}

fn dimension(name: &str) -> Result<Dimension, String> {
    let names = Dimension::ALL.map(Dimension::name).join(", ");
    let found = Dimension::ALL.into_iter().find(|dimension| dimension.name() == name);
    found.ok_or_else(|| format!("the dimensions are {names}"))
}

fn posture(name: &str) -> Result<Posture, String> {
    serde_json::from_value(name.into())
        .map_err(|_| "it should be one of delegate, human-in-the-loop, block".into())
}
