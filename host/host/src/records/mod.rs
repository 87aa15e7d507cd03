//! Records: what the ledger has about runs and events, for people and programs that look something up. Nothing here
//! changes anything.

mod gate_scope;
mod missing_content;
mod page;
mod run_record;
mod run_standing;

pub use gate_scope::GateScope;
pub use missing_content::{ContentErasure, MissingContent, find_missing_content};
pub use page::{ListedEvent, PAGE_BYTES_MAX, RecordPage, RunFilter};
pub use run_record::{RunRecord, RunRecordError};
pub use run_standing::RunStanding;

#[cfg(test)]
mod tests;
