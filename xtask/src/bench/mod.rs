//! Runs the benchmarks with release builds, and writes their page.

mod http;
mod serve;
mod served;

use std::fs;

use anyhow::Context;

use crate::{build, shell};

const PAGE: &str = "docs/benchmarks.md";
/// Sections below this marker were measured by other means. They are kept, unless the benchmarks
/// write a section of the same name.
const SEPARATE_MARKER: &str = "<!-- measured apart -->";

/// Runs the benchmarks and updates `docs/benchmarks.md`.
pub fn run() -> anyhow::Result<()> {
    build::build_all()?;
    shell::run(
        "cargo",
        &["build", "--release", "--package", "tollgate-cli", "--package", "tollgate-bench"],
    )?;
    let measured = build::target_folder().join("benchmarks.md");
    shell::run(
        build::target_folder().join("release/tollgate-bench"),
        &[&measured.to_string_lossy()],
    )?;
    let measured = fs::read_to_string(&measured).context("the benchmarks have written no page")?;
    let page = shell::repository_root().join(PAGE);
    let before = fs::read_to_string(&page).with_context(|| format!("cannot read `{PAGE}`"))?;
    fs::write(&page, merge_separate_sections(&measured, &before))
        .with_context(|| format!("cannot write `{PAGE}`"))
}

/// Runs the benchmarks of the server, and updates their section of `docs/benchmarks.md`.
pub fn run_serve() -> anyhow::Result<()> {
    build::build_all()?;
    let section = serve::measure()?;
    let page = shell::repository_root().join(PAGE);
    let before = fs::read_to_string(&page).with_context(|| format!("cannot read `{PAGE}`"))?;
    fs::write(&page, replace_separate_section(&before, &section))
        .with_context(|| format!("cannot write `{PAGE}`"))
}

/// Returns the page with a section that is measured apart, in the place of the one with the same heading.
fn replace_separate_section(page: &str, section: &str) -> String {
    let heading = section.lines().next().unwrap_or_default();
    let (measured, apart) = page.split_once(SEPARATE_MARKER).unwrap_or((page, ""));
    let sections = apart.split("\n## ").skip(1).map(|one| format!("## {}", one.trim_end()));
    let others = sections.filter(|one| one.lines().next() != Some(heading));
    let sections: Vec<_> = others.chain([section.trim_end().to_owned()]).collect();
    format!("{}\n\n{SEPARATE_MARKER}\n\n{}\n", measured.trim_end(), sections.join("\n\n"))
}

/// Returns the measured page with the sections that were measured apart below it.
fn merge_separate_sections(measured: &str, before: &str) -> String {
    let measured = measured.trim_end();
    let apart = before.split_once(SEPARATE_MARKER).map_or("", |(_, apart)| apart);
    let heading = |section: &str| section.lines().next().map(|line| format!("\n## {line}\n"));
    let sections = apart.split("\n## ").skip(1);
    let others = sections
        .filter(|section| heading(section).is_none_or(|heading| !measured.contains(&heading)));
    let others: String = others.map(|section| format!("\n## {}\n", section.trim_end())).collect();
    format!("{measured}\n\n{SEPARATE_MARKER}\n{others}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_sections_that_were_measured_apart() {
        let before = format!(
            "# Old\n\n## Fast\n\n1\n\n{SEPARATE_MARKER}\n\n## Slow\n\n2\n\n## Slower\n\n3\n"
        );
        let page = merge_separate_sections("# New\n\n## Fast\n\n4\n", &before);
        let expected = format!(
            "# New\n\n## Fast\n\n4\n\n{SEPARATE_MARKER}\n\n## Slow\n\n2\n\n## Slower\n\n3\n"
        );
        assert_eq!(page, expected);
        assert_eq!(merge_separate_sections("# New\n\n## Fast\n\n4\n", &page), expected);
    }

    #[test]
    fn replaces_sections_that_are_measured_again() {
        let before = format!("# Old\n\n{SEPARATE_MARKER}\n\n## Slow\n\n2\n\n## Slower\n\n3\n");
        let page = merge_separate_sections("# New\n\n## Slow\n\n4\n", &before);
        assert_eq!(page, format!("# New\n\n## Slow\n\n4\n\n{SEPARATE_MARKER}\n\n## Slower\n\n3\n"));
    }

    #[test]
    fn replaces_one_section_that_was_measured_apart() {
        let page = format!("# Page\n\n{SEPARATE_MARKER}\n\n## A\n\n1\n\n## B\n\n2\n");
        let replaced = replace_separate_section(&page, "## A\n\n3\n");
        let expected = format!("# Page\n\n{SEPARATE_MARKER}\n\n## B\n\n2\n\n## A\n\n3\n");
        assert_eq!(replaced, expected);
        assert_eq!(replace_separate_section(&expected, "## A\n\n3\n"), expected);
    }

    #[test]
    fn adds_the_marker_to_a_page_without_one() {
        assert_eq!(
            merge_separate_sections("# New\n", "# Old\n"),
            format!("# New\n\n{SEPARATE_MARKER}\n")
        );
    }

    #[test]
    fn committed_page_keeps_its_ledger_section() {
        let page = fs::read_to_string(shell::repository_root().join(PAGE)).unwrap();
        assert!(merge_separate_sections("# New\n", &page).contains("\n## The ledger\n"));
    }
}
