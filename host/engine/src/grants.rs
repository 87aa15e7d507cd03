//! What the operator lets a contract ask for. A capability needs three things: the
//! manifest declares it, the component imports it, and it is granted here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tollgate_model::Capability;

use crate::tables::Table;

/// What one contract may ask for. Nothing, by default.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    capabilities: BTreeSet<Capability>,
    tables: BTreeMap<String, Arc<Table>>,
}

/// What a contract asks for, as far as a grant can tell things apart.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask<'a> {
    Capability(Capability),
    Table(&'a str),
}

/// A contract asked for something that it was not granted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotGranted {
    /// The whole capability is missing.
    #[error("`{0}` is not granted")]
    Capability(Capability),
    /// The capability is there, this table is not.
    #[error("the table `{0}` is not granted")]
    Table(String),
}

impl Grants {
    /// Nothing at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// This capability too. `lookup` alone opens no table.
    pub fn allow(mut self, capability: Capability) -> Self {
        self.capabilities.insert(capability);
        self
    }

    /// This table too, by this name.
    pub fn allow_table(mut self, name: impl Into<String>, table: Arc<Table>) -> Self {
        self.tables.insert(name.into(), table);
        self.allow(Capability::Lookup)
    }

    /// The one grant check. Loading asks it about every import, and every call of a
    /// contract passes it again.
    pub(crate) fn check(&self, ask: Ask<'_>) -> Result<(), NotGranted> {
        let capability = match ask {
            Ask::Capability(capability) => capability,
            Ask::Table(_) => Capability::Lookup,
        };
        if !self.capabilities.contains(&capability) {
            return Err(NotGranted::Capability(capability));
        }
        match ask {
            Ask::Table(name) if !self.tables.contains_key(name) => {
                Err(NotGranted::Table(name.into()))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn table(&self, name: &str) -> Result<&Table, NotGranted> {
        self.check(Ask::Table(name))?;
        let table = self.tables.get(name).map(|table| &**table);
        table.ok_or_else(|| NotGranted::Table(name.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_granted_until_it_is() {
        let none = Grants::none();
        for capability in Capability::ALL {
            let denied = Err(NotGranted::Capability(capability));
            assert_eq!(none.check(Ask::Capability(capability)), denied);
            let one = Grants::none().allow(capability);
            for other in Capability::ALL {
                assert_eq!(one.check(Ask::Capability(other)).is_ok(), other == capability);
            }
        }
    }

    #[test]
    fn a_table_is_granted_by_its_name() {
        let all = Grants::none().allow(Capability::Lookup);
        let denied = NotGranted::Table("claims".into());
        assert_eq!(all.check(Ask::Table("claims")), Err(denied.clone()));
        let one = Grants::none().allow_table("claims", Arc::default());
        assert_eq!(one.check(Ask::Table("claims")), Ok(()));
        assert_eq!(one.table("prices").unwrap_err(), NotGranted::Table("prices".into()));
        assert_eq!(
            Grants::none().table("claims").unwrap_err(),
            NotGranted::Capability(Capability::Lookup)
        );
    }
}
