//! Budget caps hold even if several processes check outputs at one gate at once.

use std::process::Stdio;

use serde_json::json;

use super::{context, newsletter, query_ledger, recorded};
use crate::tool::Ran;

/// Processes that check at once.
const PROCESSES: usize = 8;
/// Outputs of each process.
const OUTPUTS: usize = 40;

/// Returns an output that costs 1.10 EUR. The daily cap is 12.00 EUR, enough for ten of them.
fn costly_line(process: usize, number: usize) -> String {
    let mut context = context();
    context["cost"] = json!("1.10");
    let text = format!("Letter {number} of {process}.");
    let line = json!({
        "id": format!("{process}-{number}"), "text": text, "prompt": "welcome-email@2.1.0",
        "context": context,
    });
    format!("{line}\n")
}

#[test]
fn concurrent_processes_keep_to_the_budget() {
    let place = newsletter();
    let mut children = Vec::new();
    for process in 0..PROCESSES {
        let lines: String = (0..OUTPUTS).map(|number| costly_line(process, number)).collect();
        let file = format!("part-{process}.jsonl");
        place.write(&file, lines);
        let mut tool = place.tool(&["check", "--gate", "welcome-email", &file]);
        tool.stdout(Stdio::piped()).stderr(Stdio::piped());
        children.push(tool.spawn().unwrap());
    }
    for child in children {
        Ran::from_child("tollgate check", child).exits_with(1);
    }
    let all = PROCESSES * OUTPUTS;
    assert_eq!(recorded(&place), (all, all), "each output is recorded once");
    // Blocked outputs were paid for, too. Amounts are in millionths.
    assert_eq!(query_ledger(&place, "SELECT sum(spent) FROM days"), "352000000");
    assert_eq!(query_ledger(&place, "SELECT count(*) FROM runs WHERE ruling != 'block'"), "10");
    place.run(&["log", "verify"]).exits_with(0);
}
