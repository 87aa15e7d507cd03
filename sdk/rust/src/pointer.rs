//! JSON Pointers (RFC 6901).

use std::fmt;

/// A place in a JSON document, built step by step.
///
/// ```
/// use tollgate_sdk::Pointer;
/// let place = Pointer::root().key("a/b").index(3).key("m~n");
/// assert_eq!(place.to_string(), "/a~1b/3/m~0n");
/// assert_eq!(Pointer::root().to_string(), "");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pointer(String);

impl Pointer {
    /// Points to the whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// Appends a member of an object.
    pub fn key(mut self, key: &str) -> Self {
        self.0.push('/');
        for character in key.chars() {
            match character {
                '~' => self.0.push_str("~0"),
                '/' => self.0.push_str("~1"),
                other => self.0.push(other),
            }
        }
        self
    }

    /// Appends an item of an array.
    pub fn index(self, index: usize) -> Self {
        self.key(&index.to_string())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
