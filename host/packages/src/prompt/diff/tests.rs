//! Changes between prompts, and the bumps that they require.

use super::super::text::PromptText;
use super::*;

const FRONT: &str = "version: 1.2.0\nmodel: acme/large\nconfig: {temperature: 0.5}\ninput:\n  schema:\n    name: string, who it is for\n    tone?: string\n    'tags(array)': string\n    'kind(enum)': [a, b]\noutput:\n  schema: {text: string}";

fn prompt(front: &str, body: &str) -> PromptFile {
    let text = format!("---\n{front}\n---\n{body}\n");
    PromptFile::parse(PromptText::new("a.prompt", text.as_bytes()).unwrap(), &|_| None)
        .unwrap_or_else(|errors| panic!("{errors}"))
}

/// The one thing that changes when this is put in the place of that.
fn change(this: &str, that: &str) -> (ChangeSection, Bump, String) {
    assert!(FRONT.contains(this), "{this}");
    let (from, to) = (prompt(FRONT, "Hi"), prompt(&FRONT.replace(this, that), "Hi"));
    let changes = PromptDiff::between(&from, &to).changes;
    let [change] = changes.as_slice() else { panic!("{changes:#?}") };
    (change.section, change.bump, change.description.clone())
}

fn assert_change(bump: Bump, section: ChangeSection, this: &str, that: &str, expected: &str) {
    let (actual_section, actual_bump, description) = change(this, that);
    assert_eq!((actual_section, actual_bump), (section, bump), "{description}");
    assert!(description.contains(expected), "{description}");
}

#[test]
fn compares_variables() {
    use Bump::{Major, Minor, Patch};
    let variables =
        |bump, this, that, what| assert_change(bump, ChangeSection::Variables, this, that, what);
    variables(Major, "    tone?: string\n", "", "`tone` was removed");
    variables(
        Major,
        "    tone?: string\n",
        "    tone?: string\n    age: integer\n",
        "`age` is new and required",
    );
    variables(
        Minor,
        "    tone?: string\n",
        "    tone?: string\n    age?: integer\n",
        "`age` is new",
    );
    variables(Major, "tone?", "tone", "`tone` is required now");
    variables(Minor, "name:", "name?:", "`name` is optional now");
    variables(Major, "name: string", "name: integer", "`name` changed from");
    variables(Minor, "name: string", "name: any", "`name` changed from");
    variables(Patch, "who it is for", "who gets it", "`name` has a new description");
    variables(Major, "'tags(array)': string", "'tags(array)': integer", "`tags.0` changed from");
    variables(Major, "'tags(array)': string", "tags: string", "`tags` changed from");
    variables(Minor, "[a, b]", "[a, b, c]", "`kind` changed from");
    variables(Major, "[a, b]", "[a]", "`kind` changed from");
}

#[test]
fn treats_defaulted_variables_as_optional() {
    let with = |default: &str| {
        format!("{FRONT}\n").replace("output:", &format!("  default: {{{default}}}\noutput:"))
    };
    let diff = |from: &str, to: &str| PromptDiff::between(&prompt(from, "Hi"), &prompt(to, "Hi"));
    let with_default = diff(FRONT, &with("name: you"));
    assert_eq!((with_default.required_bump, with_default.changes.len()), (Bump::Minor, 2));
    assert_eq!(diff(&with("name: you"), FRONT).required_bump, Bump::Major);
    let another = diff(&with("tone: warm"), &with("tone: plain"));
    assert_eq!((another.required_bump, another.changes.len()), (Bump::Minor, 1));
}

#[test]
fn compares_nested_members() {
    let with = |members: &str| format!("input:\n  schema:\n    o: {{{members}}}");
    let diff = |from: &str, to: &str| {
        PromptDiff::between(&prompt(&with(from), "Hi"), &prompt(&with(to), "Hi"))
    };
    assert_eq!(diff("a: string", "a: string, b?: string").required_bump, Bump::Minor);
    assert_eq!(diff("a: string", "a: string, b: string").required_bump, Bump::Major);
    let removed = diff("a: string, b: string", "a: string");
    assert!(
        removed.changes.iter().any(|change| change.description == "`o.b` was removed"),
        "{removed:#?}"
    );
    assert_eq!(diff("a: string", "a: string, (*): any").required_bump, Bump::Minor);
    assert_eq!(diff("a: string, (*): any", "a: string").required_bump, Bump::Major);
}

#[test]
fn compares_output_model_and_descriptions() {
    assert_change(
        Bump::Major,
        ChangeSection::Schema,
        "{text: string}",
        "{text: string, more?: any}",
        "changed in `more`",
    );
    assert_change(
        Bump::Major,
        ChangeSection::Schema,
        "\noutput:\n  schema: {text: string}",
        "",
        "no longer has a schema",
    );
    assert_change(
        Bump::Major,
        ChangeSection::Schema,
        "output:\n",
        "output:\n  format: json\n",
        "not set to `json`",
    );
    assert_change(
        Bump::Patch,
        ChangeSection::Schema,
        "{text: string}",
        "{text: 'string, all of it'}",
        "descriptions",
    );
    assert_change(
        Bump::Minor,
        ChangeSection::Model,
        "acme/large",
        "acme/small",
        "`acme/large` to `acme/small`",
    );
    assert_change(
        Bump::Minor,
        ChangeSection::Model,
        "0.5",
        "0.6",
        "`config.temperature` changed from 0.5 to 0.6",
    );
    assert_change(
        Bump::Major,
        ChangeSection::Model,
        "model:",
        "tools: [search]\nmodel:",
        "the tool `search` was added",
    );
    assert_change(
        Bump::Patch,
        ChangeSection::About,
        "model:",
        "description: a\nmodel:",
        "the description",
    );
    assert_change(
        Bump::Patch,
        ChangeSection::About,
        "model:",
        "# a comment\nmodel:",
        "the formatting of the file",
    );
}

#[test]
fn reports_changed_lines() {
    let diff = PromptDiff::between(&prompt(FRONT, "a\nb\nc"), &prompt(FRONT, "a\nB\nc\nd"));
    let line = 15;
    let hunk = |at, removed: &[&str], added: &[&str]| Hunk {
        partial: None,
        line_before: at,
        line_after: at,
        removed: removed.iter().map(ToString::to_string).collect(),
        added: added.iter().map(ToString::to_string).collect(),
    };
    assert_eq!(diff.wording, [hunk(line, &["b"], &["B"]), hunk(line + 2, &[], &["d"])]);
    assert_eq!(diff.required_bump, Bump::Patch);
}

#[test]
fn computes_the_next_version() {
    let next = |bump: Bump, version: &str| bump.next(&version.parse().unwrap()).to_string();
    assert_eq!(next(Bump::Major, "1.2.3"), "2.0.0");
    assert_eq!(next(Bump::Minor, "1.2.3"), "1.3.0");
    assert_eq!(next(Bump::Patch, "1.2.3"), "1.2.4");
    assert_eq!(next(Bump::Major, "0.2.3"), "0.3.0");
    assert_eq!(next(Bump::Minor, "0.2.3"), "0.2.4");
    assert_eq!(next(Bump::Major, "2.0.0-beta.1"), "2.0.0");
    let moved = |to: &str| {
        let to = FRONT.replace("1.2.0", to).replace("acme/large", "acme/small");
        PromptDiff::between(&prompt(FRONT, "Hi"), &prompt(&to, "Hi")).is_sufficient
    };
    assert_eq!(
        (moved("1.2.1"), moved("1.3.0"), moved("2.0.0")),
        (Some(false), Some(true), Some(true))
    );
    let same = PromptDiff::between(&prompt(FRONT, "Hi"), &prompt(FRONT, "Hi"));
    assert_eq!(
        (same.required_bump, same.is_sufficient, same.changes.len()),
        (Bump::None, Some(true), 0)
    );
}
