//! What is done with a text that somebody calls a prompt. Nothing may panic or hang.

use serde_json::{Map, Value};
use tollgate_library::prompt::{Diff, PromptFile, Source};

/// A prompt, the text of every partial that it names, and the value of every variable, with
/// zero bytes between them.
pub fn read_and_render(bytes: &[u8]) -> bool {
    let mut parts = bytes.splitn(3, |byte| *byte == 0);
    let text = parts.next().unwrap_or_default();
    let partial = parts.next().unwrap_or_default();
    let value = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let Ok(source) = Source::new("a.prompt", text) else { return false };
    let named = |name: &str| Some(Source::new(format!("_{name}.prompt"), partial));
    let Ok(prompt) = PromptFile::parse(source, &named) else { return false };

    let variables = prompt.front_matter.input.variables.iter();
    let given = variables.map(|one| (one.name.clone(), fitting(&one.schema, &value)));
    let given = Value::Object(given.collect::<Map<_, _>>());
    let rendered = prompt.render(&given, &[]);
    assert_eq!(rendered, prompt.render(&given, &[]), "it is rendered in two ways");
    assert!(Diff::of(&prompt, &prompt).changes.is_empty(), "it differs from itself");
    rendered.is_ok()
}

/// A value that may fit a schema.
fn fitting(schema: &Value, text: &str) -> Value {
    let name = schema.get("type").map(|name| name.get(0).unwrap_or(name));
    match name.and_then(Value::as_str) {
        Some("array") => {
            let item = fitting(schema.get("items").unwrap_or(&Value::Null), text);
            vec![item; 3].into()
        }
        Some("object") => {
            let members = schema.get("properties").and_then(Value::as_object);
            let members = members.into_iter().flatten();
            members.map(|(name, schema)| (name.clone(), fitting(schema, text))).collect()
        }
        Some("integer" | "number") => text.len().into(),
        Some("boolean") => text.len().is_multiple_of(2).into(),
        _ => text.into(),
    }
}
