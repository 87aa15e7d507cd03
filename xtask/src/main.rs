//! Everything that the project does with itself: `cargo xtask COMMAND`.

mod arrows;
mod bench;
mod build;
mod demo;
mod packages;
mod python;
mod runtime;
mod setup;
mod shell;
mod test;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  demo    builds everything and judges sample outputs with the standard contracts
  test    builds everything and runs every test
  build   builds the tool, the standard contracts and the guests of the tests
  dist    makes the SDKs' packages, in target/dist: a wheel, an npm tarball, a Go module, C
  bench   measures, and writes docs/benchmarks.md
  tidy    checks arrows between crates, formatting, lints and licences

Each sets up what it needs first, and says what it installs and why.";

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_default();
    let done = match command.as_str() {
        "demo" => demo::run(),
        "test" => test::run(),
        "bench" => bench::run(),
        "build" => build::everything().map(drop),
        "dist" => packages::run(),
        "tidy" => tidy::run(),
        "" | "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(anyhow::anyhow!("there is no command `{other}`\n\n{HELP}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
