//! `tollgate gate score`: shows a gate's delegation score with its reasons.

use clap::Args;
use tollgate_api::GateScoreDocument;
use tollgate_govern::score;
use tollgate_model::{DelegationPosture, Gate, ScoreDimension};

use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::json_output;

/// Shows the six values of a gate's delegation score with their reasons, the sum, and the outcome.
///
/// Exits with 1 if a value is missing.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate gate score welcome-email")]
pub(super) struct GateScoreCommand {
    /// Name of the gate.
    name: String,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl GateScoreCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let gate = project.read_gate(&self.name)?;
        let weighed = score::weigh_score(&gate.score, project.thresholds());
        let warnings =
            weighed.iter().flat_map(|weighed| score::warnings(weighed, gate.score.label));
        let warnings: Vec<_> = warnings.map(|warning| warning.to_string()).collect();
        let exit = if weighed.is_some() { Exit::Pass } else { Exit::Fail };
        if self.json {
            let document = GateScoreDocument::new(&gate, weighed.as_ref(), warnings);
            json_output::print_document(&document)?;
            return Ok(exit);
        }
        ScoreDimension::ALL.into_iter().for_each(|dimension| print_dimension(&gate, dimension));
        match &weighed {
            None => console::print(paint(BAD, "no sum: a value is missing")),
            Some(weighed) => {
                let style = match weighed.posture {
                    DelegationPosture::Delegate => GOOD,
                    DelegationPosture::HumanInTheLoop => DOUBT,
                    DelegationPosture::Block => BAD,
                };
                let sum = paint(STRONG, weighed.counted);
                let raw = format!("  raw sum: {}", weighed.raw);
                console::print(format!(
                    "{sum}  {}{}",
                    paint(style, weighed.posture),
                    paint(QUIET, raw)
                ));
            }
        }
        warnings.iter().for_each(console::warn);
        Ok(exit)
    }
}

fn print_dimension(gate: &Gate, dimension: ScoreDimension) {
    let name = dimension.name();
    let Some(scored) = gate.score.get(dimension) else {
        return console::print(format!("  {}  {name:22}", paint(BAD, "-")));
    };
    // The printed value is the one that was given; inversion only affects the sum.
    let inverted = if gate.score.invert.contains(&dimension) { " (inverted)" } else { "" };
    let reason = &scored.reason;
    console::print(format!("  {}  {name:22}{inverted}  {reason}", scored.value.as_u8()));
}
