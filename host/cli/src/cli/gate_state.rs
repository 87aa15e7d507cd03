//! Reads a gate's state from the ledger for commands that show or change it. A demotion that is due is
//! recorded on the way and printed as a warning.

use std::path::Path;

use tollgate::Host;
use tollgate::autonomy::{GateStatus, GateStatuses};
use tollgate::gate::LoadedGate;
use tollgate_govern::autonomy;
use tollgate_govern::read::find_placeholders;
use tollgate_model::{Gate, GateName, TextFileError};

use super::block_on_runtime;
use super::log::event_summary;
use crate::console;
use crate::shell_words::quote_word;

/// Returns a gate's status, and warns about a demotion that was due.
pub(super) fn read_status(host: &Host, gate: &GateName) -> anyhow::Result<GateStatus> {
    let status = block_on_runtime(async { Ok(host.gate_status(gate).await?) })?;
    warn_about_demotion(&status);
    Ok(status)
}

/// Reads the status of a gate after something was recorded that costs it a level: warns about the demotion, or tells
/// that no demotion reaches a lower level.
pub(super) fn tell_lost_level(host: &Host, gate: &GateName) -> anyhow::Result<()> {
    let status = read_status(host, gate)?;
    if status.demotion.is_none()
        && let Some(level) = lowest_level(&status)
    {
        console::note(format!(
            "gate `{gate}` stays at level {level}: it is already at the lowest level that a demotion reaches"
        ));
    }
    Ok(())
}

/// Returns the level of a gate that no demotion can lower; `None` if one can, or if the gate has no level.
fn lowest_level(status: &GateStatus) -> Option<u8> {
    let (gate, inputs) = (&status.gate, &status.state.inputs);
    let effective =
        autonomy::effective_level(gate, gate.autonomy.as_ref()?, inputs, &[], status.at_ms);
    let is_lowest = autonomy::demoted_level(effective.scheme, effective.level).is_none();
    is_lowest.then_some(effective.level)
}

/// Warns if the clock of this machine is behind the last event of the ledger.
pub(super) fn warn_about_clock(host: &Host) -> anyhow::Result<()> {
    if let Some(lag_ms) = host.clock_lag_ms()? {
        console::warn(format!(
            "the clock of this machine is {} s behind the last event of the ledger: budgets and due times depend on it",
            lag_ms / 1000
        ));
    }
    Ok(())
}

/// Says that the files of a gate are not what decides. Nothing is said if they are, as far as reading them tells.
pub(super) fn note_unreleased_changes(host: &Host, loaded: &LoadedGate) {
    if host.has_unreleased_changes(loaded) {
        let gate = &loaded.gate.name;
        console::note(format!(
            "the files of gate `{gate}` differ from its active release, which decides: `tollgate gate show {gate}` says how, \
             `tollgate release {gate}` publishes them"
        ));
    }
}

/// Returns the statuses of gates, and warns about demotions that were due.
pub(super) fn read_statuses(host: &Host, gates: &[Gate]) -> anyhow::Result<Vec<GateStatus>> {
    gates.iter().map(|gate| read_status(host, &gate.name)).collect()
}

/// Returns the statuses of all gates of the project. Warns about demotions that were due, and about gate files with
/// errors, which do not stop the command.
pub(super) fn read_all_statuses(host: &Host) -> anyhow::Result<Vec<GateStatus>> {
    let gates = block_on_runtime(async { Ok(host.gate_statuses().await?) })?;
    warn_about_gates(&gates);
    Ok(gates.statuses)
}

/// Warns about demotions that were due when the statuses were read, and about gate files with errors.
pub(super) fn warn_about_gates(gates: &GateStatuses) {
    warn_about_gate_files(&gates.file_errors);
    gates.statuses.iter().for_each(warn_about_demotion);
}

/// Warns about gate files with errors. A file that still has placeholders is told in one line, whatever else is wrong in it.
fn warn_about_gate_files(errors: &[TextFileError]) {
    for errors in errors.chunk_by(|one, next| one.file.name() == next.file.name()) {
        let Some(TextFileError { file, .. }) = errors.first() else { continue };
        match find_placeholders(file.text()).len() {
            0 => console::warn_about_files(errors),
            count => {
                let gate = Path::new(file.name()).file_stem().unwrap_or_default();
                let command =
                    format!("tollgate gate check {}", quote_word(&gate.to_string_lossy()));
                let placeholders = if count == 1 { "placeholder" } else { "placeholders" };
                console::warn(format!(
                    "`{}` cannot be read, because it still has {count} {placeholders}: `{command}` lists them",
                    file.name()
                ));
            }
        }
    }
}

/// Warns about a demotion that was due when a gate's status was read.
fn warn_about_demotion(status: &GateStatus) {
    if let Some(change) = &status.demotion {
        console::warn(format!(
            "gate `{}` was demoted from level {} to level {}: {}",
            status.gate.name,
            change.from,
            change.to,
            event_summary::single_line(&event_summary::describe_level_reason(&change.reason))
        ));
    }
    // A ledger that cannot be written must not hide the demotion, which applies in any case.
    if let Some(error) = &status.record_error {
        console::warn(format!(
            "the demotion applies, but is not recorded yet: the ledger cannot be written: {error}: {}",
            error.0
        ));
    }
}
