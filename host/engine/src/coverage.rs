//! Whether a contract was written for the prompt that a subject comes from.
//!
//! A rule that looks for what a prompt asks for says nothing about the outputs of another. A
//! contract that names prompt versions in its manifest judges those, and nothing else: not even
//! a subject of which nobody knows where it comes from.

use semver::Version;
use tollgate_model::{ContractFile, Failure, Prompt, covers};

pub(crate) fn check(contract: &ContractFile, prompt: Option<&Prompt>) -> Result<(), Failure> {
    // A version that is none is covered by nothing but a contract that judges all.
    let version = prompt.and_then(|prompt| Version::parse(&prompt.version).ok());
    let named = prompt.map(|prompt| prompt.name.as_str()).zip(version.as_ref());
    if covers(&contract.prompts, named) {
        return Ok(());
    }
    let is = match prompt {
        None => "the subject does not say which prompt it comes from".into(),
        Some(Prompt { name, version, .. }) => format!("the subject comes from `{name}@{version}`"),
    };
    let covered = contract.prompts.iter().map(|(name, versions)| format!("`{name}@{versions}`"));
    let covered = covered.collect::<Vec<_>>().join(", ");
    let reason = format!("{is}, and the contract was written for {covered}");
    Err(Failure::PromptNotCovered { reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judges(prompts: &str, prompt: Option<(&str, &str)>) -> Result<(), String> {
        let contract = format!(
            r#"{{"name": "a/b", "version": "1.0.0", "description": "", "license": "MIT",
                "wit": "0.1.0", "prompts": {prompts}}}"#
        );
        let contract = serde_json::from_str(&contract).unwrap();
        let prompt = prompt.map(|(name, version)| Prompt {
            name: name.into(),
            version: version.into(),
            digest: "sha256:0".into(),
        });
        check(&contract, prompt.as_ref()).map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_contract_that_names_no_prompts_judges_all() {
        assert_eq!(judges("{}", None), Ok(()));
        assert_eq!(judges("{}", Some(("welcome", "1.0.0"))), Ok(()));
    }

    #[test]
    fn the_versions_that_it_was_written_for_and_no_others() {
        let prompts = r#"{"welcome": "^2.1", "farewell": "=1.0.0"}"#;
        for prompt in [("welcome", "2.1.0"), ("welcome", "2.9.3"), ("farewell", "1.0.0")] {
            assert_eq!(judges(prompts, Some(prompt)), Ok(()), "{prompt:?}");
        }
        for prompt in [
            ("welcome", "2.0.9"),
            ("welcome", "3.0.0"),
            ("welcome", "2.2.0-rc.1"),
            ("farewell", "1.0.1"),
            ("Welcome", "2.1.0"),
            ("other", "2.1.0"),
            ("welcome", "two"),
        ] {
            let reason = judges(prompts, Some(prompt)).unwrap_err();
            assert!(reason.contains(prompt.1) && reason.contains("`welcome@^2.1`"), "{reason}");
        }
        assert!(judges(prompts, None).unwrap_err().contains("does not say which prompt"));
    }
}
