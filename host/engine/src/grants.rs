//! Grants: the capabilities and tables that the operator allows a contract to use. A
//! capability works only if the manifest declares it, the component imports it, and it is
//! granted here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tollgate_model::Capability;

use crate::tables::Table;

/// Capabilities and tables that one contract may use. Empty by default.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    capabilities: BTreeSet<Capability>,
    tables: BTreeMap<String, Arc<Table>>,
}

/// Subject of a grant check.
#[derive(Clone, Copy, Debug)]
pub(crate) enum GrantRequest<'a> {
    Capability(Capability),
    Table(&'a str),
}

/// A contract asked for a capability or table that it was not granted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotGrantedError {
    #[error("`{0}` is not granted")]
    Capability(Capability),
    /// `lookup` is granted, but not this table.
    #[error("the table `{0}` is not granted")]
    Table(String),
}

impl Grants {
    /// Returns grants that allow nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a capability. `lookup` alone opens no table.
    pub fn allow(mut self, capability: Capability) -> Self {
        self.capabilities.insert(capability);
        self
    }

    /// Adds a table under a name, and `lookup` with it.
    pub fn allow_table(mut self, name: impl Into<String>, table: Arc<Table>) -> Self {
        self.tables.insert(name.into(), table);
        self.allow(Capability::Lookup)
    }

    /// Checks a grant. Loading does so for every import, and every call of a contract does so
    /// again, so a cached contract cannot keep a grant that was withdrawn.
    pub(crate) fn check(&self, request: GrantRequest<'_>) -> Result<(), NotGrantedError> {
        let capability = match request {
            GrantRequest::Capability(capability) => capability,
            GrantRequest::Table(_) => Capability::Lookup,
        };
        if !self.capabilities.contains(&capability) {
            return Err(NotGrantedError::Capability(capability));
        }
        match request {
            GrantRequest::Table(name) if !self.tables.contains_key(name) => {
                Err(NotGrantedError::Table(name.into()))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn table(&self, name: &str) -> Result<&Table, NotGrantedError> {
        self.check(GrantRequest::Table(name))?;
        let table = self.tables.get(name).map(|table| &**table);
        table.ok_or_else(|| NotGrantedError::Table(name.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_only_what_was_allowed() {
        let none = Grants::none();
        for capability in Capability::ALL {
            let denied = Err(NotGrantedError::Capability(capability));
            assert_eq!(none.check(GrantRequest::Capability(capability)), denied);
            let one = Grants::none().allow(capability);
            for other in Capability::ALL {
                assert_eq!(one.check(GrantRequest::Capability(other)).is_ok(), other == capability);
            }
        }
    }

    #[test]
    fn tables_are_granted_by_name() {
        let all = Grants::none().allow(Capability::Lookup);
        let denied = NotGrantedError::Table("claims".into());
        assert_eq!(all.check(GrantRequest::Table("claims")), Err(denied.clone()));
        let one = Grants::none().allow_table("claims", Arc::default());
        assert_eq!(one.check(GrantRequest::Table("claims")), Ok(()));
        assert_eq!(one.table("prices").unwrap_err(), NotGrantedError::Table("prices".into()));
        assert_eq!(
            Grants::none().table("claims").unwrap_err(),
            NotGrantedError::Capability(Capability::Lookup)
        );
    }
}
