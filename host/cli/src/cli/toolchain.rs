//! The toolchain of contract authors, with the folders of this user and with messages on the terminal.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clap::ValueEnum;
use indicatif::ProgressBar;
use tollgate_toolchain::{BuildLog, CargoMessages, Language, Toolchain, ToolchainSettings};

use crate::{console, environment};

/// Folder of the fetched tools, below the cache.
const TOOLBOX_FOLDER: &str = "tools";

/// A language, as an option of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LanguageOption {
    /// Built with the author's own cargo.
    Rust,
    /// Built by componentize-py.
    Python,
    /// Built by the standard compiler.
    Go,
    /// C, C++, Zig and other languages that can use a C header.
    C,
    /// Bundled by esbuild, for the runtime that this tool carries.
    #[value(name = "javascript")]
    JavaScript,
    /// JavaScript with types, which are checked first.
    #[value(name = "typescript")]
    TypeScript,
}

impl From<LanguageOption> for Language {
    fn from(option: LanguageOption) -> Self {
        match option {
            LanguageOption::Rust => Self::Rust,
            LanguageOption::Python => Self::Python,
            LanguageOption::Go => Self::Go,
            LanguageOption::C => Self::C,
            LanguageOption::JavaScript => Self::JavaScript,
            LanguageOption::TypeScript => Self::TypeScript,
        }
    }
}

/// Creates the toolchain, with its tools below the cache.
pub(super) fn new_toolchain(cache: Option<PathBuf>) -> Toolchain {
    Toolchain::new(toolchain_settings(cache), ConsoleLog::default())
}

fn toolchain_settings(cache: Option<PathBuf>) -> ToolchainSettings {
    ToolchainSettings {
        toolbox_folder: cache.map(|cache| absolute_path(cache.join(TOOLBOX_FOLDER))),
        cargo_homes: environment::cargo_homes(),
        // cargo shows its own progress, in colour.
        cargo_messages: CargoMessages::Inherit,
        ..ToolchainSettings::new(absolute_path(environment::temporary_folder()))
    }
}

/// Makes a path absolute, because compilers run in other folders. A path that cannot be made absolute
/// stays as it is.
fn absolute_path(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// Shows a spinner while a tool is fetched.
#[derive(Default)]
struct ConsoleLog {
    spinner: Mutex<Option<ProgressBar>>,
}

impl ConsoleLog {
    /// Replaces the spinner, and returns the one that was shown.
    fn replace_spinner(&self, spinner: Option<ProgressBar>) -> Option<ProgressBar> {
        let mut shown = self.spinner.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        std::mem::replace(&mut shown, spinner)
    }
}

impl BuildLog for ConsoleLog {
    fn fetch_started(&self, tool: &str) {
        self.replace_spinner(Some(console::spinner(&format!("fetching {tool}, once"))));
    }

    fn fetch_ended(&self, tool: &str, folder: Option<&Path>) {
        if let Some(spinner) = self.replace_spinner(None) {
            spinner.finish_and_clear();
        }
        if let Some(folder) = folder {
            console::note(format!("fetched {tool} into `{}`", folder.display()));
        }
    }

    fn compiler_warned(&self, warnings: &str) {
        console::warn(console::strip_styles(warnings));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_every_language_under_its_name() {
        let names = LanguageOption::value_variants().iter().map(|option| {
            let named = option.to_possible_value().unwrap();
            assert_eq!(named.get_name(), Language::from(*option).name());
            Language::from(*option)
        });
        assert_eq!(names.collect::<Vec<_>>(), Language::ALL);
    }

    #[test]
    fn keeps_tools_below_the_cache_wherever_a_compiler_runs() {
        let folder = toolchain_settings(Some("cache".into())).toolbox_folder.unwrap();
        assert!(folder.is_absolute() && folder.ends_with("cache/tools"), "{folder:?}");
        assert_eq!(toolchain_settings(None).toolbox_folder, None);
    }
}
