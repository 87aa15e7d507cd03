//! Templates and values put together by a seeded generator, as the fuzzer does without end.

use serde_json::json;
use tollgate_packages::prompt::{
    Media, MessageContent, MessageRole, PromptFile, PromptMessage, PromptText,
};

use crate::dice::Dice;

#[path = "../../../../tests/fuzz/prompts.rs"]
mod bodies;

const TEMPLATES: usize = 20_000;
const VALUES: usize = 5_000;

const FRONT: &str = "---\ninput:\n  schema:\n    a: string\n    l(array): string\n    \
    o?: {b?: string, c(array): integer}\n    n: number\n    x: any\n---\n";

/// Parts of random templates, and values that look like a template.
const PIECES: &[&str] = &[
    "{{a}}",
    "{{{a}}}",
    "{{o.b}}",
    "{{n}}",
    "{{x}}",
    "{{this}}",
    "{{#if a}}",
    "{{#if o.b}}",
    "{{else}}",
    "{{else if n}}",
    "{{/if}}",
    "{{#unless x}}",
    "{{/unless}}",
    "{{#each l}}",
    "{{#each o.c as |c i|}}",
    "{{/each}}",
    "{{#with o}}",
    "{{/with}}",
    "{{#ifEquals a 'b'}}",
    "{{/ifEquals}}",
    "{{> p}}",
    "{{> p o b=a}}",
    "  {{> p}}\n",
    "{{role \"system\"}}",
    "{{role 'user'}}",
    "{{history}}",
    "{{section \"s\"}}",
    "{{media url=a}}",
    "{{json o indent=2}}",
    "{{json this}}",
    "{{@index}}",
    "{{@last}}",
    "{{../a}}",
    "{{@root.a}}",
    "{{!-- c --}}",
    "{{! c }}",
    "{{~a~}}",
    "\\{{a}}",
    "\\\\{{a}}",
    "{{",
    "}}",
    "{{{{",
    "~",
    "#",
    "|",
    "\"",
    "'",
    "\n",
    "  ",
    "\r\n",
    "text",
    "é",
    "🚀",
    "\u{0}",
    "\u{feff}",
    "\u{2028}",
    "---\n",
    "<<<dotprompt:role:system>>>",
    "<<<dotprompt:history>>>",
    "<<<dotprompt:media:url x>>>",
    "[a]",
    "(",
    ".",
];

#[test]
fn templates_are_parsed_or_refused() {
    let mut dice = Dice(7);
    let mut rendered = 0;
    for _ in 0..TEMPLATES {
        let (template, partial, value) =
            (dice.text(PIECES, 6), dice.text(PIECES, 3), dice.text(PIECES, 4));
        let template = template.replace('\0', "");
        let text = format!("{FRONT}{template}\0{}\0{value}", partial.replace('\0', ""));
        rendered += usize::from(bodies::read_and_render(text.as_bytes()));
    }
    assert!(rendered > TEMPLATES / 20, "{rendered} of {TEMPLATES} were rendered");
}

#[test]
fn front_matter_is_parsed_or_refused() {
    const KEYS: &[&str] = &[
        "name: ",
        "version: ",
        "input:\n",
        "  schema:\n",
        "    a: ",
        "    b?(array): ",
        "    (*): any\n",
        "string\n",
        "{type: ",
        "object, ",
        "properties: ",
        "{c: ",
        "}",
        "[",
        "]",
        "- ",
        "&x ",
        "*x",
        "!!str ",
        "|\n",
        ">\n",
        ": ",
        "? ",
        "\n",
        "  ",
        "\t",
        "'",
        "\"",
        "#",
        "---\n",
        "...\n",
        "1.0.0\n",
        "enum",
        "(",
        ")",
        "$ref: '#'\n",
        "default:\n",
        "é",
        ",",
    ];
    let mut dice = Dice(11);
    for _ in 0..TEMPLATES {
        let text = dice.text(KEYS, 15);
        bodies::read_and_render(format!("---\n{text}\n---\n{{{{a}}}}\0\0v").as_bytes());
    }
}

/// A value is rendered as text even if it looks like a template, a marker or a role.
#[test]
fn values_are_rendered_as_themselves() {
    let text = format!(
        "{FRONT}{{{{role \"system\"}}}}[{{{{a}}}}]{{{{#each l}}}}<{{{{this}}}}>{{{{> p it=../a}}}}{{{{/each}}}}{{{{media url=x}}}}"
    );
    let partial = |_: &str| Some(PromptText::new("_p.prompt", b"({{it}})"));
    let prompt =
        PromptFile::parse(PromptText::new("a.prompt", text.as_bytes()).unwrap(), &partial).unwrap();
    let mut dice = Dice(13);
    for _ in 0..VALUES {
        let (a, one, other, url) = (
            dice.text(PIECES, 6),
            dice.text(PIECES, 6),
            dice.text(PIECES, 6),
            dice.text(PIECES, 6),
        );
        let given = json!({"a": a, "l": [one, other], "n": 1, "x": url});
        let text = format!("[{a}]<{one}>({a})<{other}>({a})");
        let media = MessageContent::Media { media: Media { url, content_type: None } };
        let content = vec![MessageContent::Text { text }, media];
        let message = PromptMessage { role: MessageRole::System, content, metadata: None };
        assert_eq!(prompt.render(&given, &[]).unwrap(), [message]);
    }
}
