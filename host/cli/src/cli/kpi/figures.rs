//! JSON files of figures: `{"figures": [{"gate", "kpi", "value", "at", "source"}]}`.

use anyhow::{Context, bail};
use serde::Deserialize;
use tollgate::figures::{FIGURES_MAX, ReportedFigure};
use tollgate_model::{Figure, GateName, KpiEvent, NonBlankString};

use crate::timestamps::Since;

/// A file of figures.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FiguresFile {
    figures: Vec<FigureEntry>,
}

/// A figure in a file. Missing members are taken from the command line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FigureEntry {
    gate: Option<GateName>,
    kpi: NonBlankString,
    value: Figure,
    at: Option<String>,
    source: Option<NonBlankString>,
}

/// Values from the command line for members that a figure omits.
pub(super) struct FigureDefaults {
    pub(super) gate: Option<GateName>,
    pub(super) source: NonBlankString,
    pub(super) at_ms: u64,
    pub(super) now_ms: u64,
}

impl FiguresFile {
    /// Completes all figures with the defaults, and fails if one of them is invalid.
    pub(super) fn resolve(self, defaults: &FigureDefaults) -> anyhow::Result<Vec<ReportedFigure>> {
        let count = self.figures.len();
        if count > FIGURES_MAX {
            bail!(
                "{count} figures are too many: at most {FIGURES_MAX} can be recorded at once, so split the file"
            );
        }
        let numbered = (1..).zip(self.figures);
        let figures = numbered.map(|(number, entry)| {
            entry.resolve(defaults).with_context(|| format!("figure {number} cannot be recorded"))
        });
        figures.collect()
    }
}

impl FigureEntry {
    fn resolve(self, defaults: &FigureDefaults) -> anyhow::Result<ReportedFigure> {
        let Self { gate, kpi, value, at, source } = self;
        let gate = match (gate, &defaults.gate) {
            (Some(gate), Some(only)) if gate != *only => {
                bail!("its gate is `{gate}`, but `--gate {only}` is given");
            }
            (Some(gate), _) => gate,
            (None, Some(gate)) => gate.clone(),
            (None, None) => {
                bail!("its gate is missing: add `gate`, or `--gate NAME`")
            }
        };
        let at_ms = match at {
            Some(at) => parse_past_moment(&at, defaults.now_ms)?,
            None => defaults.at_ms,
        };
        let source = source.unwrap_or_else(|| defaults.source.clone());
        Ok(ReportedFigure { gate, at_ms, figure: KpiEvent { kpi, value, source } })
    }
}

/// Parses a time of measurement, which must not be in the future.
pub(super) fn parse_past_moment(text: &str, now_ms: u64) -> anyhow::Result<u64> {
    let at_ms = text.parse::<Since>()?.at_ms(now_ms);
    if at_ms > now_ms {
        bail!("`{text}` is in the future: figures must have been measured already");
    }
    Ok(at_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve_json(json: &str, gate: Option<&str>) -> anyhow::Result<Vec<ReportedFigure>> {
        let gate = gate.map(|gate| gate.parse().unwrap());
        let defaults = FigureDefaults {
            gate,
            source: "the tool".parse().unwrap(),
            at_ms: 7,
            now_ms: 1_774_949_400_125,
        };
        serde_json::from_str::<FiguresFile>(json)?.resolve(&defaults)
    }

    #[test]
    fn fills_in_missing_members_from_the_command_line() {
        let json = r#"{"figures": [
            {"gate": "mail", "kpi": "open-rate", "value": 0.4, "at": "2026-03-30", "source": "the report"},
            {"gate": "mail", "kpi": "bounces", "value": 3}]}"#;
        let all = resolve_json(json, None).unwrap();
        assert_eq!(
            (all[0].at_ms, all[0].figure.source.as_str()),
            (1_774_828_800_000, "the report")
        );
        assert_eq!((all[1].at_ms, all[1].figure.source.as_str()), (7, "the tool"));
        assert_eq!(resolve_json(json, Some("mail")).unwrap().len(), 2);
    }

    #[test]
    fn rejects_malformed_figures() {
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
            assert!(resolve_json(json, None).is_err(), "{json}");
        }
        let json = r#"{"figures": [{"gate": "mail", "kpi": "open-rate", "value": 0.4}]}"#;
        assert!(resolve_json(json, Some("other")).is_err());
    }
}
