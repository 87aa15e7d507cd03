//! Whether a contract was written for the prompt that a subject comes from.
//!
//! A rule that looks for what a prompt asks for says nothing about the outputs of another. A
//! contract that names prompt versions in its manifest judges those, and nothing else: not even
//! a subject of which nobody knows where it comes from.

use semver::Version;
use tollgate_model::{ContractFile, Failure, Prompt};

pub(crate) fn check(contract: &ContractFile, prompt: Option<&Prompt>) -> Result<(), Failure> {
    if contract.prompts.is_empty() {
        return Ok(());
    }
    let is = match prompt {
        None => "the subject does not say which prompt it comes from".into(),
        Some(Prompt { name, version, .. }) => {
            let wanted = contract.prompts.iter().find(|(wanted, _)| wanted.as_str() == name);
            let version_read = Version::parse(version);
            if let (Some((_, wanted)), Ok(version)) = (wanted, version_read)
                && wanted.matches(&version)
            {
                return Ok(());
            }
            format!("the subject comes from `{name}@{version}`")
        }
    };
    let covered = contract.prompts.iter().map(|(name, versions)| format!("`{name}@{versions}`"));
    let covered = covered.collect::<Vec<_>>().join(", ");
    let reason = format!("{is}, and the contract was written for {covered}");
    Err(Failure::PromptNotCovered { reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(prompts: &str, prompt: Option<(&str, &str)>) -> Result<(), String> {
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
        assert_eq!(covers("{}", None), Ok(()));
        assert_eq!(covers("{}", Some(("welcome", "1.0.0"))), Ok(()));
    }

    #[test]
    fn the_versions_that_it_was_written_for_and_no_others() {
        let prompts = r#"{"welcome": "^2.1", "farewell": "=1.0.0"}"#;
        for prompt in [("welcome", "2.1.0"), ("welcome", "2.9.3"), ("farewell", "1.0.0")] {
            assert_eq!(covers(prompts, Some(prompt)), Ok(()), "{prompt:?}");
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
            let reason = covers(prompts, Some(prompt)).unwrap_err();
            assert!(reason.contains(prompt.1) && reason.contains("`welcome@^2.1`"), "{reason}");
        }
        assert!(covers(prompts, None).unwrap_err().contains("does not say which prompt"));
    }
}
