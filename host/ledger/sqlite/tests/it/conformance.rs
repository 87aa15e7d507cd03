//! The behaviours that every ledger must have.

tollgate_ledger::conformance_tests!(crate::common::open_ledgers());
