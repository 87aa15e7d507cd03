//! A contract's own test cases: reading them, running them in a sandbox, and comparing the results.

mod case;
mod expectation;
mod reloadable_contract;
mod runner;

pub use case::{CaseError, ContractCase, read_cases, write_case};
pub use expectation::CaseExpectation;
pub use reloadable_contract::ReloadableContract;
pub use runner::{CaseRunError, CaseRunner, DifferentResults};
