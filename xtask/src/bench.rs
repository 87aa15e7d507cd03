//! The benchmarks, with everything built as it is released.

use std::fs;

use anyhow::Context;

use crate::{build, shell};

const PAGE: &str = "docs/benchmarks.md";
/// What stands below it was measured by itself, and stays.
const APART: &str = "<!-- measured apart -->";

/// Measures, and writes `docs/benchmarks.md`.
pub fn run() -> anyhow::Result<()> {
    build::everything()?;
    shell::run(
        "cargo",
        &["build", "--release", "--package", "tollgate", "--package", "tollgate-bench"],
    )?;
    let measured = build::target().join("benchmarks.md");
    shell::run(build::target().join("release/tollgate-bench"), &[&measured.to_string_lossy()])?;
    let measured = fs::read_to_string(&measured).context("the benchmarks wrote no page")?;
    let page = shell::root().join(PAGE);
    let before = fs::read_to_string(&page).with_context(|| format!("cannot read `{PAGE}`"))?;
    fs::write(&page, with_apart(&measured, &before))
        .with_context(|| format!("cannot write `{PAGE}`"))
}

/// A new page, and below it what was measured apart, but for what the new page has too.
fn with_apart(measured: &str, before: &str) -> String {
    let measured = measured.trim_end();
    let apart = before.split_once(APART).map_or("", |(_, apart)| apart);
    let heading = |section: &str| section.lines().next().map(|line| format!("\n## {line}\n"));
    let sections = apart.split("\n## ").skip(1);
    let others = sections
        .filter(|section| heading(section).is_none_or(|heading| !measured.contains(&heading)));
    let others: String = others.map(|section| format!("\n## {}\n", section.trim_end())).collect();
    format!("{measured}\n\n{APART}\n{others}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_apart_stays() {
        let before =
            format!("# Old\n\n## Fast\n\n1\n\n{APART}\n\n## Slow\n\n2\n\n## Slower\n\n3\n");
        let page = with_apart("# New\n\n## Fast\n\n4\n", &before);
        let expected =
            format!("# New\n\n## Fast\n\n4\n\n{APART}\n\n## Slow\n\n2\n\n## Slower\n\n3\n");
        assert_eq!(page, expected);
        assert_eq!(with_apart("# New\n\n## Fast\n\n4\n", &page), expected);
    }

    #[test]
    fn what_is_measured_again_stands_there_once() {
        let before = format!("# Old\n\n{APART}\n\n## Slow\n\n2\n\n## Slower\n\n3\n");
        let page = with_apart("# New\n\n## Slow\n\n4\n", &before);
        assert_eq!(page, format!("# New\n\n## Slow\n\n4\n\n{APART}\n\n## Slower\n\n3\n"));
    }

    #[test]
    fn a_page_without_anything_apart_gets_the_place_for_it() {
        assert_eq!(with_apart("# New\n", "# Old\n"), format!("# New\n\n{APART}\n"));
    }

    #[test]
    fn the_page_that_is_there_keeps_its_ledger() {
        let page = fs::read_to_string(shell::root().join(PAGE)).unwrap();
        assert!(with_apart("# New\n", &page).contains("\n## The ledger\n"));
    }
}
