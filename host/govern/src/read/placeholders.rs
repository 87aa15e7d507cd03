//! Placeholders: texts in angle brackets that stand for an answer in a gate file that was made from a template, such as
//! `name = "<name of the decision owner>"`.
//!
//! A placeholder is an error of its file, so that it can never count as an answer. Contracts have configurations of their
//! own, in which such a text can be meant as it is (`terms = ["<br>"]`), so these are not searched.

use tollgate_model::{TextFileErrors, TextSpan};

use super::error::GateFileErrorKind;
use super::tree::{self, Node, Step, TreeError, Value};

/// Placeholder in the text of a gate file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholder {
    /// Path of the value, such as `review.reviewers[0].name`.
    pub key: String,
    /// Text between the angle brackets: the answer that is asked for.
    pub question: String,
    /// Bytes of the value or key, with its quotes.
    pub span: TextSpan,
    pub place: PlaceholderPlace,
}

/// Place that a placeholder has in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceholderPlace {
    /// In the place of a key.
    Key,
    /// The value of a key.
    Value,
    /// The only item of a list. An answer may have several items, or none.
    OnlyItem,
}

/// Returns the placeholders of a gate file, in the order of its text. Empty if the text is not TOML.
pub fn find_placeholders(text: &str) -> Vec<Placeholder> {
    let Some(tree) = tree::parse(text).0 else { return Vec::new() };
    let found = collect(&tree).into_iter().map(|found| Placeholder {
        key: tree::format_path(&found.path),
        question: found.question,
        span: found.span,
        place: found.place,
    });
    found.collect()
}

/// Reads a gate file that may still have placeholders, and returns its other errors. Where a text is asked for, a
/// placeholder counts as one, so that what is answered is compared with all the rest.
pub fn check_besides_placeholders(file: &str, text: &str) -> Result<(), TextFileErrors> {
    let (tree, mut errors) = tree::parse(text);
    if let Some(mut tree) = tree {
        let placeholders = collect(&tree);
        super::read_tree(super::gate_name_of_file(file), &mut tree, &mut errors);
        errors.retain(|error| placeholders.iter().all(|one| one.span != error.span));
    }
    match errors.is_empty() {
        true => Ok(()),
        false => Err(super::sorted_errors(file, text, errors)),
    }
}

/// Removes all placeholders from a tree and adds an error for each.
pub(super) fn reject_placeholders(tree: &mut Node, errors: &mut Vec<TreeError>) {
    // The last first, because a path does not count the items before it that were removed.
    for found in collect(tree).into_iter().rev() {
        tree.remove(&found.path);
        let kind = GateFileErrorKind::Placeholder(found.question);
        errors.push(TreeError { span: found.span, path: found.path, kind });
    }
}

struct FoundPlaceholder {
    path: Vec<Step>,
    question: String,
    span: TextSpan,
    place: PlaceholderPlace,
}

impl FoundPlaceholder {
    /// Returns the placeholder that a text is, or `None` if it is none.
    fn of(text: &str, path: &[Step], span: TextSpan, place: PlaceholderPlace) -> Option<Self> {
        let question = question_of(text)?.to_owned();
        Some(Self { path: path.to_vec(), question, span, place })
    }
}

fn collect(tree: &Node) -> Vec<FoundPlaceholder> {
    let mut found = Vec::new();
    search(tree, &mut Vec::new(), PlaceholderPlace::Value, &mut found);
    found.sort_by_key(|placeholder| placeholder.span.start);
    found
}

fn search(
    node: &Node,
    path: &mut Vec<Step>,
    place: PlaceholderPlace,
    found: &mut Vec<FoundPlaceholder>,
) {
    if is_contract_config(path) {
        return;
    }
    match &node.value {
        Value::Text(text) => found.extend(FoundPlaceholder::of(text, path, node.span, place)),
        Value::List(items) => {
            let place = match items.len() {
                1 => PlaceholderPlace::OnlyItem,
                _ => PlaceholderPlace::Value,
            };
            // Removed items do not count: paths number the items without them.
            let items = items.iter().filter(|item| !item.is_removed());
            for (index, item) in items.enumerate() {
                path.push(Step::Index(index));
                search(item, path, place, found);
                path.pop();
            }
        }
        Value::Table(members) => {
            for (key, value) in members {
                path.push(Step::Key(key.text.clone()));
                let place = PlaceholderPlace::Key;
                found.extend(FoundPlaceholder::of(&key.text, path, key.span, place));
                search(value, path, PlaceholderPlace::Value, found);
                path.pop();
            }
        }
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Removed => {}
    }
}

/// Returns whether a path is that of the configuration of a contract.
fn is_contract_config(path: &[Step]) -> bool {
    match path {
        [Step::Key(contracts), Step::Index(_), Step::Key(config)] => {
            contracts == "contracts" && config == "config"
        }
        _ => false,
    }
}

/// Returns what stands between angle brackets that fill the whole text, or `None` if this is no placeholder. An address
/// in angle brackets is none.
fn question_of(text: &str) -> Option<&str> {
    let question = text.trim().strip_prefix('<')?.strip_suffix('>')?.trim();
    let is_words = !question.is_empty() && !question.contains(['<', '>', '\n']);
    let is_address =
        !question.contains(' ') && (question.contains("://") || question.contains('@'));
    (is_words && !is_address).then_some(question)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::read;

    const FILE: &str = "gates/posts.toml";

    fn errors(text: &str) -> Vec<String> {
        let TextFileErrors(errors) = read(FILE, text).unwrap_err();
        errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_each_placeholder_with_line_and_key() {
        let text = "task = \"<the task, in a sentence>\"\n\
                    owner = { name = \"<name>\", role = \"Head of Posts\" }\n\
                    [[review.reviewers]]\nname = \" < name > \"\nrole = \"Editor\"\n\
                    [[review.reviewers]]\nname = \"Kim\"\nrole = \"<role>\"\n\
                    [budget]\ncurrency = \"EUR\"\n[budget.prices.\"<model>\"]\nper-run = \"<price>\"\n";
        let help = "write the answer in its place";
        assert_eq!(
            errors(text),
            [
                format!(
                    "{FILE}:1: `task`: still the placeholder `<the task, in a sentence>`: {help}"
                ),
                format!("{FILE}:2: `owner.name`: still the placeholder `<name>`: {help}"),
                format!(
                    "{FILE}:4: `review.reviewers[0].name`: still the placeholder `<name>`: {help}"
                ),
                format!(
                    "{FILE}:8: `review.reviewers[1].role`: still the placeholder `<role>`: {help}"
                ),
                format!(
                    "{FILE}:11: `budget.prices.<model>`: still the placeholder `<model>`: {help}"
                ),
                format!(
                    "{FILE}:12: `budget.prices.<model>.per-run`: still the placeholder `<price>`: {help}"
                ),
            ]
        );
    }

    #[test]
    fn takes_a_placeholder_of_any_type_and_tells_other_errors_too() {
        let text = "review-by = \"<day>\"\nprompt = \"<prompt, as name@^1.0>\"\n[score]\n\
                    data-sensitivity = { value = \"<1 to 5>\", reason = \"none\" }\n\
                    [tags]\nrisk = \"<low, medium or high>\"\nreversibility = \"never\"\n";
        let errors = errors(text);
        assert_eq!(errors.len(), 5, "{errors:#?}");
        assert!(errors[4].contains("unknown value `never`"), "{errors:#?}");
        let TextFileErrors(others) = check_besides_placeholders(FILE, text).unwrap_err();
        assert_eq!(others.len(), 1, "{others:#?}");
        assert!(check_besides_placeholders(FILE, &text.replace("never", "easily")).is_ok());
    }

    #[test]
    fn takes_no_other_text_for_a_placeholder() {
        let text = "task = \"Write <name> and <place> into letters\"\n\
                    objective = \"1 < 2\"\n\
                    cost-centre = \"<>\"\n\
                    [oversight.rollback]\nhandler = \"<https://mailer.example/cancel>\"\n\
                    owner = { name = \"a <b> c>\", role = \"<kim@example.com>\" }\n\
                    [[contracts]]\ncontract = \"tollgate/banned-terms\"\n\
                    config = { terms = [\"<br>\", \"<script>\"], more = { \"<key>\" = \"<value>\" } }\n";
        assert!(read(FILE, text).is_ok(), "{:#?}", errors(text));
        assert_eq!(find_placeholders(text), []);
    }

    #[test]
    fn finds_placeholders_with_their_places() {
        let text = "[[access]]\nsystem = \"crm\"\nsee = [\"<what>\"]\ninfer = [\"a\", \"<b>\"]\n";
        let found = find_placeholders(text);
        let places: Vec<_> = found.iter().map(|found| (found.key.as_str(), found.place)).collect();
        let expected = [
            ("access[0].see[0]", PlaceholderPlace::OnlyItem),
            ("access[0].infer[1]", PlaceholderPlace::Value),
        ];
        assert_eq!(places, expected);
        assert_eq!(&text[found[0].span.start..found[0].span.end], "\"<what>\"");
        assert_eq!(found[0].question, "what");
    }
}
