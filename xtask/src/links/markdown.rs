//! Links and headings of Markdown, as code hosts read them. What stands in code is neither.

use std::collections::{BTreeMap, BTreeSet};

/// Shortest fence of a code block.
const FENCE_CHARACTERS_MIN: usize = 3;
/// Marks in front of a link's target, each with the character that ends the target.
const TARGET_MARKS: [(&str, char); 3] = [("](", ')'), ("src=\"", '"'), ("href=\"", '"')];

/// Link of a document.
#[derive(Debug, PartialEq, Eq)]
pub struct DocumentLink {
    /// Line, counted from 1.
    pub line: usize,
    pub target: String,
}

/// Returns the links and images of a document in the order of its lines.
pub fn find_links(text: &str) -> Vec<DocumentLink> {
    let mut links = Vec::new();
    for (line, text) in prose_lines(text) {
        let text = without_code(text);
        let targets = TARGET_MARKS.into_iter().flat_map(|(mark, end)| {
            text.split(mark).skip(1).filter_map(move |rest| rest.split_once(end))
        });
        // A title may stand behind the target: `[text](target "title")`.
        let targets = targets.filter_map(|(target, _)| target.split_whitespace().next());
        let targets = targets.chain(definition_target(&text));
        links.extend(targets.map(|target| DocumentLink { line, target: target.to_owned() }));
    }
    links
}

/// Returns the names that a link can put behind `#` to lead to a heading of a document.
pub fn find_anchors(text: &str) -> BTreeSet<String> {
    let mut used: BTreeMap<String, usize> = BTreeMap::new();
    let headings = prose_lines(text).into_iter().filter_map(|(_, line)| heading(line));
    let anchors = headings.map(|heading| {
        let anchor = anchor_of(heading);
        let count = used.entry(anchor.clone()).or_default();
        *count += 1;
        // A heading that is there again has a number behind its name.
        if *count == 1 { anchor } else { format!("{anchor}-{}", *count - 1) }
    });
    anchors.collect()
}

/// Returns the lines outside of code blocks, with their numbers.
fn prose_lines(text: &str) -> Vec<(usize, &str)> {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let found = fence_of(line);
        match (fence, found) {
            (None, None) => lines.push((number, line)),
            (None, opening) => fence = opening,
            (Some(opening), Some(closing)) if closing.starts_with(opening) => fence = None,
            (Some(_), _) => {}
        }
    }
    lines
}

/// Returns the fence that a line begins with.
fn fence_of(line: &str) -> Option<&str> {
    let line = line.trim_start_matches([' ', '>']);
    let length = |fence: char| line.chars().take_while(|character| *character == fence).count();
    let length = length('`').max(length('~'));
    (length >= FENCE_CHARACTERS_MIN).then(|| line.get(..length)).flatten()
}

/// Removes the code from a line. It stands between two equally long runs of backticks.
fn without_code(line: &str) -> String {
    let (mut prose, mut rest) = (String::new(), line);
    while let Some((before, from_run)) = rest.find('`').map(|at| rest.split_at(at)) {
        let inside = from_run.trim_start_matches('`');
        let (run, _) = from_run.split_at(from_run.len() - inside.len());
        prose.push_str(before);
        // A run without a second one begins no code.
        rest = inside.split_once(run).map_or(inside, |(_, behind)| behind);
    }
    prose + rest
}

/// Returns the target of a line such as `[name]: target`.
fn definition_target(line: &str) -> Option<&str> {
    let (_, target) = line.strip_prefix('[')?.split_once("]: ")?;
    target.split_whitespace().next()
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    (1..=6).contains(&level).then(|| text.strip_prefix(' ')).flatten()
}

/// Returns the anchor of a heading: its letters and digits in lower case, with hyphens for spaces.
fn anchor_of(heading: &str) -> String {
    let mut text = heading.trim().trim_end_matches('#').trim_end().to_owned();
    // Of a link in a heading, the text counts.
    while let Some((before, rest)) = text.split_once("](") {
        let Some((_, after)) = rest.split_once(')') else { break };
        text = format!("{before}{after}");
    }
    let is_kept = |char: &char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_');
    text.to_lowercase().chars().filter(is_kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(text: &str) -> Vec<(usize, String)> {
        find_links(text).into_iter().map(|link| (link.line, link.target)).collect()
    }

    #[test]
    fn finds_links_images_and_definitions_outside_of_code() {
        let text = "[a](a.md), [`b`](b.md \"title\") and ![c](c.svg)\n\
                    `[d](d.md)` and ``[d](d.md)``\n\
                    ```sh\n[d](d.md)\n~~~\n```\n\
                    <img src=\"e.svg\">\n[name]: f.md\n> ~~~\n> [d](d.md)\n> ~~~\n[g](g.md)";
        let expected =
            [(1, "a.md"), (1, "b.md"), (1, "c.svg"), (7, "e.svg"), (8, "f.md"), (12, "g.md")];
        assert_eq!(targets(text), expected.map(|(line, target)| (line, target.to_owned())));
        assert_eq!(targets("an apostrophe ` and [a](a.md)"), [(1, "a.md".to_owned())]);
    }

    #[test]
    fn anchors_are_those_of_code_hosts() {
        let text = "# `tollgate check`, and more!\n## Über_uns: [the a](a.md) page ##\n\
                    ### Twice\n### Twice\n#tag\n```\n# code\n```\n";
        let expected = ["tollgate-check-and-more", "twice", "twice-1", "über_uns-the-a-page"];
        assert_eq!(find_anchors(text).into_iter().collect::<Vec<_>>(), expected);
    }
}
