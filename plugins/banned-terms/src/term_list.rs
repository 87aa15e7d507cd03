//! From a list as it is configured to one that can be looked for. What no text could
//! match, or what stands there twice, is refused at its place.

use tollgate_sdk::prelude::*;

use crate::{
    config::{TERM_CHARACTERS_MAX, TERMS_MAX},
    fold::{continues_character, is_invisible},
    matcher::{MatchOptions, Matcher},
    reader::{FoldingReader, MARKS_MAX, SPACE, Step},
};

/// The tree has a node for nearly every byte of every term. This keeps it and its making
/// well within a sandbox, with 40 bytes for each of the most terms there can be.
const TERMS_BYTES_MAX: usize = 4 << 20;

/// Makes the list at this place of the configuration ready.
pub(crate) fn compile_list(
    words: &[&str],
    manner: MatchOptions,
    here: &Pointer,
) -> Result<Matcher, Refusal> {
    if words.len() > TERMS_MAX {
        let reason = format!("there are {} of them, and the most is {TERMS_MAX}", words.len());
        return Err(Refusal::bad_config(here, reason));
    }
    let mut terms = Vec::with_capacity(words.len());
    for (number, words) in (0_u32..).zip(words) {
        let place = || here.clone().index(number as usize);
        let term = fold_term(words, manner).map_err(|why| Refusal::bad_config(&place(), why))?;
        terms.push((term, number));
    }
    check_total_bytes(&terms, here)?;
    terms.sort_unstable();
    check_duplicates(&terms, words, here)?;
    let terms: Vec<_> = terms.iter().map(|(term, number)| (term.as_str(), *number)).collect();
    Ok(Matcher::new(&terms, manner))
}

/// How the text is read where the term stands, so that they can be compared.
fn fold_term(words: &str, manner: MatchOptions) -> Result<String, String> {
    let words = words.trim();
    if words.chars().count() > TERM_CHARACTERS_MAX {
        return Err(format!("it has more than {TERM_CHARACTERS_MAX} characters"));
    }
    let mut reader = FoldingReader::new(words, 0, manner.case_sensitive);
    let mut spelling = String::new();
    while let Some(step) = reader.step() {
        match step {
            Step::Byte(byte) if byte.is_ascii_whitespace() => spelling.push(SPACE.into()),
            Step::Byte(byte) => spelling.push(byte.into()),
            Step::Folded => spelling.push_str(reader.folded()),
        }
    }
    match words.chars().find(|character| !is_invisible(*character)) {
        None => Err("there is nothing in it to look for".into()),
        Some(first) if continues_character(first) => {
            Err("it begins with a mark that has no letter".into())
        }
        Some(_) if !reader.is_done() => Err(format!("a letter has more than {MARKS_MAX} marks")),
        Some(_) => Ok(spelling),
    }
}

fn check_total_bytes(terms: &[(String, u32)], here: &Pointer) -> Result<(), Refusal> {
    let bytes: usize = terms.iter().map(|(term, _)| term.len()).sum();
    match bytes > TERMS_BYTES_MAX {
        false => Ok(()),
        true => {
            let reason = format!("they have {bytes} bytes, and the most is {TERMS_BYTES_MAX}");
            Err(Refusal::bad_config(here, reason))
        }
    }
}

/// Two entries for one term cannot both have their say.
fn check_duplicates(
    sorted: &[(String, u32)],
    words: &[&str],
    here: &Pointer,
) -> Result<(), Refusal> {
    let same = sorted.windows(2).find_map(|pair| match pair {
        [(one, first), (other, second)] if one == other => Some((*first, *second)),
        _ => None,
    });
    let Some((first, second)) = same else { return Ok(()) };
    let word = |number| words.get(number as usize).copied().unwrap_or_default();
    let place = |number| here.clone().index(number as usize);
    let (word, earlier) = (word(second), (word(first), place(first)));
    let reason = format!("`{word}` is the same as `{}` at `{}`", earlier.0, earlier.1);
    Err(Refusal::bad_config(&place(second), reason))
}
