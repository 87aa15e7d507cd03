//! `tollgate gate score`: a task's delegation score, with the reasons.

use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};
use tollgate_govern::score;
use tollgate_model::{Dimension, Gate, Posture};

use crate::cli::gate;
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, harmless, paint};
use crate::exit::Exit;
use crate::gates;

/// Shows a gate's six values with their reasons, what they come to, and what that says.
///
/// Ends with 1 where a value is missing.
///
/// Example: tollgate gate score welcome-email
#[derive(Args)]
pub(super) struct Score {
    /// Which gate.
    name: String,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl Score {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let gate = gates::named(&project, &self.name)?;
        let weighed = score::of(&gate.score, project.thresholds());
        let warnings = weighed.iter().flat_map(|all| score::warnings(all, gate.score.label));
        let warnings: Vec<_> = warnings.map(|warning| warning.to_string()).collect();
        let exit = if weighed.is_some() { Exit::Pass } else { Exit::Fail };
        if self.json {
            let all = json!({
                "gate": gate.name,
                "values": values(&gate).context("the values cannot be written")?,
                "inverted": gate.score.invert,
                "raw": weighed.as_ref().map(|all| all.raw),
                "counted": weighed.as_ref().map(|all| all.counted),
                "posture": weighed.as_ref().map(|all| all.posture),
                "in-the-middle": gate.score.in_the_middle,
                "when-high": gate.score.when_high,
                "label": gate.score.label,
                "warnings": warnings,
            });
            console::say(format!("{all:#}"));
            return Ok(exit);
        }
        Dimension::ALL.into_iter().for_each(|dimension| tell(&gate, dimension));
        match &weighed {
            None => console::say(paint(BAD, "there is no sum, as long as a value is missing")),
            Some(all) => {
                let style = match all.posture {
                    Posture::Delegate => GOOD,
                    Posture::HumanInTheLoop => DOUBT,
                    Posture::Block => BAD,
                };
                let sum = paint(STRONG, all.counted);
                let raw = format!("  the values as they are: {}", all.raw);
                console::say(format!("{sum}  {}{}", paint(style, all.posture), paint(QUIET, raw)));
            }
        }
        warnings.iter().for_each(console::warn);
        Ok(exit)
    }
}

fn tell(gate: &Gate, dimension: Dimension) {
    let name = dimension.name();
    let Some(scored) = gate.score.get(dimension) else {
        return console::say(format!("  {}  {name:22}", paint(BAD, "-")));
    };
    let inverted = if gate.score.invert.contains(&dimension) { " (inverted)" } else { "" };
    let reason = harmless(scored.reason.as_str());
    console::say(format!("  {}  {name:22}{inverted}  {reason}", scored.value.number()));
}

fn values(gate: &Gate) -> serde_json::Result<Value> {
    let each = Dimension::ALL.into_iter().map(|dimension| {
        let scored = gate.score.get(dimension).map(serde_json::to_value).transpose()?;
        Ok((dimension.name().to_owned(), scored.unwrap_or(Value::Null)))
    });
    each.collect::<serde_json::Result<serde_json::Map<_, _>>>().map(Value::Object)
}
