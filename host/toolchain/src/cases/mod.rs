//! A contract's own test cases: reading them, running them in a sandbox, and comparing the results.

mod case;
mod difference;
mod expectation;
mod failure_kind;
mod reloadable_contract;
mod result;
mod runner;

pub(crate) use case::CASES_FOLDER;
pub use case::{CaseError, ContractCase, read_cases, write_case};
pub use difference::CaseDifference;
pub use expectation::CaseExpectation;
pub use failure_kind::FailureKind;
pub use reloadable_contract::ReloadableContract;
pub use result::CaseResult;
pub use runner::{CaseRunError, CaseRunner, DifferentResults};
