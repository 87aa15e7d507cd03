//! The person or program on whose behalf the host acts.

use tollgate_model::{NonBlankString, Person};

/// The person or program on whose behalf the host acts. The caller vouches for it: the host does not ask who is
/// there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Actor {
    pub person: Person,
    /// Roles that the organisation gives the person. Gates may ask for one in reviews.
    pub roles: Vec<NonBlankString>,
}

impl Actor {
    /// Creates an actor without roles.
    pub fn new(person: Person) -> Self {
        Self { person, roles: Vec::new() }
    }

    /// Adds a role.
    #[must_use]
    pub fn with_role(mut self, role: NonBlankString) -> Self {
        self.roles.push(role);
        self
    }
}
