//! Prompts end to end: parsing, checking, rendering and digests.

use serde_json::{Value, json};

use super::*;

fn prompt_text(file: &str, text: &str) -> PromptText {
    PromptText::new(file, text.as_bytes()).unwrap()
}

fn parse_with(text: &str, partials: &[(&str, &str)]) -> Result<PromptFile, String> {
    let parsed = PromptFile::parse(prompt_text("a.prompt", text), &|name| {
        let found = partials.iter().find(|(known, _)| *known == name)?;
        Some(Ok(prompt_text(&format!("_{name}.prompt"), found.1)))
    });
    parsed.map_err(|errors| errors.to_string())
}

fn prompt(text: &str) -> PromptFile {
    parse_with(text, &[]).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Returns a prompt file that declares these variables.
fn with_variables(schema: &str, template: &str) -> String {
    format!("---\ninput:\n  schema: {{{schema}}}\n---\n{template}")
}

fn rendered(prompt: &PromptFile, variables: Value) -> Result<String, String> {
    let messages = prompt.render(&variables, &[]).map_err(|errors| errors.to_string())?;
    let part = |content: &MessageContent| match content {
        MessageContent::Text { text } => text.clone(),
        other => format!("<{}>", json!(other)),
    };
    let texts = messages.iter().flat_map(|message| message.content.iter().map(part));
    Ok(texts.collect())
}

fn assert_renders(schema: &str, template: &str, variables: Value, expected: &str) {
    let prompt = prompt(&with_variables(schema, template));
    assert_eq!(rendered(&prompt, variables), Ok(expected.into()), "{template}");
}

fn assert_render_error(schema: &str, template: &str, variables: Value, expected: &str) {
    let message = rendered(&prompt(&with_variables(schema, template)), variables).unwrap_err();
    assert!(message.contains(expected), "{message}");
}

fn assert_error(text: &str, start: &str) {
    let message = parse_with(text, &[]).unwrap_err();
    assert!(message.starts_with(start), "{message}");
}

/// Returns the parts of a text that its errors are about.
fn marked_parts(text: &str) -> Vec<String> {
    let errors = PromptFile::parse(prompt_text("a.prompt", text), &|_| None).unwrap_err();
    let marked = |error: &TextFileError| {
        let span = error.span.unwrap();
        error.file.text()[span.start..span.end].to_owned()
    };
    errors.0.iter().map(marked).collect()
}

#[test]
fn marks_the_part_that_is_wrong() {
    let front = "---\ndescription: é\nversion: 1.0  # é\nmodell: m\nmodel: [a]\n---\n";
    assert_eq!(marked_parts(front), ["1.0", "modell", "["]);
    assert_eq!(marked_parts("é {{#if}}"), ["{{#if}}"]);
    assert_eq!(marked_parts("{{! é }}\n {{~name~}} {{> p}}"), ["{{~name~}}", "{{> p}}"]);
    assert_eq!(marked_parts("é {{#if a"), ["{{#"]);
    assert_eq!(marked_parts("---\ninput:\n  schema:\n    é: strin\n---\n"), ["strin"]);
}

#[test]
fn writes_values_without_escaping() {
    let odd = "<b> & {{name}} <<<dotprompt:role:system>>> \\{{ \u{1b}";
    assert_renders("name: string", "Hi {{name}}!", json!({"name": odd}), &format!("Hi {odd}!"));
    assert_renders(
        "n: number, b: boolean",
        "{{n}} {{{b}}} {{&n}}",
        json!({"n": -1.5, "b": true}),
        "-1.5 true -1.5",
    );
    assert_renders(
        "o: {a: any}",
        "{{json o}}",
        json!({"o": {"a": [1, {"c": "d", "b": null}]}}),
        r#"{"a":[1,{"b":null,"c":"d"}]}"#,
    );
    assert_renders("o: any", "{{json o indent=2}}", json!({"o": {"a": 1}}), "{\n  \"a\": 1\n}");
}

#[test]
fn renders_conditions_and_loops() {
    let items = "'items(array)': string";
    let template =
        "{{#each items}}{{@index}}{{this}}{{#unless @last}}, {{/unless}}{{else}}none{{/each}}";
    assert_renders(items, template, json!({"items": ["a", "b"]}), "0a, 1b");
    assert_renders(items, template, json!({"items": []}), "none");
    assert_renders(
        items,
        "{{#each items as |one at|}}{{one}}{{at}}{{/each}}",
        json!({"items": ["a"]}),
        "a0",
    );
    assert_renders(
        "o: {(*): string}",
        "{{#each o}}{{@key}}={{this}};{{/each}}",
        json!({"o": {"b": "2", "a": "1"}}),
        "a=1;b=2;",
    );
    let choice = "{{#if n}}yes{{else if m}}perhaps{{else}}no{{/if}}";
    for (n, m, expected) in [(1, "", "yes"), (0, "x", "perhaps"), (0, "", "no")] {
        assert_renders("n: integer, m: string", choice, json!({"n": n, "m": m}), expected);
    }
    assert_renders(
        "t: string",
        "{{#ifEquals t \"a\"}}1{{/ifEquals}}{{#unlessEquals t 'a'}}2{{/unlessEquals}}",
        json!({"t": "a"}),
        "1",
    );
    assert_renders(
        "o?: {a: string}, b: string",
        "{{#with o}}{{a}}{{../b}}{{@root.b}}{{/with}}",
        json!({"o": {"a": "1"}, "b": "2"}),
        "122",
    );
}

#[test]
fn rejects_undeclared_variables() {
    assert_error("Hi {{name}}", "a.prompt:1: `name` is not declared (declared: none)");
    assert_error(
        &with_variables("name: string", "\n\nHi {{nmae}}"),
        "a.prompt:7: `nmae` is not declared (declared: `name`)",
    );
    assert_error(
        &with_variables("o: {a: string}", "{{#with o}}{{b}}{{/with}}"),
        "a.prompt:5: `b` is not declared (declared: `a`)",
    );
    assert_error(&with_variables("o: {a: string}", "{{#if o}}{{o.b}}{{/if}}"), "a.prompt:5: `o.b`");
    assert_error(
        &with_variables("o: {a: string}", "{{o}}"),
        "a.prompt:5: `o` is an object, not a text",
    );
    assert_error(
        &with_variables("a: string", "{{#each a}}{{/each}}"),
        "a.prompt:5: `a` is a single value",
    );
    assert_error(
        &with_variables("a: string", "{{@index}}"),
        "a.prompt:5: `@index` is available only inside",
    );
    assert_error(&with_variables("a: string", "{{../a}}"), "a.prompt:5: `../a` leads out");
    assert_renders("'(*)': any", "{{a}}{{b.c}}", json!({"a": 1, "b": {"c": 2}}), "12");
}

#[test]
fn validates_variables_against_the_schema() {
    let schema = "name: string, age?: integer, 'orders?(array)': {id: integer}";
    let given =
        |variables| rendered(&prompt(&with_variables(schema, "{{name}}")), variables).unwrap_err();
    assert!(given(json!({})).starts_with("a.prompt:3: the variable `name` is missing"));
    assert!(
        given(json!({"name": "a", "nmae": "b"}))
            .contains("unknown variable `nmae`: the prompt takes `name`, `age`, `orders`")
    );
    assert!(
        given(json!({"name": 7}))
            .contains("`name` does not match its schema: it is not of type \"string\"")
    );
    assert!(given(json!({"name": "a", "orders": [{}]})).contains("`orders.0.id` is missing"));
    assert_eq!(given(json!({"x": 1, "age": "y"})).lines().count(), 3);
    assert!(given(json!([])).contains("`this` does not match"));
    let nothing = rendered(&prompt("Hi"), json!({"a": 1})).unwrap_err();
    assert!(nothing.contains("unknown variable `a`: the prompt takes none"), "{nothing}");
}

#[test]
fn requires_a_check_before_an_optional_value() {
    let schema = "name?: string";
    assert_render_error(schema, "Hi {{name}}", json!({}), "a.prompt:5: `name` has no value here");
    assert_render_error(schema, "Hi {{name}}", json!({"name": null}), "has no value");
    assert_renders(schema, "Hi{{#if name}} {{name}}{{/if}}", json!({}), "Hi");
    let default =
        "---\ninput:\n  schema: {name?: string}\n  default: {name: you}\n---\nHi {{name}}";
    assert_eq!(rendered(&prompt(default), json!({})), Ok("Hi you".into()));
    assert_eq!(rendered(&prompt(default), json!({"name": "me"})), Ok("Hi me".into()));
    assert_render_error("o: any", "{{o.a}}", json!({"o": {}}), "`o.a` has no value");
    assert_render_error("o: any", "{{o}}", json!({"o": [1]}), "`o` is a list, not a text");
    assert_render_error("o: any", "{{#each o}}{{/each}}", json!({"o": "a"}), "cannot be iterated");
    assert_render_error(
        "n: number",
        "{{n}}",
        json!({"n": 1e20}),
        "too large to be written exactly",
    );
}

#[test]
fn passes_arguments_to_partials() {
    let partials =
        [("order", "- {{id}}{{#if note}} ({{note}}){{/if}}\n"), ("sign", "Yours, {{who}}")];
    let text = with_variables(
        "'orders(array)': {id: integer}, who: string",
        "{{#each orders}}\n  {{> order note=\"new\"}}\n{{/each}}\n{{> sign}}!",
    );
    let prompt = parse_with(&text, &partials).unwrap();
    let rendered = rendered(&prompt, json!({"orders": [{"id": 1}, {"id": 2}], "who": "Dana"}));
    assert_eq!(rendered, Ok("  - 1 (new)\n  - 2 (new)\nYours, Dana!".into()));
    let named: Vec<_> = prompt
        .variable_uses()
        .iter()
        .map(|one| format!("{} {}:{}", one.variable, one.file, one.line))
        .collect();
    assert_eq!(named, ["orders a.prompt:5", "who _sign.prompt:1"]);
}

#[test]
fn reports_errors_in_partials_with_their_place() {
    let assert_error = |text: &str, partials: &[(&str, &str)], start: &str| {
        let message = parse_with(text, partials).unwrap_err();
        assert!(message.starts_with(start), "{message}");
    };
    assert_error("\n{{> a}}", &[], "a.prompt:2: there is no partial `a`");
    assert_error("{{> a}}", &[("a", "\n{{b}}")], "_a.prompt:2: `b` is not declared");
    assert_error("{{> a}}", &[("a", "{{#if}}")], "_a.prompt:1: invalid tag `{{#if}}`");
    assert_error(
        "{{> a}}",
        &[("a", "{{> b}}"), ("b", "{{> a}}")],
        "_b.prompt:1: partials include each other in a cycle: a > b > a",
    );
    assert_error(
        "{{> a}}",
        &[("a", "---\nmodel: m\n---\n")],
        "_a.prompt:1: a partial has no front matter",
    );
    assert_error(
        &with_variables("b: string", "{{#with b}}{{> a}}{{/with}}"),
        &[("a", "{{../b}}")],
        "_a.prompt:1: `../b` leads out",
    );
    let many = "{{> b}}".repeat(1000);
    assert_error(
        "{{> a}}",
        &[("a", &many), ("b", &many.replace('b', "c")), ("c", "{{! }}x{{role 'user'}}")],
        "_",
    );
}

#[test]
fn limits_the_number_of_reported_errors() {
    let names = (0..5000).map(|name| format!("{{{{a{name}}}}}\n")).collect::<String>();
    let schema = (0..300).map(|name| format!("b{name}: any")).collect::<Vec<_>>().join(", ");
    let message = parse_with(&with_variables(&schema, &names), &[]).unwrap_err();
    assert_eq!(message.lines().count(), 100);
    assert!(message.contains("`b115` and 280 more"), "{message}");
    let comments = "{{!-- a --}}".repeat(50_000);
    assert_eq!(rendered(&prompt(&comments), json!({})), Ok(String::new()));
}

#[test]
fn limits_steps_and_size_of_rendering() {
    let schema = "'a(array)': integer";
    let loops = "{{#each a}}{{#each @root.a}}{{#each @root.a}}x{{/each}}{{/each}}{{/each}}";
    assert_render_error(schema, loops, json!({"a": vec![0; 200]}), "more than 1000000 steps");
    let wide = format!("{{{{#each a}}}}{}{{{{/each}}}}", "x".repeat(100_000));
    assert_render_error(schema, &wide, json!({"a": vec![0; 200]}), "more than 16777216 bytes");
}

#[test]
fn ignores_line_endings_in_the_digest() {
    let digest =
        |text: &str, partials: &[(&str, &str)]| parse_with(text, partials).unwrap().digest();
    let text = "---\nversion: 1.0.0\n---\nHi {{> a}}\n";
    let one = digest(text, &[("a", "you")]);
    assert_eq!(one, digest(&text.replace('\n', "\r\n"), &[("a", "you")]));
    assert_eq!(one, digest(&format!("\u{feff}{}\n\n", text), &[("a", "you"), ("b", "not named")]));
    assert_ne!(one, digest(text, &[("a", "me")]));
    assert_ne!(one, digest(text, &[("a", "you\n")]));
    assert_ne!(one, digest(&text.replace("Hi ", "Hi  "), &[("a", "you")]));
    let alone = "---\nversion: 1.0.0\n---\nHi\n";
    assert_eq!(digest(alone, &[]), Digest::of(alone));
}

#[test]
fn takes_its_name_from_front_matter_or_file() {
    let named = prompt("---\nname: welcome\nversion: 2.1.0\n---\nHi");
    let as_prompt = named.to_prompt_ref().unwrap();
    assert_eq!((as_prompt.name.as_str(), as_prompt.version.as_str()), ("welcome", "2.1.0"));
    assert_eq!(as_prompt.digest, named.digest().to_string());
    assert_eq!(prompt("Hi").name().unwrap().as_str(), "a");
    assert_eq!(prompt("Hi").to_prompt_ref(), None);
}

#[test]
fn round_trips_through_canonical_bytes() {
    let text = "---\nversion: 1.0.0\n---\nHi {{> a}} {{> b}}\n";
    let published = parse_with(text, &[("a", "you{{> b}}"), ("b", "me\n")]).unwrap();
    let bytes = published.canonical_bytes();
    assert_eq!(Digest::of(&bytes), published.digest());
    let read = PromptFile::from_canonical_bytes("a@1.0.0.prompt", &bytes).unwrap();
    assert_eq!(read.digest(), published.digest());
    assert_eq!(read.name(), published.name());
    let torn = [&bytes[..], b"\0c"].concat();
    assert!(
        PromptFile::from_canonical_bytes("a.prompt", &torn)
            .unwrap_err()
            .to_string()
            .contains("has no text")
    );
}

#[test]
fn partials_are_not_read_through_links_out_of_the_folder() {
    use std::os::unix::fs::symlink;

    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("prompts");
    std::fs::create_dir_all(folder.join("data")).unwrap();
    std::fs::create_dir(place.path().join("prompts-two")).unwrap();
    std::fs::write(place.path().join("secret.txt"), "the secret").unwrap();
    std::fs::write(place.path().join("prompts-two/secret.txt"), "the secret").unwrap();
    std::fs::write(folder.join("data/sign.txt"), "Yours").unwrap();
    let prompt = folder.join("letter.prompt");
    let text = "---\nname: letter\nversion: 1.0.0\n---\n{{> sign}}";
    std::fs::write(&prompt, text).unwrap();
    let partial = folder.join("_sign.prompt");

    symlink("data/sign.txt", &partial).unwrap();
    assert_eq!(rendered(&PromptFile::read(&prompt).unwrap(), json!({})), Ok("Yours".into()));
    let (count, errors) = PromptFolder::open(&folder).unwrap().check();
    assert_eq!((count, errors), (1, Vec::new()));

    let outside = place.path().join("secret.txt");
    for target in ["../secret.txt", "../prompts-two/secret.txt", outside.to_str().unwrap()] {
        std::fs::remove_file(&partial).unwrap();
        symlink(target, &partial).unwrap();
        let message = PromptFile::read(&prompt).unwrap_err().to_string();
        assert!(message.contains("_sign.prompt: the link leads out of the folder"), "{message}");
        assert!(!message.contains("secret.txt"), "{message}");
        let folder = PromptFolder::open(&folder).unwrap();
        let (_, errors) = folder.check();
        assert!(!errors.is_empty());
        assert!(folder.find(&"letter".parse().unwrap(), &"^1".parse().unwrap()).is_err());
    }
}

#[test]
fn a_folder_has_no_prompts_behind_links_out_of_it() {
    use std::os::unix::fs::symlink;

    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("prompts");
    std::fs::create_dir(&folder).unwrap();
    let text = "---\nname: letter\nversion: 1.0.0\n---\nHello";
    std::fs::write(place.path().join("other.prompt"), text).unwrap();
    let link = folder.join("letter.prompt");
    symlink("../other.prompt", &link).unwrap();
    let error = PromptFolder::open(&folder).unwrap();
    let error = error.find(&"letter".parse().unwrap(), &"^1".parse().unwrap()).unwrap_err();
    assert!(error.to_string().contains("leads out of the folder"), "{error}");
    // A person who names the link means what it leads to.
    assert!(PromptFile::read(&link).is_ok());
}

#[test]
fn a_pipe_is_no_prompt_and_no_partial() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    let make_pipe = |name: &str| {
        let made = std::process::Command::new("mkfifo").arg(path(name)).status().unwrap();
        assert!(made.success());
    };
    make_pipe("letter.prompt");
    let refused = "letter.prompt: cannot be read: it is not a regular file";
    let message = PromptFile::read(&path("letter.prompt")).unwrap_err().to_string();
    assert!(message.contains(refused), "{message}");
    let folder = PromptFolder::open(place.path()).unwrap();
    let error = folder.find(&"letter".parse().unwrap(), &"^1".parse().unwrap()).unwrap_err();
    assert!(error.to_string().contains(refused), "{error}");
    let (count, errors) = folder.check();
    assert_eq!((count, errors.len()), (1, 1), "{errors:?}");

    std::fs::remove_file(path("letter.prompt")).unwrap();
    let text = "---\nname: letter\nversion: 1.0.0\n---\n{{> sign}}";
    std::fs::write(path("letter.prompt"), text).unwrap();
    make_pipe("_sign.prompt");
    let message = PromptFile::read(&path("letter.prompt")).unwrap_err().to_string();
    let refused = "_sign.prompt: cannot be read: it is not a regular file";
    assert!(message.contains(refused), "{message}");
}

#[test]
fn a_folder_below_another_names_its_files_by_their_paths_below_it() {
    let root = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| std::fs::write(root.path().join(file), text).unwrap();
    std::fs::create_dir(root.path().join("prompts")).unwrap();
    let head = "---\nname: letter\nversion: 1.0.0\ninput:\n  schema:\n    name: string\n---\n";
    write("prompts/letter.prompt", &format!("{head}{{{{> sign}}}}"));
    write("prompts/_sign.prompt", "{{name}}");
    let folder = PromptFolder::open_below(root.path(), Path::new("prompts")).unwrap();
    let (name, any) = ("letter".parse().unwrap(), "*".parse().unwrap());
    let prompt = folder.find(&name, &any).unwrap();
    assert_eq!(prompt.text().file(), "prompts/letter.prompt");
    let partials: Vec<_> = prompt.partials().map(|(_, text)| text.file()).collect();
    assert_eq!(partials, ["prompts/_sign.prompt"]);
    assert!(folder.find_if_present(&name, &"^2".parse().unwrap()).unwrap().is_none());

    write("prompts/_sign.prompt", "{{name");
    let message = folder.find(&name, &any).unwrap_err().to_string();
    assert!(message.starts_with("prompts/_sign.prompt"), "{message}");
}
