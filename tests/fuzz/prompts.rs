//! Fuzz body for prompt files. Nothing may panic or hang.

use serde_json::{Map, Value};
use tollgate_packages::prompt::{PromptDiff, PromptFile, PromptText};

/// Parses and renders a prompt. The input is the prompt, the text of every partial and the value of
/// every variable, separated by zero bytes.
pub fn read_and_render(bytes: &[u8]) -> bool {
    let mut parts = bytes.splitn(3, |byte| *byte == 0);
    let text = parts.next().unwrap_or_default();
    let partial = parts.next().unwrap_or_default();
    let value = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let Ok(source) = PromptText::new("a.prompt", text) else { return false };
    let named = |name: &str| Some(PromptText::new(format!("_{name}.prompt"), partial));
    let Ok(prompt) = PromptFile::parse(source, &named) else { return false };

    let variables = prompt.front_matter.input.variables.iter();
    let given = variables.map(|one| (one.name.clone(), fitting(&one.schema, &value)));
    let given = Value::Object(given.collect::<Map<_, _>>());
    let rendered = prompt.render(&given, &[]);
    assert_eq!(rendered, prompt.render(&given, &[]), "rendering is not deterministic");
    assert!(
        PromptDiff::between(&prompt, &prompt).changes.is_empty(),
        "it has differences to itself"
    );
    rendered.is_ok()
}

/// Returns a value that may fit a schema.
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
