//! Comparison of the manifests of two contract versions: capabilities, rules, streaming, prompt
//! versions and configuration schema.

use std::collections::BTreeMap;

use tollgate_model::Manifest;

use super::ContractChange;
use super::configuration::compare_configurations;
use crate::Bump;

/// Returns the differences between two manifests.
pub fn compare_manifests(old: &Manifest, new: &Manifest) -> Vec<ContractChange> {
    let mut changes = Vec::new();
    let (from, to) = (&old.contract, &new.contract);
    for capability in keys_missing_in(&to.capabilities, &from.capabilities) {
        let what = format!("it now requires the capability `{capability}`, which must be granted");
        changes.push(ContractChange::new(Bump::Major, what));
    }
    for capability in keys_missing_in(&from.capabilities, &to.capabilities) {
        changes.push(ContractChange::new(
            Bump::Patch,
            format!("it no longer requires the capability `{capability}`"),
        ));
    }
    for rule in keys_missing_in(&from.rules, &to.rules) {
        changes.push(ContractChange::new(Bump::Major, format!("the rule `{rule}` was removed")));
    }
    for rule in keys_missing_in(&to.rules, &from.rules) {
        changes.push(ContractChange::new(Bump::Minor, format!("the rule `{rule}` was added")));
    }
    match (from.stream, to.stream) {
        (true, false) => changes.push(ContractChange::new(
            Bump::Major,
            "it no longer judges texts while they are being written",
        )),
        (false, true) => changes.push(ContractChange::new(
            Bump::Minor,
            "it now judges texts while they are being written",
        )),
        _ => {}
    }
    if from.prompts != to.prompts {
        // Whether one requirement admits all versions that another does cannot be decided in
        // general, so any change to a non-empty list counts as major.
        let bump = if to.prompts.is_empty() { Bump::Minor } else { Bump::Major };
        changes.push(ContractChange::new(bump, "it supports different prompt versions"));
    }
    changes.extend(compare_configurations(&old.config_schema, &new.config_schema));
    changes
}

/// Returns the keys of `of` that `within` does not have.
fn keys_missing_in<'a, K: Ord, A, B>(
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

    fn check(change: impl FnOnce(&mut Value), bump: Bump, expected: &str) {
        let changes = compare_manifests(&manifest(|_| {}), &manifest(change));
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert!(
            changes[0].bump == bump && changes[0].description.contains(expected),
            "{changes:?}"
        );
    }

    #[test]
    fn rates_changes_of_the_manifest() {
        assert_eq!(compare_manifests(&manifest(|_| {}), &manifest(|_| {})), []);
        check(|contract| contract["capabilities"]["clock"] = json!("why"), Bump::Major, "`clock`");
        check(
            |contract| contract["capabilities"] = json!({}),
            Bump::Patch,
            "no longer requires the capability `log`",
        );
        check(|contract| contract["rules"] = json!({}), Bump::Major, "`r` was removed");
        let rule = json!({"severity": "info", "description": ""});
        check(|contract| contract["rules"]["s"] = rule, Bump::Minor, "`s` was added");
        check(|contract| contract["stream"] = json!(true), Bump::Minor, "being written");
        check(
            |contract| contract["prompts"]["welcome"] = json!("^3"),
            Bump::Major,
            "prompt versions",
        );
        check(|contract| contract["prompts"] = json!({}), Bump::Minor, "prompt versions");
    }
}
