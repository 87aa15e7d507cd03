//! Finishes a bundle: removes the build machine's paths and adds a table that maps its lines to
//! source files. The SDK's `stack.js` reads the table, so that exceptions name the author's files.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use tollgate_model::Capability;

use crate::build_error::BuildError;

/// esbuild's metadata of a bundle.
#[derive(Deserialize)]
pub(super) struct BundleMetadata {
    inputs: BTreeMap<String, IgnoredAny>,
    outputs: BTreeMap<String, OutputMetadata>,
}

#[derive(Deserialize)]
struct OutputMetadata {
    imports: Vec<ImportMetadata>,
}

#[derive(Deserialize)]
struct ImportMetadata {
    path: String,
}

/// Source map of a bundle.
#[derive(Deserialize)]
pub(super) struct SourceMap {
    sources: Vec<String>,
    mappings: String,
}

/// JavaScript program that is embedded in the runtime.
pub(super) struct JavaScriptProgram {
    pub(super) text: String,
    /// Capabilities that the program still imports after unused code was removed.
    pub(super) capabilities: Vec<Capability>,
}

impl BundleMetadata {
    /// Returns the paths of the bundled files, from the folder in which esbuild ran.
    pub(super) fn inputs(&self) -> impl Iterator<Item = &str> {
        self.inputs.keys().map(String::as_str)
    }
}

/// Makes the program from a bundle. `stable_name` maps a path of the source map to a name that is the
/// same on every machine.
pub(super) fn finish_bundle(
    bundle: &str,
    map: &SourceMap,
    about: &BundleMetadata,
    stable_name: impl Fn(&str) -> String,
) -> Result<JavaScriptProgram, BuildError> {
    let files: Vec<_> = map.sources.iter().map(|source| stable_name(source)).collect();
    let runs = decode_line_runs(&map.mappings).ok_or(BuildError::SourceMap)?;
    let runs: Vec<_> = runs.iter().map(LineRun::encode).collect();
    let table = json!({"files": files, "runs": runs.join(";")});
    let text =
        format!("globalThis.tollgateLines = {table};\n{}", blank_outside_paths(bundle, about));
    Ok(JavaScriptProgram { text, capabilities: used_capabilities(about) })
}

/// Blanks the comments in which esbuild names files outside the contract's folder, because their
/// paths differ between machines.
fn blank_outside_paths(bundle: &str, about: &BundleMetadata) -> String {
    let outside = about.inputs.keys().filter(|path| path.starts_with(".."));
    let outside: BTreeSet<_> = outside.map(|path| format!("// {path}")).collect();
    let lines = bundle.split('\n').map(|line| if outside.contains(line) { "//" } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

fn used_capabilities(about: &BundleMetadata) -> Vec<Capability> {
    let imports = about.outputs.values().flat_map(|output| &output.imports);
    let named = |import: &ImportMetadata| {
        let interface = import.path.strip_prefix("tollgate:host/")?;
        Capability::from_name(interface.split('@').next()?)
    };
    // The set sorts and removes duplicates, so that the component does not depend on esbuild's order.
    let capabilities: BTreeSet<_> = imports.filter_map(named).collect();
    capabilities.into_iter().collect()
}

/// Consecutive lines of one source file. Lines are counted from 1, and line 1 of the program is the
/// table itself.
struct LineRun {
    bundle_line: i64,
    file: i64,
    source_line: i64,
}

impl LineRun {
    fn encode(&self) -> String {
        format!("{},{},{}", self.bundle_line, self.file, self.source_line)
    }

    fn is_continued_by(&self, next: &LineRun) -> bool {
        self.file == next.file
            && next.source_line - self.source_line == next.bundle_line - self.bundle_line
    }
}

/// Decodes the mappings of a source map: the bundle's lines, separated by semicolons, each with
/// segments, separated by commas. A segment has four numbers relative to the segment before: column
/// in the bundle, file, line in the file, column in the file.
fn decode_line_runs(mappings: &str) -> Option<Vec<LineRun>> {
    let mut runs: Vec<LineRun> = Vec::new();
    let (mut file, mut line) = (0, 0);
    for (here, segments) in (2..).zip(mappings.split(';')) {
        let mut first = None;
        for segment in segments.split(',') {
            let [_, file_step, line_step, ..] = decode_vlq(segment)?[..] else { continue };
            file += file_step;
            line += line_step;
            first = first.or(Some(LineRun { bundle_line: here, file, source_line: line + 1 }));
        }
        let first = first.filter(|run| !runs.last().is_some_and(|last| last.is_continued_by(run)));
        runs.extend(first);
    }
    Some(runs)
}

const BASE64_DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const DIGIT_BITS: u32 = 5;
const CONTINUATION_BIT: i64 = 1 << DIGIT_BITS;

/// Decodes a segment of base64 VLQ numbers: five bits per digit, the lowest first, and the lowest bit
/// of a number is its sign.
fn decode_vlq(segment: &str) -> Option<Vec<i64>> {
    let mut numbers = Vec::new();
    let (mut value, mut shift) = (0, 0);
    for letter in segment.chars() {
        let digit = BASE64_DIGITS.find(letter)? as i64;
        value |= (digit & (CONTINUATION_BIT - 1)).checked_shl(shift)?;
        shift += DIGIT_BITS;
        if digit & CONTINUATION_BIT == 0 {
            numbers.push(if value & 1 == 1 { -(value >> 1) } else { value >> 1 });
            (value, shift) = (0, 0);
        }
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_vlq_segments() {
        assert_eq!(decode_vlq("AAgBC"), Some(vec![0, 0, 16, 1]));
        assert_eq!(decode_vlq("ADqxwmC"), Some(vec![0, -1, 1155349]));
        assert_eq!(decode_vlq(""), Some(vec![]));
        assert_eq!(decode_vlq("A%"), None);
    }

    #[test]
    fn merges_consecutive_lines_into_one_run() {
        // Two lines of the first file, a line without source, the next line of that file, a line of
        // another file.
        let runs = decode_line_runs("AAAA,CACC;AACA;;AACA;ACHA").unwrap();
        let written: Vec<_> = runs.iter().map(LineRun::encode).collect();
        assert_eq!(written, ["2,0,1", "3,0,3", "5,0,4", "6,1,1"]);
    }

    #[test]
    fn removes_machine_paths_from_the_bundle() {
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
        let program =
            finish_bundle(bundle, &map, &about, |source| format!("known/{source}")).unwrap();
        let table = r#"globalThis.tollgateLines = {"files":["known/a"],"runs":"2,0,1"};"#;
        assert_eq!(program.text, format!("{table}\n//\n// src/contract.js\n"));
        assert_eq!(program.capabilities, [Capability::Log, Capability::PromptText]);
    }
}
