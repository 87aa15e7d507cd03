//! Reads the modules of a contract without running them, and warns about what is sure to go wrong. A build takes many
//! seconds, and this takes none.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;
use tollgate_model::{Capability, ContractFile};

use crate::build_error::BuildError;
use crate::build_log::BuildLog;
use crate::requirements::INSTALL_PYTHON;
use crate::toolbox::run_tool_with_input;

const SCAN: &str = include_str!("scan.py");
/// Python of the component. An older one on this machine may not know all of its syntax.
const COMPONENT_PYTHON: (u32, u32) = (3, 14);

/// Results of a scan.
#[derive(Debug, Deserialize)]
struct ScannedModules {
    /// Version of the Python that scanned.
    version: (u32, u32),
    rules: Vec<NamedRule>,
    prints: Vec<ModulePlace>,
    missing: Vec<MissingModule>,
    error: Option<ModuleError>,
}

/// Rule that a finding names.
#[derive(Debug, Deserialize)]
struct NamedRule {
    rule: String,
    #[serde(flatten)]
    place: ModulePlace,
}

/// Import of a module that neither Python nor `src` has.
#[derive(Debug, Deserialize)]
struct MissingModule {
    module: String,
    #[serde(flatten)]
    place: ModulePlace,
}

#[derive(Debug, Deserialize)]
struct ModulePlace {
    file: String,
    line: u32,
}

#[derive(Debug, Deserialize)]
struct ModuleError {
    message: String,
    #[serde(flatten)]
    place: ModulePlace,
}

/// Scans the modules in `src`. Fails if they cannot be parsed, and warns about rules that the contract does not declare,
/// about modules that are not there, and about output that nobody reads. Which modules the packages of `requirements.txt` have
/// is not known here, so with such a file nothing is said of modules.
pub(super) fn scan_modules(
    folder: &Path,
    about: &ContractFile,
    has_packages: bool,
    log: &dyn BuildLog,
) -> Result<(), BuildError> {
    let mut python = Command::new("python3");
    python.args(["-I", "-c", SCAN]).arg(folder.join("src"));
    // Without a scan the build goes on, and says itself what is missing.
    let scanned = run_tool_with_input(&mut python, Stdio::null(), INSTALL_PYTHON).ok();
    let scanned = scanned.and_then(|output| serde_json::from_str(&output.out).ok());
    let Some(scanned): Option<ScannedModules> = scanned else { return Ok(()) };
    judge_scan(&scanned, about, log)?;
    if let Some(MissingModule { module, place }) = scanned.missing.first()
        && !has_packages
    {
        log.compiler_warned(&format!(
            "`{place}` imports `{module}`, which is neither in Python nor in `src/`\n  pin its package in \
             `requirements.txt`, with its hash"
        ));
    }
    Ok(())
}

fn judge_scan(
    scanned: &ScannedModules,
    about: &ContractFile,
    log: &dyn BuildLog,
) -> Result<(), BuildError> {
    if let Some(ModuleError { message, place }) = &scanned.error
        && scanned.version >= COMPONENT_PYTHON
    {
        return Err(BuildError::Python { message: format!("{place}: {message}") });
    }
    if let Some(warning) = undeclared_rules(scanned, about) {
        log.compiler_warned(&warning);
    }
    if let Some(place) = scanned.prints.first()
        && !about.capabilities.contains_key(&Capability::Log)
    {
        log.compiler_warned(&format!(
            "`{place}` prints, and nobody reads it\n  declare `log` under `[capabilities]` in `contract.toml`: then \
             printed lines are in the log of a run"
        ));
    }
    Ok(())
}

/// Lists all rules that are named and not declared, each with its first place.
fn undeclared_rules(scanned: &ScannedModules, about: &ContractFile) -> Option<String> {
    let mut undeclared: Vec<&NamedRule> = Vec::new();
    for named in &scanned.rules {
        let is_known = about.rules.contains_key(&named.rule)
            || undeclared.iter().any(|other| other.rule == named.rule);
        if !is_known {
            undeclared.push(named);
        }
    }
    if undeclared.is_empty() {
        return None;
    }
    let mut text = String::from(
        "`contract.toml` does not declare these rules, and a judgement that reports one fails:",
    );
    for NamedRule { rule, place } in undeclared {
        let _ = write!(text, "\n  `{rule}` at `{place}`");
    }
    text.push_str("\n  add a table `[rules.NAME]` for each, or correct the name");
    Some(text)
}

impl std::fmt::Display for ModulePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tollgate_project::files;

    use super::*;

    #[derive(Clone, Default)]
    struct WarningLog(Arc<Mutex<Vec<String>>>);

    impl BuildLog for WarningLog {
        fn fetch_started(&self, _: &str) {}

        fn fetch_ended(&self, _: &str, _: Option<&Path>) {}

        fn compiler_warned(&self, warnings: &str) {
            self.0.lock().unwrap().push(warnings.to_owned());
        }
    }

    fn scan(code: &str, more: &str) -> (Result<(), BuildError>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        files::write(&folder.path().join("src/contract.py"), code.as_bytes()).unwrap();
        let about = format!(
            "name = \"acme/calm\"\nversion = \"1.0.0\"\ndescription = \"d\"\nlicense = \"MIT\"\nwit = \"0.1.0\"\n{more}"
        );
        let log = WarningLog::default();
        let result = scan_modules(folder.path(), &toml::from_str(&about).unwrap(), false, &log);
        let warnings = log.0.lock().unwrap().clone();
        (result, warnings)
    }

    const CODE: &str = "from tollgate import Finding as F\nimport tollgate\n\ndef judge(config, subject):\n    \
                        print('hello')\n    F.error('loud', 'm')\n    F.error('tyop', 'm')\n    F.info('tyop', 'm')\n    \
                        tollgate.Finding.warning('other', 'm')\n    F.error(subject.rule, 'm')\n    Mine.error('mine', 'm')\n";
    const LOUD: &str = "[rules.loud]\nseverity = \"error\"\ndescription = \"d\"\n";

    #[test]
    fn names_all_undeclared_rules_at_once_and_no_others() {
        let (result, warnings) = scan(CODE, LOUD);
        assert!(result.is_ok());
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(warnings[0].contains("`tyop` at `src/contract.py:7`"), "{warnings:?}");
        assert!(warnings[0].contains("`other` at `src/contract.py:9`"), "{warnings:?}");
        assert_eq!(warnings[0].lines().count(), 4, "{warnings:?}");
        assert!(warnings[1].contains("`src/contract.py:5` prints"), "{warnings:?}");
    }

    #[test]
    fn says_nothing_of_printing_into_a_log_or_of_what_is_not_run() {
        let log = "[capabilities]\nlog = \"why\"\n";
        let (_, warnings) = scan("print('hello')\n", log);
        assert!(warnings.is_empty(), "{warnings:?}");
        let (_, warnings) = scan("if __name__ == '__main__':\n    print('hello')\n", "");
        assert!(warnings.is_empty(), "{warnings:?}");
    }

    #[test]
    fn names_a_module_that_is_nowhere() {
        let code = "import json\nfrom collections import abc\nfrom tollgate import Report\nimport contract\n\
                    try:\n    import maybe\nexcept ImportError:\n    pass\nimport requests.sessions\n";
        let (_, warnings) = scan(code, "");
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].starts_with("`src/contract.py:9` imports `requests`"), "{warnings:?}");
    }

    #[test]
    fn trusts_only_a_python_that_knows_the_syntax() {
        let error = |version| ScannedModules {
            version,
            rules: Vec::new(),
            prints: Vec::new(),
            missing: Vec::new(),
            error: Some(ModuleError {
                message: "invalid syntax".into(),
                place: ModulePlace { file: "src/contract.py".into(), line: 3 },
            }),
        };
        let about = "name = \"acme/calm\"\nversion = \"1.0.0\"\ndescription = \"d\"\nlicense = \"MIT\"\nwit = \"0.1.0\"";
        let about = toml::from_str(about).unwrap();
        let log = WarningLog::default();
        judge_scan(&error((3, 11)), &about, &log).unwrap();
        let error = judge_scan(&error((3, 14)), &about, &log).unwrap_err();
        assert_eq!(error.to_string(), "src/contract.py:3: invalid syntax");
    }
}
