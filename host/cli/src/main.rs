//! The entry point of the `tollgate` tool.

use std::process::ExitCode;

fn main() -> ExitCode {
    tollgate_cli::cli::main().into()
}
