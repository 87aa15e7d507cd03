//! Fake host for unit tests.
//!
//! ```
//! use tollgate_sdk::host::{clock, lookup};
//! use tollgate_sdk::testing::Given;
//!
//! let given = Given::default().clock(5).table("claims", [("best", "legal-2026-17")]);
//! given.during(|| {
//!     assert_eq!(clock::now(), 5);
//!     assert_eq!(lookup::get("claims", "best"), Ok(Some("legal-2026-17".into())));
//! });
//! ```

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::host::log::Level;
use crate::host::lookup::Error;

/// Answers of the fake host. Tables that are not given are not granted.
#[derive(Clone, Debug, Default)]
pub struct Given {
    clock: u64,
    prompt_text: Option<String>,
    tables: BTreeMap<String, BTreeMap<String, String>>,
    log: RefCell<Vec<(Level, String)>>,
}

thread_local! {
    static WORLD: RefCell<Option<Given>> = const { RefCell::new(None) };
}

impl Given {
    /// Sets the time of the run, in milliseconds since 1970 (UTC).
    pub fn clock(mut self, now_ms: u64) -> Self {
        self.clock = now_ms;
        self
    }

    /// Sets the text of the pinned prompt.
    pub fn prompt_text(mut self, text: impl Into<String>) -> Self {
        self.prompt_text = Some(text.into());
        self
    }

    /// Adds a table that the contract may read.
    pub fn table<const N: usize>(mut self, name: &str, rows: [(&str, &str); N]) -> Self {
        let rows = rows.map(|(key, value)| (key.to_owned(), value.to_owned()));
        self.tables.insert(name.into(), rows.into());
        self
    }

    /// Calls a function, whose calls to the host get these answers.
    pub fn during<T>(&self, call: impl FnOnce() -> T) -> T {
        let before = WORLD.replace(Some(Self { log: RefCell::default(), ..self.clone() }));
        let result = call();
        if let Some(world) = WORLD.replace(before) {
            self.log.borrow_mut().append(&mut world.log.take());
        }
        result
    }

    /// Returns the lines that were logged.
    pub fn log(&self) -> Vec<(Level, String)> {
        self.log.borrow().clone()
    }
}

fn with_world<T>(answer: impl FnOnce(&Given) -> T) -> T {
    WORLD.with_borrow(|world| match world {
        Some(world) => answer(world),
        None => panic!(
            "there is no host outside of a sandbox: call this inside `testing::Given::during`"
        ),
    })
}

pub(crate) fn write(level: Level, message: &str) {
    with_world(|given| given.log.borrow_mut().push((level, message.into())));
}

pub(crate) fn now() -> u64 {
    with_world(|given| given.clock)
}

pub(crate) fn read() -> Option<String> {
    with_world(|given| given.prompt_text.clone())
}

pub(crate) fn get(table: &str, key: &str) -> Result<Option<String>, Error> {
    with_table(table, |rows| rows.get(key).cloned())
}

pub(crate) fn contains_any(table: &str, keys: &[String]) -> Result<Vec<bool>, Error> {
    with_table(table, |rows| keys.iter().map(|key| rows.contains_key(key)).collect())
}

fn with_table<T>(
    name: &str,
    answer: impl FnOnce(&BTreeMap<String, String>) -> T,
) -> Result<T, Error> {
    with_world(|given| match given.tables.get(name) {
        Some(rows) => Ok(answer(rows)),
        None => Err(Error::NotGranted(name.into())),
    })
}

#[cfg(test)]
mod tests {
    use crate::host::{clock, log, lookup, prompt_text};

    use super::*;

    #[test]
    fn answers_what_was_given() {
        let given = Given::default().clock(7).prompt_text("a prompt").table("t", [("k", "v")]);
        given.during(|| {
            assert_eq!(clock::now(), 7);
            assert_eq!(prompt_text::read().as_deref(), Some("a prompt"));
            assert_eq!(lookup::contains_any("t", &["k".into(), "x".into()]), Ok(vec![true, false]));
            assert_eq!(lookup::get("t", "x"), Ok(None));
            log::warn("careful");
        });
        assert_eq!(given.log(), [(Level::Warn, "careful".into())]);
    }

    #[test]
    fn tables_that_are_not_given_are_not_granted() {
        let asked = Given::default().during(|| lookup::get("t", "k"));
        assert_eq!(asked, Err(Error::NotGranted("t".into())));
        assert_eq!(Given::default().during(prompt_text::read), None);
    }

    #[test]
    fn worlds_can_be_nested() {
        let (outer, inner) = (Given::default().clock(1), Given::default().clock(2));
        outer.during(|| {
            assert_eq!(inner.during(clock::now), 2);
            assert_eq!(clock::now(), 1);
        });
    }

    #[test]
    #[should_panic(expected = "testing::Given::during")]
    fn panics_outside_of_a_world() {
        clock::now();
    }
}
