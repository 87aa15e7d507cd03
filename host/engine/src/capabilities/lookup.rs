//! The `lookup` capability: read-only tables that the operator names. Asking for a table
//! that is not granted returns an error to the contract instead of stopping it, so the
//! contract can say `unsure`.

use tollgate_model::{Capability, HostAnswer, LookupError};

use crate::bindings::host::lookup;
use crate::grants::{GrantRequest, Grants};
use crate::sandbox::Sandbox;

type Answer<T> = Result<T, lookup::Error>;

impl lookup::Host for Sandbox {
    fn get(&mut self, table: String, key: String) -> wasmtime::Result<Answer<Option<String>>> {
        let answer = self.host.answer(
            GrantRequest::Capability(Capability::Lookup),
            table.len() + key.len(),
            |_, grants| HostAnswer::LookupGet {
                answer: get(grants, &table, &key),
                table: table.clone(),
                key: key.clone(),
            },
            |answer| {
                matches!(answer, HostAnswer::LookupGet { table: t, key: k, .. }
                    if *t == table && *k == key)
            },
        )?;
        match answer {
            HostAnswer::LookupGet { answer, .. } => Ok(answer.map_err(Into::into)),
            _ => wasmtime::bail!("`lookup` got the answer to another call"),
        }
    }

    fn contains_any(
        &mut self,
        table: String,
        keys: Vec<String>,
    ) -> wasmtime::Result<Answer<Vec<bool>>> {
        let bytes = keys.iter().map(String::len).sum::<usize>() + table.len();
        let answer = self.host.answer(
            GrantRequest::Capability(Capability::Lookup),
            bytes,
            |_, grants| HostAnswer::LookupContainsAny {
                answer: contains_any(grants, &table, &keys),
                table: table.clone(),
                keys: keys.clone(),
            },
            |answer| {
                matches!(answer, HostAnswer::LookupContainsAny { table: t, keys: k, .. }
                    if *t == table && *k == keys)
            },
        )?;
        match answer {
            HostAnswer::LookupContainsAny { answer, .. } => Ok(answer.map_err(Into::into)),
            _ => wasmtime::bail!("`lookup` got the answer to another call"),
        }
    }
}

fn get(grants: &Grants, table: &str, key: &str) -> Result<Option<String>, LookupError> {
    let table = grants.table(table).map_err(|_| LookupError::NotGranted(table.into()))?;
    Ok(table.get(key).map(Into::into))
}

fn contains_any(grants: &Grants, table: &str, keys: &[String]) -> Result<Vec<bool>, LookupError> {
    let table = grants.table(table).map_err(|_| LookupError::NotGranted(table.into()))?;
    Ok(keys.iter().map(|key| table.get(key).is_some()).collect())
}

impl From<LookupError> for lookup::Error {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::NotGranted(table) => Self::NotGranted(table),
            LookupError::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}
