//! Reading gate files: everything that is wrong with one is told at once, with its line.
//!
//! The text becomes a tree that knows its lines (`tree`), the tree a record (`shape`), and the
//! record is looked at as a whole (`fit`). What is found wrong is taken out and reading goes on,
//! so one mistake does not hide the next.

mod expected;
mod fault;
mod fit;
mod shape;
mod tree;

use tollgate_model::Gate;

pub use fault::{Fault, Faults, Problem};

/// A record of so many bytes is an accident.
pub const FILE_BYTES_MAX: usize = 1 << 20;
/// Whoever reads of so many faults in one file fixes these first.
const FAULTS_MAX: usize = 100;

/// Reads the text of a gate file. `file` is what messages call it.
pub fn read(file: &str, text: &str) -> Result<Gate, Faults> {
    read_as(file, stem(file), text)
}

/// The same of a file that may be called otherwise than the gate: another version of it.
pub fn read_as(file: &str, called: Option<&str>, text: &str) -> Result<Gate, Faults> {
    let whole = |problem| Faults(vec![Fault::whole(file, problem)]);
    if text.len() > FILE_BYTES_MAX {
        return Err(whole(Problem::TooLarge { bytes_max: FILE_BYTES_MAX }));
    }
    let (tree, mut faults) = tree::parse(text);
    let Some(mut tree) = tree else { return Err(Faults(told(file, faults))) };
    if let Some(called) = called {
        // Whoever writes the name twice can write it wrong once.
        tree.add_missing("name", called);
    }
    let gate = shape::read(&mut tree, &mut faults);
    if let Some(gate) = &gate {
        fit::look(called, gate, &tree, &mut faults);
    }
    match gate {
        Some(gate) if faults.is_empty() => Ok(gate),
        _ => Err(Faults(told(file, faults))),
    }
}

/// What a file is called, without what says that it is TOML.
fn stem(file: &str) -> Option<&str> {
    file.rsplit(['/', '\\']).next().unwrap_or(file).strip_suffix(".toml")
}

/// In the order of the file.
fn told(file: &str, mut wrong: Vec<tree::Wrong>) -> Vec<Fault> {
    wrong.sort_by_key(|wrong| wrong.line);
    let faults = wrong.into_iter().take(FAULTS_MAX);
    faults
        .map(|wrong| Fault {
            file: file.into(),
            line: Some(wrong.line),
            key: tree::written(&wrong.path),
            problem: wrong.problem,
        })
        .collect()
}

#[cfg(test)]
mod tests;
