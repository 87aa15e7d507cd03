//! Checks that a contract covers the prompt of a subject.
//!
//! A rule written for the outputs of one prompt means nothing for those of another. A contract
//! whose manifest names prompt versions judges outputs of these versions only. It does not
//! judge a subject whose prompt is unknown either.

use semver::Version;
use tollgate_model::{ContractFile, Failure, PromptRef, covers_prompt};

pub(crate) fn check_prompt(
    contract: &ContractFile,
    prompt: Option<&PromptRef>,
) -> Result<(), Failure> {
    // An unreadable version matches no requirement, so only contracts without `prompts` cover it.
    let version = prompt.and_then(|prompt| Version::parse(&prompt.version).ok());
    let named = prompt.map(|prompt| prompt.name.as_str()).zip(version.as_ref());
    if covers_prompt(&contract.prompts, named) {
        return Ok(());
    }
    let origin = match prompt {
        None => "the subject does not say which prompt it comes from".into(),
        Some(PromptRef { name, version, .. }) => {
            format!("the subject comes from `{name}@{version}`")
        }
    };
    let covered = contract.prompts.iter().map(|(name, versions)| format!("`{name}@{versions}`"));
    let covered = covered.collect::<Vec<_>>().join(", ");
    let reason = format!("{origin}, but the contract covers only {covered}");
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
        let prompt = prompt.map(|(name, version)| PromptRef {
            name: name.into(),
            version: version.into(),
            digest: "sha256:0".into(),
        });
        check_prompt(&contract, prompt.as_ref()).map_err(|failure| failure.to_string())
    }

    #[test]
    fn contract_without_prompts_covers_every_subject() {
        assert_eq!(judges("{}", None), Ok(()));
        assert_eq!(judges("{}", Some(("welcome", "1.0.0"))), Ok(()));
    }

    #[test]
    fn covers_only_the_named_versions() {
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
