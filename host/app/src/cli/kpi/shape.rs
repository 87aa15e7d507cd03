//! Figures as programs hand them in: `{"figures": [{"gate", "kpi", "value", "at", "source"}]}`.

use anyhow::{Context, bail};
use serde::Deserialize;
use tollgate_model::{Figure, GateName, KpiFigure, Words};

use crate::moments::Since;

/// Figures that are recorded together: a year of days for each of a few gates.
const FIGURES_MAX: usize = 2_000;

/// What a program hands in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Figures {
    figures: Vec<Written>,
}

/// A figure. Where it says nothing, what stands on the command line counts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    gate: Option<GateName>,
    kpi: Words,
    value: Figure,
    at: Option<String>,
    source: Option<Words>,
}

/// A figure of a gate, at a moment.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) gate: GateName,
    pub(super) at_ms: u64,
    pub(super) figure: KpiFigure,
}

/// What counts for figures that say nothing themselves.
pub(super) struct Else {
    pub(super) gate: Option<GateName>,
    pub(super) source: Words,
    pub(super) at_ms: u64,
    pub(super) now_ms: u64,
}

impl Figures {
    /// The figures, or what is wrong with one of them.
    pub(super) fn known(self, otherwise: &Else) -> anyhow::Result<Vec<Known>> {
        let count = self.figures.len();
        if count > FIGURES_MAX {
            bail!(
                "there are {count} figures, and at most {FIGURES_MAX} are recorded together: split them"
            );
        }
        let numbered = (1..).zip(self.figures);
        let known = numbered.map(|(number, written)| {
            written.known(otherwise).with_context(|| format!("figure {number} cannot be recorded"))
        });
        known.collect()
    }
}

impl Written {
    fn known(self, otherwise: &Else) -> anyhow::Result<Known> {
        let Self { gate, kpi, value, at, source } = self;
        let gate = match (gate, &otherwise.gate) {
            (Some(gate), Some(only)) if gate != *only => {
                bail!("it is of gate `{gate}`, and `--gate {only}` was said");
            }
            (Some(gate), _) => gate,
            (None, Some(gate)) => gate.clone(),
            (None, None) => {
                bail!("nothing says of which gate it is: write `gate`, or `--gate NAME`")
            }
        };
        let at_ms = match at {
            Some(at) => moment(&at, otherwise.now_ms)?,
            None => otherwise.at_ms,
        };
        let source = source.unwrap_or_else(|| otherwise.source.clone());
        Ok(Known { gate, at_ms, figure: KpiFigure { kpi, value, source } })
    }
}

/// A moment that has been: nobody has measured tomorrow.
pub(super) fn moment(text: &str, now_ms: u64) -> anyhow::Result<u64> {
    let at_ms = text.parse::<Since>()?.at_ms(now_ms);
    if at_ms > now_ms {
        bail!("`{text}` is still to come, and figures are of what has been");
    }
    Ok(at_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(json: &str, gate: Option<&str>) -> anyhow::Result<Vec<Known>> {
        let gate = gate.map(|gate| gate.parse().unwrap());
        let otherwise =
            Else { gate, source: "the tool".parse().unwrap(), at_ms: 7, now_ms: 1_774_949_400_125 };
        serde_json::from_str::<Figures>(json)?.known(&otherwise)
    }

    #[test]
    fn a_figure_says_what_it_says_and_the_rest_is_said_for_it() {
        let json = r#"{"figures": [
            {"gate": "mail", "kpi": "open-rate", "value": 0.4, "at": "2026-03-30", "source": "the report"},
            {"gate": "mail", "kpi": "bounces", "value": 3}]}"#;
        let all = known(json, None).unwrap();
        assert_eq!(
            (all[0].at_ms, all[0].figure.source.as_str()),
            (1_774_828_800_000, "the report")
        );
        assert_eq!((all[1].at_ms, all[1].figure.source.as_str()), (7, "the tool"));
        assert_eq!(known(json, Some("mail")).unwrap().len(), 2);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for json in [
            r#"{"figures": [{"kpi": "open-rate", "value": 0.4}]}"#,
            r#"{"figures": [{"gate": "mail", "kpi": "", "value": 0.4}]}"#,
            r#"{"figures": [{"gate": "mail", "kpi": "open-rate"}]}"#,
            r#"{"figures": [{"gate": "mail", "kpi": "open-rate", "value": "0.4"}]}"#,
            r#"{"figures": [{"gate": "mail", "kpi": "open-rate", "value": 0.4, "unit": "%"}]}"#,
            r#"{"figures": [{"gate": "mail", "kpi": "open-rate", "value": 0.4, "at": "2126-03-30"}]}"#,
            r#"{"figures": [{"gate": "mail", "kpi": "open-rate", "value": 1e999}]}"#,
            r#"{"figure": []}"#,
        ] {
            assert!(known(json, None).is_err(), "{json}");
        }
        let json = r#"{"figures": [{"gate": "mail", "kpi": "open-rate", "value": 0.4}]}"#;
        assert!(known(json, Some("other")).is_err());
    }
}
