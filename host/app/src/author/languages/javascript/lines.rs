//! The last touch on a bundle: paths of the machine that builds go out of it, and a table goes
//! in that says which of its lines come from where. The SDK's `stack.js` reads it, so that an
//! exception names the author's own files.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use tollgate_model::Capability;

/// What esbuild says of a bundle.
#[derive(Deserialize)]
pub(super) struct About {
    inputs: BTreeMap<String, IgnoredAny>,
    outputs: BTreeMap<String, Output>,
}

#[derive(Deserialize)]
struct Output {
    imports: Vec<Import>,
}

#[derive(Deserialize)]
struct Import {
    path: String,
}

/// Where the parts of a bundle come from.
#[derive(Deserialize)]
pub(super) struct SourceMap {
    sources: Vec<String>,
    mappings: String,
}

/// What is put into the runtime.
pub(super) struct Program {
    pub(super) text: String,
    /// What is left of the capabilities where only what is called is left.
    pub(super) capabilities: Vec<Capability>,
}

/// The program that a bundle becomes, with sources named as `known` says.
pub(super) fn finish(
    bundle: &str,
    map: &SourceMap,
    about: &About,
    known: impl Fn(&str) -> String,
) -> anyhow::Result<Program> {
    let files: Vec<_> = map.sources.iter().map(|source| known(source)).collect();
    let runs = runs(&map.mappings).context("esbuild wrote a source map that cannot be read")?;
    let runs: Vec<_> = runs.iter().map(Run::written).collect();
    let table = json!({"files": files, "runs": runs.join(";")});
    let text = format!("globalThis.tollgateLines = {table};\n{}", anonymous(bundle, about));
    Ok(Program { text, capabilities: capabilities(about) })
}

/// esbuild writes above each file where it lies; outside the contract's folder, that is
/// somewhere else on every machine.
fn anonymous(bundle: &str, about: &About) -> String {
    let outside = about.inputs.keys().filter(|path| path.starts_with(".."));
    let outside: BTreeSet<_> = outside.map(|path| format!("// {path}")).collect();
    let lines = bundle.split('\n').map(|line| if outside.contains(line) { "//" } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

fn capabilities(about: &About) -> Vec<Capability> {
    let imports = about.outputs.values().flat_map(|output| &output.imports);
    let named = |import: &Import| {
        let interface = import.path.strip_prefix("tollgate:host/")?;
        Capability::named(interface.split('@').next()?)
    };
    let found: BTreeSet<_> = imports.filter_map(named).collect();
    found.into_iter().collect()
}

/// Lines that lie together in one file. They are counted from 1, and the table is the first.
struct Run {
    here: i64,
    file: i64,
    there: i64,
}

impl Run {
    fn written(&self) -> String {
        format!("{},{},{}", self.here, self.file, self.there)
    }

    fn goes_on_with(&self, next: &Run) -> bool {
        self.file == next.file && next.there - self.there == next.here - self.here
    }
}

/// A source map has the lines of the bundle between semicolons, and in each the places where
/// something else begins, between commas: four numbers that say how far it is from the last
/// such place (column here, file, line there, column there).
fn runs(mappings: &str) -> Option<Vec<Run>> {
    let mut found: Vec<Run> = Vec::new();
    let (mut file, mut line) = (0, 0);
    for (here, segments) in (2..).zip(mappings.split(';')) {
        let mut first = None;
        for segment in segments.split(',') {
            let [_, file_step, line_step, ..] = numbers(segment)?[..] else { continue };
            file += file_step;
            line += line_step;
            first = first.or(Some(Run { here, file, there: line + 1 }));
        }
        let first = first.filter(|run| !found.last().is_some_and(|last| last.goes_on_with(run)));
        found.extend(first);
    }
    Some(found)
}

const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BITS: u32 = 5;
const MORE: i64 = 1 << BITS;

/// Base 64, five bits in a digit, the lowest first, and the lowest of all is the sign.
fn numbers(segment: &str) -> Option<Vec<i64>> {
    let mut found = Vec::new();
    let (mut value, mut shift) = (0, 0);
    for letter in segment.chars() {
        let digit = DIGITS.find(letter)? as i64;
        value |= (digit & (MORE - 1)).checked_shl(shift)?;
        shift += BITS;
        if digit & MORE == 0 {
            found.push(if value & 1 == 1 { -(value >> 1) } else { value >> 1 });
            (value, shift) = (0, 0);
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_source_map() {
        assert_eq!(numbers("AAgBC"), Some(vec![0, 0, 16, 1]));
        assert_eq!(numbers("ADqxwmC"), Some(vec![0, -1, 1155349]));
        assert_eq!(numbers(""), Some(vec![]));
        assert_eq!(numbers("A%"), None);
    }

    #[test]
    fn lines_that_lie_together_are_one_run() {
        // Two lines of the first file, one of nothing, the next of that file, one of another.
        let found = runs("AAAA,CACC;AACA;;AACA;ACHA").unwrap();
        let written: Vec<_> = found.iter().map(Run::written).collect();
        assert_eq!(written, ["2,0,1", "3,0,3", "5,0,4", "6,1,1"]);
    }

    #[test]
    fn a_program_names_nothing_of_the_machine() {
        let about = serde_json::from_value(json!({
            "inputs": {"src/contract.js": {}, "../../tmp/sdk/report.js": {}},
            "outputs": {"out.js": {"imports": [
                {"path": "tollgate:host/prompt-text@0.1.0"}, {"path": "tollgate:runtime"},
                {"path": "tollgate:host/log@0.1.0"},
            ]}},
        }))
        .unwrap();
        let map = SourceMap { sources: vec!["a".into()], mappings: "AAAA".into() };
        let bundle = "// ../../tmp/sdk/report.js\n// src/contract.js\n";
        let program = finish(bundle, &map, &about, |source| format!("known/{source}")).unwrap();
        let table = r#"globalThis.tollgateLines = {"files":["known/a"],"runs":"2,0,1"};"#;
        assert_eq!(program.text, format!("{table}\n//\n// src/contract.js\n"));
        assert_eq!(program.capabilities, [Capability::Log, Capability::PromptText]);
    }
}
