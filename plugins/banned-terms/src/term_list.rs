//! Compiles a configured list of terms. Refuses terms that no text can match, and
//! duplicates.

use spelling::is_invisible;
use tollgate_sdk::prelude::*;

use crate::{
    config::{TERM_CHARACTERS_MAX, TERMS_MAX},
    fold::continues_character,
    folding_reader::{FoldingReader, MARKS_MAX, SPACE, Step},
    matcher::{MatchOptions, Matcher},
};

/// The tree has a node for nearly every byte of every term. With this limit the tree and
/// its construction stay well within a sandbox's memory; it allows 40 bytes per term for
/// the longest list.
const TERMS_BYTES_MAX: usize = 4 << 20;

/// Compiles the list at this pointer of the configuration.
pub(crate) fn compile_list(
    words: &[&str],
    options: MatchOptions,
    pointer: &Pointer,
) -> Result<Matcher, Refusal> {
    if words.len() > TERMS_MAX {
        let reason =
            format!("the list has {} entries, and at most {TERMS_MAX} are allowed", words.len());
        return Err(Refusal::bad_config(pointer, reason));
    }
    let mut terms = Vec::with_capacity(words.len());
    for (number, words) in (0_u32..).zip(words) {
        let place = || pointer.clone().index(number as usize);
        let term = fold_term(words, options).map_err(|why| Refusal::bad_config(&place(), why))?;
        terms.push((term, number));
    }
    check_total_bytes(&terms, pointer)?;
    // The trie needs sorted terms, and sorting makes duplicates adjacent.
    terms.sort_unstable();
    check_duplicates(&terms, words, pointer)?;
    let terms: Vec<_> = terms.iter().map(|(term, number)| (term.as_str(), *number)).collect();
    Ok(Matcher::new(&terms, options))
}

/// Returns the term as [`FoldingReader`] reads it in a text.
fn fold_term(words: &str, options: MatchOptions) -> Result<String, String> {
    let words = words.trim();
    if words.chars().count() > TERM_CHARACTERS_MAX {
        return Err(format!("the term has more than {TERM_CHARACTERS_MAX} characters"));
    }
    let mut reader = FoldingReader::new(words, 0, options.case_sensitive);
    let mut spelling = String::new();
    while let Some(step) = reader.step() {
        match step {
            Step::Byte(byte) if byte.is_ascii_whitespace() => spelling.push(SPACE.into()),
            Step::Byte(byte) => spelling.push(byte.into()),
            Step::Folded => spelling.push_str(reader.folded()),
        }
    }
    match words.chars().find(|character| !is_invisible(*character)) {
        None => Err("the term is empty or has only invisible characters".into()),
        Some(first) if continues_character(first) => {
            Err("the term begins with a mark that has no letter".into())
        }
        Some(_) if !reader.is_done() => {
            Err(format!("a letter of the term has more than {MARKS_MAX} marks"))
        }
        Some(_) => Ok(spelling),
    }
}

fn check_total_bytes(terms: &[(String, u32)], pointer: &Pointer) -> Result<(), Refusal> {
    let bytes: usize = terms.iter().map(|(term, _)| term.len()).sum();
    match bytes > TERMS_BYTES_MAX {
        false => Ok(()),
        true => {
            let reason = format!(
                "the terms have {bytes} bytes together, and at most {TERMS_BYTES_MAX} are allowed"
            );
            Err(Refusal::bad_config(pointer, reason))
        }
    }
}

/// Refuses a term that is in the list twice: only one of the entries could apply.
fn check_duplicates(
    sorted: &[(String, u32)],
    words: &[&str],
    pointer: &Pointer,
) -> Result<(), Refusal> {
    let same = sorted.windows(2).find_map(|pair| match pair {
        [(one, first), (other, second)] if one == other => Some((*first, *second)),
        _ => None,
    });
    let Some((first, second)) = same else { return Ok(()) };
    let word = |number| words.get(number as usize).copied().unwrap_or_default();
    let place = |number| pointer.clone().index(number as usize);
    let (word, earlier) = (word(second), (word(first), place(first)));
    let reason = format!("`{word}` is a duplicate of `{}` at `{}`", earlier.0, earlier.1);
    Err(Refusal::bad_config(&place(second), reason))
}
