//! The host's rules and the model in Python give the same answers about every random world and history.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout
)]

use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::process::{Command, Stdio};

use serde_json::Value;
use tollgate_model_check::{write_history, write_world};

/// Bytes on their way to the model. A world has about ten thousand.
const PIPE_BUFFER_BYTES: usize = 1 << 20;

const PYTHON_MISSING: &str =
    "`python3` cannot be started, and the model is in Python: install Python 3.11 or later";

fn python(module: &str) -> Command {
    let mut python = Command::new("python3");
    python
        .args(["-m", module])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    python
}

/// Gives everything that is written to the model, and returns what it found.
fn ask_model(write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static) -> Value {
    let mut model =
        python("model").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect(PYTHON_MISSING);
    let input = model.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        let mut input = BufWriter::with_capacity(PIPE_BUFFER_BYTES, input);
        write(&mut input).and_then(|()| input.flush())
    });
    let output = model.wait_with_output().unwrap();
    let written = writer.join().unwrap();
    assert!(output.status.success(), "the model stopped: see its message above");
    written.unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn ask_about_worlds(numbers: Range<u64>) -> Value {
    ask_model(move |input| {
        for number in numbers {
            write_world(number, &mut *input)?;
        }
        Ok(())
    })
}

fn ask_about_histories(numbers: Range<u64>) -> Value {
    let folder = tempfile::tempdir().unwrap();
    ask_model(move |input| {
        for number in numbers {
            write_history(number, folder.path(), &mut *input)?;
        }
        Ok(())
    })
}

/// Fails with the first differences, or with the branches that no world took.
fn assert_agreement(found: &Value) {
    assert_eq!(found["different"], 0, "host and model differ: {:#}", found["differences"]);
    let untaken = found["untaken"].as_array().unwrap();
    assert!(untaken.is_empty(), "no world takes these branches: {:#}", found["untaken"]);
}

fn print_coverage(found: &Value) {
    println!("{} compared", found["compared"]);
    for (branch, count) in found["coverage"].as_object().unwrap() {
        println!("{:>9}  {branch}", count.as_u64().unwrap());
    }
}

#[test]
fn the_model_gives_the_tables_of_the_documents() {
    let output = python("model.documents").output().expect(PYTHON_MISSING);
    let differences = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{differences}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn ten_thousand_worlds_agree() {
    assert_agreement(&ask_about_worlds(0..10_000));
}

#[test]
fn forty_histories_agree() {
    assert_agreement(&ask_about_histories(0..40));
}

#[test]
#[ignore = "takes minutes: run nightly"]
fn a_million_worlds_agree() {
    let found = ask_about_worlds(10_000..1_010_000);
    print_coverage(&found);
    assert_agreement(&found);
}

#[test]
#[ignore = "takes minutes: run nightly"]
fn a_thousand_histories_agree() {
    let found = ask_about_histories(40..1040);
    print_coverage(&found);
    assert_agreement(&found);
}
