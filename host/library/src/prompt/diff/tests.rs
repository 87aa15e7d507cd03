//! What needs which bump.

use super::super::source::Source;
use super::*;

const FRONT: &str = "version: 1.2.0\nmodel: acme/large\nconfig: {temperature: 0.5}\ninput:\n  schema:\n    name: string, who it is for\n    tone?: string\n    'tags(array)': string\n    'kind(enum)': [a, b]\noutput:\n  schema: {text: string}";

fn prompt(front: &str, body: &str) -> PromptFile {
    let text = format!("---\n{front}\n---\n{body}\n");
    PromptFile::parse(Source::new("a.prompt", text.as_bytes()).unwrap(), &|_| None)
        .unwrap_or_else(|faults| panic!("{faults}"))
}

/// The one thing that changes when this is put in the place of that.
fn change(this: &str, that: &str) -> (Section, Bump, String) {
    assert!(FRONT.contains(this), "{this}");
    let (from, to) = (prompt(FRONT, "Hi"), prompt(&FRONT.replace(this, that), "Hi"));
    let changes = Diff::of(&from, &to).changes;
    let [change] = changes.as_slice() else { panic!("{changes:#?}") };
    (change.section, change.bump, change.what.clone())
}

fn needs(bump: Bump, section: Section, this: &str, that: &str, what: &str) {
    let (of, came, told) = change(this, that);
    assert_eq!((of, came), (section, bump), "{told}");
    assert!(told.contains(what), "{told}");
}

#[test]
fn variables() {
    use Bump::{Major, Minor, Patch};
    let variables = |bump, this, that, what| needs(bump, Section::Variables, this, that, what);
    variables(Major, "    tone?: string\n", "", "`tone` is gone");
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
    variables(Minor, "name:", "name?:", "`name` may be left away now");
    variables(Major, "name: string", "name: integer", "`name` was");
    variables(Minor, "name: string", "name: any", "`name` was");
    variables(Patch, "who it is for", "who gets it", "`name` is described otherwise");
    variables(Major, "'tags(array)': string", "'tags(array)': integer", "`tags.0` was");
    variables(Major, "'tags(array)': string", "tags: string", "`tags` was");
    variables(Minor, "[a, b]", "[a, b, c]", "`kind` was");
    variables(Major, "[a, b]", "[a]", "`kind` was");
}

#[test]
fn defaults_make_variables_optional() {
    let with = |default: &str| {
        format!("{FRONT}\n").replace("output:", &format!("  default: {{{default}}}\noutput:"))
    };
    let diff = |from: &str, to: &str| Diff::of(&prompt(from, "Hi"), &prompt(to, "Hi"));
    let given = diff(FRONT, &with("name: you"));
    assert_eq!((given.needs, given.changes.len()), (Bump::Minor, 2));
    assert_eq!(diff(&with("name: you"), FRONT).needs, Bump::Major);
    let another = diff(&with("tone: warm"), &with("tone: plain"));
    assert_eq!((another.needs, another.changes.len()), (Bump::Minor, 1));
}

#[test]
fn nested_members_are_variables_too() {
    let with = |members: &str| format!("input:\n  schema:\n    o: {{{members}}}");
    let diff =
        |from: &str, to: &str| Diff::of(&prompt(&with(from), "Hi"), &prompt(&with(to), "Hi"));
    assert_eq!(diff("a: string", "a: string, b?: string").needs, Bump::Minor);
    assert_eq!(diff("a: string", "a: string, b: string").needs, Bump::Major);
    let gone = diff("a: string, b: string", "a: string");
    assert!(gone.changes.iter().any(|change| change.what == "`o.b` is gone"), "{gone:#?}");
    assert_eq!(diff("a: string", "a: string, (*): any").needs, Bump::Minor);
    assert_eq!(diff("a: string, (*): any", "a: string").needs, Bump::Major);
}

#[test]
fn output_model_and_what_is_told() {
    needs(
        Bump::Major,
        Section::Schema,
        "{text: string}",
        "{text: string, more?: any}",
        "another in `more`",
    );
    needs(
        Bump::Major,
        Section::Schema,
        "\noutput:\n  schema: {text: string}",
        "",
        "no schema any more",
    );
    needs(
        Bump::Major,
        Section::Schema,
        "output:\n",
        "output:\n  format: json\n",
        "not set and is `json`",
    );
    needs(
        Bump::Patch,
        Section::Schema,
        "{text: string}",
        "{text: 'string, all of it'}",
        "described",
    );
    needs(
        Bump::Minor,
        Section::Model,
        "acme/large",
        "acme/small",
        "`acme/large` and is `acme/small`",
    );
    needs(Bump::Minor, Section::Model, "0.5", "0.6", "`config.temperature` was 0.5 and is 0.6");
    needs(
        Bump::Major,
        Section::Model,
        "model:",
        "tools: [search]\nmodel:",
        "the tool `search` is new",
    );
    needs(Bump::Patch, Section::About, "model:", "description: a\nmodel:", "the description");
    needs(Bump::Patch, Section::About, "model:", "# a comment\nmodel:", "how the file is written");
}

#[test]
fn wording_is_told_by_lines() {
    let diff = Diff::of(&prompt(FRONT, "a\nb\nc"), &prompt(FRONT, "a\nB\nc\nd"));
    let line = 15;
    let hunk = |at, removed: &[&str], added: &[&str]| Hunk {
        partial: None,
        line_before: at,
        line_after: at,
        removed: removed.iter().map(ToString::to_string).collect(),
        added: added.iter().map(ToString::to_string).collect(),
    };
    assert_eq!(diff.wording, [hunk(line, &["b"], &["B"]), hunk(line + 2, &[], &["d"])]);
    assert_eq!(diff.needs, Bump::Patch);
}

#[test]
fn versions_follow() {
    let next = |bump: Bump, version: &str| bump.next(&version.parse().unwrap()).to_string();
    assert_eq!(next(Bump::Major, "1.2.3"), "2.0.0");
    assert_eq!(next(Bump::Minor, "1.2.3"), "1.3.0");
    assert_eq!(next(Bump::Patch, "1.2.3"), "1.2.4");
    assert_eq!(next(Bump::Major, "0.2.3"), "0.3.0");
    assert_eq!(next(Bump::Minor, "0.2.3"), "0.2.4");
    assert_eq!(next(Bump::Major, "2.0.0-beta.1"), "2.0.0");
    let moved = |to: &str| {
        let to = FRONT.replace("1.2.0", to).replace("acme/large", "acme/small");
        Diff::of(&prompt(FRONT, "Hi"), &prompt(&to, "Hi")).enough
    };
    assert_eq!(
        (moved("1.2.1"), moved("1.3.0"), moved("2.0.0")),
        (Some(false), Some(true), Some(true))
    );
    let same = Diff::of(&prompt(FRONT, "Hi"), &prompt(FRONT, "Hi"));
    assert_eq!((same.needs, same.enough, same.changes.len()), (Bump::None, Some(true), 0));
}
