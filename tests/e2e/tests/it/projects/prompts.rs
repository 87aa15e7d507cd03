//! Prompts as packages: published with their partials, pulled, rendered and compared.

use super::Project;

const GREETING: &str = "---\nname: greeting\nversion: 1.0.0\ninput:\n  schema:\n    name: string\n---\n\
                        Greet {{name}}.\n{{> signature}}\n";

fn project() -> Project {
    let project = Project::new();
    project.0.write("mine/greeting.prompt", GREETING);
    project.0.write("mine/_signature.prompt", "Sign as {{> who}}.\n");
    project.0.write("mine/_who.prompt", "the ferry line");
    project
}

#[test]
fn a_prompt_that_is_not_locked_is_told_with_what_is() {
    let project = project();
    project.run("prompt publish mine/greeting.prompt").exits_with(0);
    project.gate("mail", "greeting@^1", &["tollgate/length"]);
    project.run("lock").exits_with(0);
    project.run("prompt show greeting@^2").exits_with_snapshot(2);
    project.run("prompt show nosuch@^1").exits_with_snapshot(2);
    project.0.write("prompts/farewell.prompt", "---\nname: farewell\nversion: 1.0.0\n---\nBye\n");
    project.run("prompt show greeting@^2").exits_with_snapshot(2);
    project.run("prompt show nosuch@^1").exits_with_snapshot(2);
    project
        .run("check --contract tollgate/pii letter.txt --prompt greeting@^2")
        .exits_with_snapshot(2);
}

#[test]
fn a_prompt_is_published_with_its_partials() {
    let project = project();
    let published = project.run("prompt publish mine/greeting.prompt");
    published.exits_with_snapshot(0);
    project.gate("mail", "greeting@^1", &["tollgate/length"]);
    project.run("lock").exits_with_snapshot(0);
    let render = ["prompt", "render", "greeting@^1", "--vars", "{\"name\": \"Dana\"}", "--json"];
    let here = project.0.run(&render);
    std::fs::remove_dir_all(project.0.path("mine")).unwrap();
    project.empty_store();
    project.0.run(&render).exits_with_snapshot(2);
    project.run("pull --locked").exits_with(0);
    let pulled = project.0.run(&render).exits_with(0).json();
    assert_eq!(pulled, here.json());
    let text = pulled["messages"][0]["content"][0]["text"].as_str().unwrap();
    assert_eq!(text, "Greet Dana.\nSign as the ferry line.\n");
    project.run("prompt show greeting").exits_with_snapshot(0);
}

/// Partials belong to the published version.
#[test]
fn a_changed_partial_needs_a_new_version() {
    let project = project();
    project.run("prompt publish mine/greeting.prompt").exits_with(0);
    project.0.write("mine/_who.prompt", "the bus line");
    project.run("prompt publish mine/greeting.prompt").exits_with_snapshot(2);
    let next = GREETING.replace("1.0.0", "1.0.1");
    project.0.write("mine/greeting.prompt", next);
    project.run("prompt publish mine/greeting.prompt").exits_with_snapshot(0);
    // A new required variable is a breaking change.
    let next = GREETING
        .replace("1.0.0", "1.1.0")
        .replace("name: string", "name: string\n    city: string");
    project.0.write("mine/greeting.prompt", next.replace("{{name}}", "{{name}} in {{city}}"));
    project.run("prompt publish mine/greeting.prompt").exits_with_snapshot(2);
}

/// A new wording leaves the schema as it is, but the outputs show its effect.
#[test]
fn recorded_outputs_determine_the_required_bump() {
    let project = Project::new();
    project.publish_prompt("greeting@1.0.0", "Greet them.");
    project.run("pull greeting").exits_with(0);
    project.0.write("length.json", "{\"words\": {\"max\": 4}}");
    let semver = |version: &str, new: &str| {
        let outputs = format!(
            "{{\"id\": \"dana\", \"old\": \"Good morning\", \"new\": \"{new}\"}}\n\
             {{\"id\": \"robin\", \"old\": \"Hello\", \"new\": \"Hullo\"}}\n"
        );
        project.0.write("outputs.jsonl", outputs);
        let prompt = format!("---\nname: greeting\nversion: {version}\n---\nGreet them kindly.\n");
        project.0.write("next.prompt", prompt);
        project.run(
            "semver greeting@=1.0.0 next.prompt --cases outputs.jsonl \
             --contract tollgate/length=@length.json",
        )
    };
    semver("1.0.1", "Good evening").exits_with_snapshot(0);
    semver("1.0.1", "Good morning indeed").exits_with_snapshot(1);
    semver("1.1.0", "Good morning indeed").exits_with_snapshot(0);
    semver("1.1.0", "Good morning to all of you").exits_with_snapshot(1);
    semver("2.0.0", "Good morning to all of you").exits_with_snapshot(0);
    let line =
        "prompt publish next.prompt --cases outputs.jsonl --contract tollgate/length=@length.json";
    project
        .0
        .write("next.prompt", "---\nname: greeting\nversion: 1.1.0\n---\nGreet them kindly.\n");
    project.run(line).exits_with_snapshot(2);
}

#[test]
fn rejects_prompts_that_cannot_be_compared() {
    let project = Project::new();
    project.publish_prompt("greeting@1.0.0", "Hi").run("pull greeting").exits_with(0);
    project.0.write("next.prompt", "---\nname: farewell\nversion: 1.0.0\n---\nBye\n");
    project.0.write("broken.jsonl", "{\"id\": \"dana\", \"old\": \"Hi\"}\n");
    project.run("semver greeting next.prompt").exits_with_snapshot(2);
    project.run("semver greeting tollgate/pii").exits_with_snapshot(2);
    project.run("semver gone next.prompt").exits_with_snapshot(2);
    let options = "--contract tollgate/pii --cases broken.jsonl";
    project.run(&format!("semver greeting greeting {options}")).exits_with_snapshot(2);
    project.run("semver greeting greeting --contract tollgate/pii").exits_with_snapshot(2);
}
