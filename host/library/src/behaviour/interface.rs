//! What a contract says of itself, in two versions.

use std::collections::BTreeMap;

use tollgate_model::Manifest;

use super::Difference;
use super::configuration::configuration;
use crate::Bump;

/// In which ways a version asks for more, takes less, or has something new.
pub fn interface(old: &Manifest, new: &Manifest) -> Vec<Difference> {
    let mut found = Vec::new();
    let (from, to) = (&old.contract, &new.contract);
    for capability in missing(&to.capabilities, &from.capabilities) {
        let what = format!("it newly asks for `{capability}`, which has to be granted");
        found.push(Difference::new(Bump::Major, what));
    }
    for capability in missing(&from.capabilities, &to.capabilities) {
        found.push(Difference::new(Bump::Patch, format!("it no longer asks for `{capability}`")));
    }
    for rule in missing(&from.rules, &to.rules) {
        found.push(Difference::new(Bump::Major, format!("the rule `{rule}` is gone")));
    }
    for rule in missing(&to.rules, &from.rules) {
        found.push(Difference::new(Bump::Minor, format!("the rule `{rule}` is new")));
    }
    match (from.stream, to.stream) {
        (true, false) => found.push(Difference::new(
            Bump::Major,
            "it no longer judges texts while they are being written",
        )),
        (false, true) => {
            found.push(Difference::new(Bump::Minor, "it judges texts while they are being written"))
        }
        _ => {}
    }
    if from.prompts != to.prompts {
        // Whether all that one requirement admits another does too cannot be told in general.
        let bump = if to.prompts.is_empty() { Bump::Minor } else { Bump::Major };
        found.push(Difference::new(bump, "it was written for other prompt versions"));
    }
    found.extend(configuration(&old.config_schema, &new.config_schema));
    found
}

/// What one has and the other has not.
fn missing<'a, K: Ord, A, B>(
    of: &'a BTreeMap<K, A>,
    within: &'a BTreeMap<K, B>,
) -> impl Iterator<Item = &'a K> {
    of.keys().filter(|key| !within.contains_key(key))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn manifest(change: impl FnOnce(&mut Value)) -> Manifest {
        let mut manifest = json!({
            "contract": {
                "name": "a/b", "version": "1.0.0", "description": "", "license": "MIT",
                "wit": "0.1.0",
                "rules": {"r": {"severity": "error", "description": ""}},
                "capabilities": {"log": "why"},
                "prompts": {"welcome": "^2"},
            },
            "config-schema": {},
        });
        change(&mut manifest["contract"]);
        serde_json::from_value(manifest).unwrap()
    }

    fn check(change: impl FnOnce(&mut Value), bump: Bump, words: &str) {
        let found = interface(&manifest(|_| {}), &manifest(change));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].bump == bump && found[0].what.contains(words), "{found:?}");
    }

    #[test]
    fn what_a_contract_says_of_itself() {
        assert_eq!(interface(&manifest(|_| {}), &manifest(|_| {})), []);
        check(|it| it["capabilities"]["clock"] = json!("why"), Bump::Major, "`clock`");
        check(|it| it["capabilities"] = json!({}), Bump::Patch, "no longer asks for `log`");
        check(|it| it["rules"] = json!({}), Bump::Major, "`r` is gone");
        let rule = json!({"severity": "info", "description": ""});
        check(|it| it["rules"]["s"] = rule, Bump::Minor, "`s` is new");
        check(|it| it["stream"] = json!(true), Bump::Minor, "being written");
        check(|it| it["prompts"]["welcome"] = json!("^3"), Bump::Major, "prompt versions");
        check(|it| it["prompts"] = json!({}), Bump::Minor, "prompt versions");
    }
}
