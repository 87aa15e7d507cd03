//! `tollgate doctor`: checks for the programs that building contracts needs.

use clap::Args;
use tollgate_toolchain::Language;

use super::toolchain::LanguageOption;
use crate::console::{self, BAD, GOOD, paint};
use crate::exit::Exit;

/// Checks for each language whether the programs it needs are installed, and shows how to install them.
///
/// Everything else is fetched by `tollgate build`. Exits with 1 if something is missing.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate doctor --lang python")]
pub(super) struct DoctorCommand {
    /// Language to check [default: all].
    #[arg(long, value_enum)]
    lang: Option<LanguageOption>,
}

impl DoctorCommand {
    pub(super) fn run(self) -> Exit {
        let only = self.lang.map(Language::from);
        let selected =
            Language::ALL.into_iter().filter(|language| only.is_none_or(|only| only == *language));
        let mut missing = 0;
        for language in selected {
            console::print(paint(console::STRONG, language.name()));
            for requirement in language.requirements() {
                match requirement.installed_version() {
                    // Some checks print no version.
                    Some(version) if version.is_empty() => {
                        console::print(format!("  {}  {}", paint(GOOD, "ok"), requirement.label));
                    }
                    Some(version) => {
                        console::print(format!(
                            "  {}  {}: {version}",
                            paint(GOOD, "ok"),
                            requirement.label
                        ));
                    }
                    None => {
                        missing += 1;
                        console::print(format!(
                            "  {}  {}",
                            paint(BAD, "missing"),
                            requirement.label
                        ));
                        console::print(format!("    {}", requirement.remedy));
                    }
                }
            }
        }
        if missing == 0 { Exit::Pass } else { Exit::Fail }
    }
}
