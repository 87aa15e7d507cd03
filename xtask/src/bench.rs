//! The benchmarks, with everything built as it is released.

use crate::{build, shell};

/// Measures, and writes `docs/benchmarks.md`.
pub fn run() -> anyhow::Result<()> {
    build::everything()?;
    shell::run(
        "cargo",
        &["build", "--release", "--package", "tollgate", "--package", "tollgate-bench"],
    )?;
    shell::run(build::target().join("release/tollgate-bench"), &[])
}
