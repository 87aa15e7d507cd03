//! Tables that a contract asked for while it judged, and that nobody gave it.

use std::collections::BTreeSet;

use tollgate_model::{HostAnswer, Judgement, LookupError};

use crate::console;
use crate::shell_words::quote_word;

/// Tells how to give the contract the tables that it asked for in vain.
pub(super) fn note_missing_tables(judgement: &Judgement) {
    for table in missing_tables(judgement) {
        console::note(table_hint(table));
    }
}

/// Returns the tables that a contract asked for in vain, each once.
fn missing_tables(judgement: &Judgement) -> BTreeSet<&str> {
    let missing = judgement.answers.iter().filter_map(|answer| match answer {
        HostAnswer::LookupGet { table, answer: Err(LookupError::NotGranted(_)), .. }
        | HostAnswer::LookupContainsAny {
            table, answer: Err(LookupError::NotGranted(_)), ..
        } => Some(table.as_str()),
        _ => None,
    });
    missing.collect()
}

fn table_hint(table: &str) -> String {
    let argument = format!("{table}=FILE");
    format!(
        "the contract asked for the table `{table}`: give it one with `--table {}`",
        quote_word(&argument)
    )
}

#[cfg(test)]
mod tests {
    use tollgate_model::{Failure, RunLog};

    use super::*;

    #[test]
    fn names_each_missing_table_once() {
        let get = |table: &str, answer| HostAnswer::LookupGet {
            table: table.into(),
            key: "a".into(),
            answer,
        };
        let not_granted = |table: &str| LookupError::NotGranted(table.into());
        let answers = vec![
            get("claims", Err(not_granted("claims"))),
            get("hosts", Ok(None)),
            HostAnswer::LookupContainsAny {
                table: "claims".into(),
                keys: Vec::new(),
                answer: Err(not_granted("claims")),
            },
            get("broken", Err(LookupError::Unavailable("too large".into()))),
        ];
        let verdict = Err(Failure::OutOfFuel { fuel: 1 });
        let log = RunLog::default();
        let judgement = Judgement { verdict, fuel_used: 0, time_us: 0, answers, log };
        assert_eq!(Vec::from_iter(missing_tables(&judgement)), ["claims"]);
        let hint = table_hint("claims");
        assert!(hint.ends_with("with `--table claims=FILE`"), "{hint}");
        assert!(table_hint("a; b").ends_with("`--table 'a; b=FILE'`"));
    }
}
