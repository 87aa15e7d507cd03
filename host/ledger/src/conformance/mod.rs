//! The behaviours that every ledger must have, each a function that panics if a ledger lacks it.
//!
//! The tests of a ledger call [`conformance_tests!`](crate::conformance_tests), which defines a test for each. A
//! behaviour gets a function that opens a new, empty ledger each time it is called. What only one kind of ledger
//! has (files, locks, damage) is tested there.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these functions are tests, which stop at what should not be"
)]

mod appending;
mod conditions;
pub mod fixtures;
mod gate_version;
pub mod generators;
mod projections;
mod queue;
mod retention;
mod state;
mod verifying;

use std::sync::Arc;

pub use appending::*;
pub use conditions::*;
pub use gate_version::*;
pub use projections::*;
pub use queue::*;
pub use retention::*;
pub use state::*;
pub use verifying::*;

use crate::Ledger;

/// Opens a new, empty ledger each time it is called.
pub type OpenLedger<'a> = &'a mut dyn FnMut() -> Arc<dyn Ledger>;

/// Defines a test for each behaviour. `$open` is evaluated once a test, to a function that opens a new ledger.
#[macro_export]
macro_rules! conformance_tests {
    ($open:expr) => {
        $crate::conformance_tests! { @define $open;
            reads_back_appended_events
            reads_back_masked_and_digest_only_outputs
            append_is_all_or_nothing
            appends_from_many_tasks_without_loss
            refuses_to_record_a_batch_line_twice
            a_batch_line_is_recorded_once_by_each_release
            finds_runs_by_the_id_of_the_caller
            refuses_values_that_do_not_read_back
            pages_continue_where_the_last_one_ended
            close_waits_for_pending_appends
            only_one_of_several_concurrent_claims_succeeds
            an_append_from_an_old_gate_version_is_refused
            all_conditions_must_hold
            writers_cannot_overspend_a_budget_together
            gate_version_names_the_last_event_that_counts
            gate_version_follows_the_oldest_hold
            gate_version_ignores_what_decisions_do_not_read
            gate_version_changes_with_everything_that_decisions_read
            holds_a_run_until_it_is_approved_and_decided_again
            counts_what_waits_at_each_gate
            an_edited_output_replaces_the_original_in_one_cycle
            handles_rejections_escalations_and_audits
            an_audit_ends_when_its_output_is_taken_back
            reads_names_that_are_refused_today
            a_cycle_counts_at_the_level_that_its_output_was_decided_at
            a_cycle_says_how_long_its_approval_can_have_taken
            a_fast_clock_spoils_one_review_only
            copies_of_an_output_have_the_same_digest_in_their_cycles
            incidents_count_until_the_level_changes
            the_chain_decides_which_incidents_a_level_change_ends
            the_last_failure_of_a_contract_in_the_chain_counts
            a_failure_that_the_output_caused_is_no_incident
            reads_spending_figures_and_releases
            names_the_active_release_of_each_gate
            the_version_of_releases_changes_when_another_one_can_be_active
            erasing_removes_contents_and_keeps_the_chain_sound
            shared_contents_are_kept_until_the_later_date
            checkpoints_are_stored_and_verified
            an_empty_ledger_has_nothing_to_sign
            verifies_an_export_without_the_database
            tells_where_the_clock_went_back
            rebuilt_projections_equal_the_stored_ones
        }
    };
    (@define $open:expr; $($behaviour:ident)*) => {
        $(
            #[test]
            fn $behaviour() {
                let mut open = $open;
                $crate::conformance::$behaviour(&mut open);
            }
        )*
    };
}
