//! `tollgate doctor`: what is missing to build contracts, and how to get it.

use clap::{Args, ValueEnum};

use crate::author::Language;
use crate::console::{self, BAD, GOOD, paint};
use crate::exit::Exit;

/// Says for each language whether its contracts can be built here, and what to do if not.
///
/// What is not named here, `tollgate build` fetches itself. Ends with 1 where something is
/// missing.
#[derive(Args)]
pub(super) struct Doctor {
    /// Only this language.
    #[arg(long, value_enum)]
    lang: Option<Language>,
}

impl Doctor {
    pub(super) fn run(self) -> Exit {
        let languages = Language::value_variants().iter().copied();
        let asked = languages.filter(|language| self.lang.is_none_or(|lang| lang == *language));
        let mut missing = 0;
        for language in asked {
            console::say(paint(console::STRONG, language.name()));
            for need in language.needs() {
                match need.found() {
                    Some(version) if version.is_empty() => {
                        console::say(format!("  {}  {}", paint(GOOD, "ok"), need.what));
                    }
                    Some(version) => {
                        console::say(format!("  {}  {}: {version}", paint(GOOD, "ok"), need.what));
                    }
                    None => {
                        missing += 1;
                        console::say(format!("  {}  {}", paint(BAD, "missing"), need.what));
                        console::say(format!("    {}", need.remedy));
                    }
                }
            }
        }
        if missing == 0 { Exit::Pass } else { Exit::Fail }
    }
}
