//! Finding the parts of a document that a pattern matches. They keep the bytes that they were written with.

use std::collections::BTreeSet;

use serde_json::value::RawValue;

use super::document_part::{CheckedPart, PartProblem};
use super::pointer_pattern::{PatternStep, PointerPattern, escape_step, parse_pointer};
use super::raw_members::RawChildren;
use crate::{Content, JsonText};

/// Most parts of one output that one contract judges. Each has a sandbox of its own, so more would let the author of an
/// output keep a machine busy for as long as they like.
pub const PARTS_MAX: usize = 256;

/// Most bytes that the pointers of all parts of one output have together. Each part is recorded with its own, so a long name
/// on the way would take its memory for every part behind it.
const POINTER_BYTES_MAX: usize = 256 << 10;

/// A place that a pattern matches.
#[derive(Clone, Debug, PartialEq)]
pub enum SelectedPart {
    /// A value with its pointer: a string as a text, anything else as JSON.
    Found { at: String, content: Content },
    /// A place with nothing to judge, with the rest of the pattern in its pointer.
    Missing { at: String, problem: PartProblem },
}

impl SelectedPart {
    fn pointer(&self) -> &str {
        match self {
            Self::Found { at, .. } | Self::Missing { at, .. } => at,
        }
    }

    /// Returns the place as it is recorded.
    pub fn to_checked(&self) -> CheckedPart {
        match self {
            Self::Found { at, .. } => CheckedPart { at: at.clone(), problem: None },
            Self::Missing { at, problem } => {
                CheckedPart { at: at.clone(), problem: Some(*problem) }
            }
        }
    }
}

/// Returns the parts of an output that a pattern matches, in the order of the document. There is at least one: a pattern
/// that matches nothing gives a place at which something is missing, and so does every value on the way whose
/// continuation is missing. The document of an action is its arguments.
pub fn select_parts(content: &Content, pattern: &PointerPattern) -> Vec<SelectedPart> {
    let missing =
        |problem| vec![SelectedPart::Missing { at: pattern.as_str().to_owned(), problem }];
    let Some(document) = document_of(content) else { return missing(PartProblem::NotADocument) };
    let mut selection = Selection { parts: Vec::new(), pointer_bytes: 0 };
    match selection.select(document, String::new(), pattern.steps()) {
        Ok(()) => selection.parts,
        Err(TooManyParts) => missing(PartProblem::TooMany),
    }
}

/// Returns the part of an output at a pointer that was recorded, or `None` if nothing is there.
pub fn find_part(content: &Content, pointer: &str) -> Option<Content> {
    let mut json = document_of(content)?;
    for name in parse_pointer(pointer)? {
        json = match RawChildren::read(json).ok()? {
            RawChildren::Members(members) => members.iter().find(|(known, _)| *known == name)?.1,
            RawChildren::Elements(elements) => *elements.get(parse_index(&name)?)?,
            RawChildren::None => return None,
        }
        .get();
    }
    part_content(json)
}

fn document_of(content: &Content) -> Option<&str> {
    match content {
        Content::Json(json) => Some(json.as_str()),
        Content::Action { arguments, .. } => Some(arguments.as_str()),
        Content::Text(_) | Content::InvalidJson(_) => None,
    }
}

/// Returns a value as a subject of its own. Returns `None` for a string without valid characters.
fn part_content(json: &str) -> Option<Content> {
    if json.starts_with('"') {
        return serde_json::from_str(json).ok().map(Content::Text);
    }
    JsonText::parse(json).ok().map(Content::Json)
}

/// Reads an index of an array: digits without a leading zero.
fn parse_index(name: &str) -> Option<usize> {
    let is_canonical = name == "0" || !name.starts_with('0');
    let is_digits = name.bytes().all(|byte| byte.is_ascii_digit());
    name.parse().ok().filter(|_| is_canonical && is_digits)
}

struct TooManyParts;

struct Selection {
    parts: Vec<SelectedPart>,
    /// Number of bytes of their pointers.
    pointer_bytes: usize,
}

impl Selection {
    fn add(&mut self, part: SelectedPart) -> Result<(), TooManyParts> {
        self.pointer_bytes += part.pointer().len();
        if self.parts.len() >= PARTS_MAX || self.pointer_bytes > POINTER_BYTES_MAX {
            return Err(TooManyParts);
        }
        self.parts.push(part);
        Ok(())
    }

    fn add_missing(
        &mut self,
        mut at: String,
        rest: &[PatternStep],
        problem: PartProblem,
    ) -> Result<(), TooManyParts> {
        rest.iter().for_each(|step| at.push_str(&format!("/{step}")));
        self.add(SelectedPart::Missing { at, problem })
    }

    /// Selects what the rest of a pattern matches in a value. It recurses as deep as the pattern is long.
    fn select(&mut self, json: &str, at: String, rest: &[PatternStep]) -> Result<(), TooManyParts> {
        let Some((step, after)) = rest.split_first() else {
            return match part_content(json) {
                // Many exporters write `null` for what is missing.
                Some(_) if json == "null" => self.add_missing(at, &[], PartProblem::Absent),
                Some(content) => self.add(SelectedPart::Found { at, content }),
                None => self.add_missing(at, &[], PartProblem::Unreadable),
            };
        };
        match RawChildren::read(json) {
            Err(_) => self.add_missing(at, rest, PartProblem::Unreadable),
            Ok(RawChildren::None) => {
                // What the pattern looks for may stand right there, as a text or under no name.
                let is_null = json.trim() == "null";
                let problem = if is_null { PartProblem::Absent } else { PartProblem::WrongShape };
                self.add_missing(at, rest, problem)
            }
            Ok(RawChildren::Members(members)) => {
                self.select_members(&members, at, step, after, rest)
            }
            Ok(RawChildren::Elements(elements)) => {
                self.select_elements(&elements, at, step, after, rest)
            }
        }
    }

    fn select_members(
        &mut self,
        members: &[(String, &RawValue)],
        at: String,
        step: &PatternStep,
        after: &[PatternStep],
        rest: &[PatternStep],
    ) -> Result<(), TooManyParts> {
        let is_selected = |name: &str| match step {
            PatternStep::Named(wanted) => name == wanted,
            PatternStep::Every => true,
        };
        let selected: Vec<_> = members.iter().filter(|(name, _)| is_selected(name)).collect();
        let names: BTreeSet<_> = selected.iter().map(|(name, _)| name).collect();
        if selected.is_empty() {
            return self.add_missing(at, rest, PartProblem::Absent);
        }
        if names.len() < selected.len() {
            return self.add_missing(at, rest, PartProblem::Ambiguous);
        }
        for (name, value) in selected {
            self.select(value.get(), format!("{at}/{}", escape_step(name)), after)?;
        }
        Ok(())
    }

    fn select_elements(
        &mut self,
        elements: &[&RawValue],
        at: String,
        step: &PatternStep,
        after: &[PatternStep],
        rest: &[PatternStep],
    ) -> Result<(), TooManyParts> {
        let selected = match step {
            PatternStep::Every => 0..elements.len(),
            PatternStep::Named(name) => match parse_index(name) {
                Some(index) if index < elements.len() => index..index + 1,
                Some(_) => 0..0,
                // The pattern looks for an object.
                None => return self.add_missing(at, rest, PartProblem::WrongShape),
            },
        };
        if selected.is_empty() {
            return self.add_missing(at, rest, PartProblem::Absent);
        }
        for (index, value) in elements.iter().enumerate() {
            if selected.contains(&index) {
                self.select(value.get(), format!("{at}/{index}"), after)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::pointer_pattern::POINTER_STEPS_MAX;
    use super::*;

    fn json(text: &str) -> Content {
        Content::Json(JsonText::parse(text).unwrap())
    }

    /// Returns each part as its place and its content, or its place and problem.
    fn select(document: &str, pattern: &str) -> Vec<String> {
        let parts = select_parts(&json(document), &pattern.parse().unwrap());
        let line = |part: &SelectedPart| match part {
            SelectedPart::Found { at, content } => {
                format!("{at} {} {}", content.kind(), content.output_text().unwrap())
            }
            SelectedPart::Missing { at, problem } => format!("{at} {problem:?}"),
        };
        parts.iter().map(line).collect()
    }

    #[test]
    fn strings_are_texts_and_all_else_is_json() {
        let document = r#"{"a": "x \u00e4\n", "b": {"c": [1, 2.50, true]}, "": "e"}"#;
        assert_eq!(select(document, "/a"), ["/a text x ä\n"]);
        assert_eq!(select(document, "/b"), [r#"/b json {"c": [1, 2.50, true]}"#]);
        assert_eq!(select(document, "/b/c/1"), ["/b/c/1 json 2.50"]);
        assert_eq!(select(document, "/"), ["/ text e"]);
    }

    #[test]
    fn a_star_is_every_element_and_every_member() {
        let document = r#"{"items": [{"text": "a"}, {"text": "b"}], "m": {"x/y": "1", "~": "2"}}"#;
        assert_eq!(
            select(document, "/items/*/text"),
            ["/items/0/text text a", "/items/1/text text b"]
        );
        assert_eq!(select(document, "/m/*"), ["/m/x~1y text 1", "/m/~0 text 2"]);
        assert_eq!(select(document, "/*/1/text"), ["/items/1/text text b", "/m/1/text Absent"]);
    }

    #[test]
    fn what_is_not_there_is_told_with_its_place() {
        let document = r#"{"items": [{"text": "a"}, {}, {"text": null}], "none": [], "n": 1}"#;
        assert_eq!(
            select(document, "/items/*/text"),
            ["/items/0/text text a", "/items/1/text Absent", "/items/2/text Absent"]
        );
        for pattern in ["/x", "/x/y", "/none/*", "/none/*/text", "/none/0", "/items/3"] {
            assert_eq!(select(document, pattern), [format!("{pattern} Absent")]);
        }
        for pattern in ["/a", "/*", "/0/b"] {
            assert_eq!(select("null", pattern), [format!("{pattern} Absent")]);
        }
        assert_eq!(select(r#"{"a": null}"#, "/a/b/*"), ["/a/b/* Absent"]);
    }

    #[test]
    fn a_value_of_another_shape_is_not_absent() {
        let document =
            r#"{"items": [{"text": "a"}, "b"], "n": 1, "s": "x", "t": true, "none": []}"#;
        for pattern in ["/n/x", "/n/*", "/s/text", "/s/0", "/t/*/text", "/none/text"] {
            assert_eq!(select(document, pattern), [format!("{pattern} WrongShape")]);
        }
        for pattern in ["/items/text", "/items/00", "/items/+1", "/items/", "/items/-"] {
            assert_eq!(select(document, pattern), [format!("{pattern} WrongShape")], "no index");
        }
        assert_eq!(
            select(document, "/items/*/text"),
            ["/items/0/text text a", "/items/1/text WrongShape"]
        );
        for document in [r#""dana@example.com""#, r#"["dana@example.com"]"#, "7"] {
            assert_eq!(select(document, "/body"), ["/body WrongShape"], "{document}");
        }
    }

    #[test]
    fn the_longest_pattern_is_followed_to_its_end() {
        let depth = POINTER_STEPS_MAX;
        let document = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        let pattern = "/0".repeat(depth);
        assert_eq!(select(&document, &pattern), [format!("{pattern} json 1")]);
        let deeper = format!("{}1{}", "[".repeat(60_000), "]".repeat(60_000));
        assert_eq!(select(&deeper, &pattern).len(), 1);
    }

    #[test]
    fn a_name_that_is_there_twice_is_not_chosen_from() {
        let document = r#"{"a": "harmless", "a": "harmful", "b": {"c": 1, "c": 2}, "d": "x"}"#;
        assert_eq!(select(document, "/a"), ["/a Ambiguous"]);
        assert_eq!(select(document, "/b/c"), ["/b/c Ambiguous"]);
        assert_eq!(select(document, "/*"), ["/* Ambiguous"]);
        assert_eq!(select(document, "/b"), [r#"/b json {"c": 1, "c": 2}"#], "as it was written");
        assert_eq!(select(document, "/d"), ["/d text x"]);
        let escaped = r#"{"a": 1, "\u0061": 2}"#;
        assert_eq!(select(escaped, "/a"), ["/a Ambiguous"], "in any spelling");
    }

    #[test]
    fn invalid_characters_are_told() {
        assert_eq!(select(r#"{"a": "\ud800"}"#, "/a"), ["/a Unreadable"]);
        assert_eq!(select(r#"{"\ud800": 1, "a": 2}"#, "/a"), ["/a Unreadable"]);
    }

    #[test]
    fn texts_have_no_places_and_actions_those_of_their_arguments() {
        let pattern = "/to".parse().unwrap();
        let problem = |content| match &select_parts(&content, &pattern)[..] {
            [SelectedPart::Missing { problem, .. }] => Some(*problem),
            _ => None,
        };
        assert_eq!(problem(Content::Text(r#"{"to": 1}"#.into())), Some(PartProblem::NotADocument));
        let arguments = JsonText::parse(r#"{"to": "x"}"#).unwrap();
        let action = Content::Action { tool: "mail".into(), arguments };
        assert_eq!(problem(action.clone()), None);
        assert_eq!(find_part(&action, "/to"), Some(Content::Text("x".into())));
    }

    #[test]
    fn more_parts_than_are_judged_are_none() {
        let document = |count: usize| format!("[{}]", vec!["1"; count].join(","));
        assert_eq!(select(&document(PARTS_MAX), "/*").len(), PARTS_MAX);
        assert_eq!(select(&document(PARTS_MAX + 1), "/*"), ["/* TooMany"]);
    }

    #[test]
    fn a_long_name_is_not_repeated_for_every_part_behind_it() {
        let document = |bytes: usize| format!(r#"{{"{}": [1, 2, 3]}}"#, "n".repeat(bytes));
        assert_eq!(select(&document(POINTER_BYTES_MAX / 4), "/*/*").len(), 3);
        assert_eq!(select(&document(POINTER_BYTES_MAX / 2), "/*/*"), ["/*/* TooMany"]);
    }

    #[test]
    fn deep_documents_are_read_as_far_as_the_pattern_goes() {
        let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
        let document = format!(r#"{{"a": "x", "deep": {deep}}}"#);
        assert_eq!(select(&document, "/a"), ["/a text x"]);
        assert_eq!(select(&document, "/deep"), [format!("/deep json {deep}")]);
    }

    #[test]
    fn every_part_is_found_again_by_its_place() {
        let document = json(r#"{"*": {"x/y": ["a", {"b": 1.0}]}, "0": "z"}"#);
        for pattern in ["/*", "/*/*", "/*/*/*", "/0"] {
            for part in select_parts(&document, &pattern.parse().unwrap()) {
                let SelectedPart::Found { at, content } = part else { continue };
                assert_eq!(find_part(&document, &at), Some(content), "{at}");
            }
        }
        assert_eq!(find_part(&document, "/x"), None);
        assert_eq!(find_part(&document, ""), Some(document.clone()));
    }
}
