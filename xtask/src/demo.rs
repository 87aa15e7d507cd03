//! Judges the sample outputs with the standard contracts.

use std::process::Command;

use anyhow::{Context, bail};

use crate::build;
use crate::shell::repository_root;

/// Contract, configuration, sample and expected exit code.
const JUDGEMENTS: &[(&str, &str, &str, i32)] = &[
    ("tollgate/banned-terms", "banned-terms.json", "letter.txt", 0),
    ("tollgate/banned-terms", "banned-terms.json", "letter-with-faults.txt", 1),
    ("tollgate/pii", "pii.json", "letter.txt", 0),
    ("tollgate/pii", "pii.json", "letter-with-faults.txt", 1),
    ("tollgate/readability", "readability.json", "letter.txt", 0),
    ("tollgate/length", "length.json", "letter.txt", 0),
    ("tollgate/json-schema", "order.json", "order.json", 0),
    ("tollgate/json-schema", "order.json", "order-with-faults.json", 1),
];

/// Builds what is missing, judges the samples, and checks the exit codes.
pub fn run() -> anyhow::Result<()> {
    let tool = build::build_tool()?;
    let examples = repository_root().join("examples");
    for &(contract, config, sample, expected) in JUDGEMENTS {
        println!("\n$ tollgate judge {contract} --config @config/{config} outputs/{sample}");
        let status = Command::new(&tool)
            .current_dir(&examples)
            .args(["judge", contract, "--config", &format!("@config/{config}")])
            .arg(format!("outputs/{sample}"))
            .status()
            .context("the tool cannot be started")?;
        if status.code() != Some(expected) {
            bail!("the exit code should be {expected}, but it ended with {status}");
        }
    }
    println!(
        "\n{} judgements, each in a sandbox of its own, all with the expected outcome.",
        JUDGEMENTS.len()
    );
    println!(
        "The samples and their configurations are in `examples/`. The tool is `{}`.",
        tool.display()
    );
    Ok(())
}
