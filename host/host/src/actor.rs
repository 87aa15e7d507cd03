//! The person or program on whose behalf the host acts.

use tollgate_model::Person;

/// The person or program on whose behalf the host acts. The caller vouches for it: the host does not ask who is
/// there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Actor {
    pub person: Person,
}

impl Actor {
    pub fn new(person: Person) -> Self {
        Self { person }
    }
}
