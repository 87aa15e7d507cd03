//! Development tasks of the project: `cargo xtask COMMAND`.

mod bench;
mod build;
mod demo;
mod dependencies;
mod links;
mod packages;
mod python;
mod runtime;
mod setup;
mod shell;
mod test;
mod tidy;
mod wit_versions;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  demo    build everything and judge sample outputs with the standard contracts
  test    build everything and run every test
  build   build the tool, the standard contracts and the guests of the tests
  dist    make packages in target/dist: of the tool (archive, wheel, npm, Debian) with its bill of
          materials, and of the SDKs (wheel, npm, Go module, C archive); `dist --as-tested` packages
          the tool as the tests build it, which is quicker
  bench   run the benchmarks and update docs/benchmarks.md; `bench serve`: those of the server
  tidy    check dependencies between crates, links of documents, released WIT versions, formatting,
          lints and licences

Each command installs what it needs, and prints what it installs and why.";

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_default();
    let done = match command.as_str() {
        "demo" => demo::run(),
        "test" => test::run(),
        "bench" => match std::env::args().nth(2).as_deref() {
            None => bench::run(),
            Some("serve") => bench::run_serve(),
            Some(other) => Err(anyhow::anyhow!("unknown benchmark `{other}`\n\n{HELP}")),
        },
        "build" => build::build_all().map(drop),
        "dist" => match std::env::args().nth(2).as_deref() {
            None => packages::run(packages::BuildProfile::Release),
            Some("--as-tested") => packages::run(packages::BuildProfile::Tests),
            Some(other) => Err(anyhow::anyhow!("unknown option `{other}` of `dist`\n\n{HELP}")),
        },
        "tidy" => tidy::run(),
        "" | "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(anyhow::anyhow!("unknown command `{other}`\n\n{HELP}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
