//! The host of Tollgate as a library.

mod actor;
mod clock;
pub mod gate;
mod host;
pub mod lookup;
mod progress;
pub mod receipts;
pub mod replay;
pub mod review;

pub use actor::Actor;
pub use clock::{Clock, SystemClock};
pub use gate::{CheckError, CheckOutcome, CheckedRun, GateHandle, Submission};
pub use host::{Host, HostBuilder};
pub use progress::{NoProgress, Progress};
