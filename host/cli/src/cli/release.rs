//! `tollgate release`: publishes gate files with the packages that the lock pins.

use std::path::PathBuf;

use clap::Args;
use tollgate::gate::ReleaseChange;
use tollgate::lookup::short_digest;
use tollgate::{Actor, Host};
use tollgate_govern::due_dates::{DueState, DueSubject, find_due_dates};
use tollgate_model::{Gate, NonBlankString, Person};

use super::{block_on_runtime, clock, gate};
use crate::console::{self, GOOD, QUIET, paint};
use crate::exit::Exit;
use crate::host_access;
use crate::ledger_access::LedgerArgs;

/// Publishes gate files as they are now: each becomes the active release of its gate, which `tollgate check` runs.
///
/// A release is a gate file with the prompt and the contracts that `tollgate.lock` pins, their configurations and
/// tables, the brand voice document, and `[score]` of `tollgate.toml`. Until it is published, changes of these files
/// have no effect on checks. A gate with `[change-control]` is tested first (`tollgate gate test`), and its author cannot
/// publish it. `tollgate rollback` goes back to the release before.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  tollgate release --by "Sam Reed"
  tollgate release welcome-email --by "Sam Reed" --reason "stricter terms""#)]
pub(super) struct ReleaseCommand {
    /// Name of the gate [default: all gates].
    #[arg(value_name = "GATE")]
    gate: Option<String>,
    /// Person who decides this.
    #[arg(long, value_name = "NAME")]
    by: Person,
    /// Reason, recorded with the release.
    #[arg(long, value_name = "TEXT")]
    reason: Option<NonBlankString>,
    #[command(flatten)]
    ledger: LedgerArgs,
}

impl ReleaseCommand {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let host = host_access::open_host(&self.ledger, cache)?;
        let names = match self.gate {
            Some(name) => vec![name],
            None => delegating_gates(&host)?,
        };
        let published = publish(&host, &names, &Actor::new(self.by), self.reason.as_ref());
        host.close();
        published?;
        Ok(Exit::Pass)
    }
}

/// Returns the names of the gates that have releases. Gates that only judge are told, and need none. If there are no others,
/// publishing the first one says why it cannot be released.
fn delegating_gates(host: &Host) -> anyhow::Result<Vec<String>> {
    let gates = host.project().read_gates()?;
    let (judging, delegating): (Vec<_>, Vec<_>) = gates.into_iter().partition(Gate::is_quality);
    if let (Some(first), true) = (judging.first(), delegating.is_empty()) {
        return Ok(vec![first.name.to_string()]);
    }
    for Gate { name, .. } in judging {
        console::note(match host.active_release(&name)? {
            None => format!(
                "gate `{name}` has the purpose `quality`: it judges by its file and needs no release"
            ),
            Some(_) => format!(
                "gate `{name}` has the purpose `quality` by its file, so the file is not released: its active release \
                 decides, and `tollgate check --gate {name} FILE --quality` judges by the file"
            ),
        });
    }
    Ok(delegating.into_iter().map(|gate| gate.name.to_string()).collect())
}

/// Publishes these gates as they are now, and prints what has changed. Gates that ask for it are tested first.
pub(super) fn publish(
    host: &Host,
    gates: &[String],
    actor: &Actor,
    reason: Option<&NonBlankString>,
) -> anyhow::Result<()> {
    for name in gates {
        let record = host.project().read_gate(name)?;
        let evidence = match host.change_control(&record)? {
            // A gate that only judges is refused whatever its tests say.
            Some(_) if !record.is_quality() => vec![gate::test_release(host, name)?],
            _ => Vec::new(),
        };
        let published = host.publish_tested_release(name, actor, reason.cloned(), &evidence);
        let change = block_on_runtime(async { Ok(published.await?) })?;
        print_change(name, &change);
        warn_about_faults(&record)?;
    }
    Ok(())
}

/// Warns about what is not valid today in a record that was released: it can hold or block every output.
fn warn_about_faults(record: &Gate) -> anyhow::Result<()> {
    let due = find_due_dates(record, clock::now_ms()?);
    for fault in due.iter().filter(|due| due.is_fault()) {
        let effect = match (&fault.subject, fault.state) {
            (DueSubject::ModelApproval { .. }, DueState::Passed) => {
                ": outputs of this model are held, and no review can approve them"
            }
            (DueSubject::ModelApproval { .. }, _) => {
                ": outputs of this model are blocked until then"
            }
            _ => "",
        };
        console::warn(format!("gate `{}`: {fault}{effect}", record.name));
    }
    Ok(())
}

fn print_change(gate: &str, change: &ReleaseChange) {
    let after = short_digest(&change.after);
    match &change.before {
        Some(before) if *before == change.after => {
            console::print(paint(
                QUIET,
                format!("gate `{gate}`: release {after} is active already"),
            ));
        }
        Some(before) => console::print(format!(
            "{}  gate `{gate}`: release {after} is active, instead of {}",
            paint(GOOD, "released"),
            short_digest(before)
        )),
        None => console::print(format!(
            "{}  gate `{gate}`: release {after} is active, the first one",
            paint(GOOD, "released")
        )),
    }
}
