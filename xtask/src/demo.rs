//! The sample outputs, judged by the standard contracts.

use std::process::Command;

use anyhow::{Context, bail};

use crate::build;
use crate::shell::root;

/// A contract, its configuration, and the exit code that each sample has to end with.
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

/// Builds what is missing, judges the samples, and checks that it is as it should be.
pub fn run() -> anyhow::Result<()> {
    let tool = build::tool()?;
    let examples = root().join("examples");
    for &(contract, config, sample, wanted) in JUDGEMENTS {
        println!("\n$ tollgate judge {contract} --config @config/{config} outputs/{sample}");
        let status = Command::new(&tool)
            .current_dir(&examples)
            .args(["judge", contract, "--config", &format!("@config/{config}")])
            .arg(format!("outputs/{sample}"))
            .status()
            .context("the tool does not start")?;
        if status.code() != Some(wanted) {
            bail!("it should have ended with {wanted}, and ended with {status}");
        }
    }
    println!(
        "\n{} judgements, each in a sandbox of its own, all as they should be.",
        JUDGEMENTS.len()
    );
    println!(
        "The samples and their configurations are in `examples/`; try the tool at {}.",
        tool.display()
    );
    Ok(())
}
