//! The host of Tollgate as a library: what a command line, a server or a program of one's own calls.
//!
//! A [`Host`] is a project with its ledger, its packages and an engine. It opens gates; a [`GateHandle`] checks outputs
//! by the active release of its gate, and [`GateHandle::check`] completes when the decision is durable.
//! [`GateHandle::check_many`] does so for a stream of outputs, which the [intake] reads. Everything else that a
//! person can do is a method of the host too: [reviews](review), [levels](autonomy), [figures], [incidents],
//! [releases](gate), [tests on recorded cases](gate_cases), [erasure], [replays](replay), [receipts] and [insight].
//!
//! The host prints nothing, and never looks at the environment or the current folder. Who acts is an [`Actor`], and
//! what time it is says the [`Clock`].
//!
//! ```no_run
//! # use std::{path::Path, sync::Arc};
//! # use tollgate::{Actor, Host, Project, Submission, model::{Content, Subject}};
//! # async fn example(ledger: Arc<dyn tollgate::ledger::Ledger>) -> Result<(), Box<dyn std::error::Error>> {
//! let host = Host::builder(Project::open(Path::new("newsletter"))?).ledger(ledger).build();
//! let gate = host.gate(&"welcome-email".parse()?).await?;
//! let letter = Subject::new(Content::Text("Hello Dana".into()));
//! let outcome = gate.check(Submission::new(letter), &Actor::new("mail service".parse()?)).await?;
//! # Ok(()) }
//! ```

mod actor;
pub mod autonomy;
pub mod checkpoints;
mod clock;
pub mod contracts;
pub mod erasure;
mod error_kind;
pub mod figures;
pub mod gate;
pub mod gate_cases;
mod host;
pub mod incidents;
pub mod insight;
pub mod intake;
pub mod lookup;
mod progress;
pub mod receipts;
pub mod records;
pub mod replay;
pub mod review;
#[cfg(test)]
mod test_host;
pub mod verification;

pub use actor::Actor;
pub use clock::{Clock, SystemClock};
pub use error_kind::{ErrorKind, HostError};
pub use gate::{
    CheckError, CheckOutcome, CheckStream, CheckedRun, FollowedRelease, GateHandle, GateOpenError,
    StreamProgress, StreamStop, StreamSubmission, Submission,
};
pub use host::{Host, HostBuilder};
pub use progress::{NoProgress, Progress};
pub use tollgate_engine as engine;
pub use tollgate_ledger as ledger;
pub use tollgate_model as model;
pub use tollgate_packages::store::Store as PackageStore;
pub use tollgate_project::{LocalPackages, Project};
