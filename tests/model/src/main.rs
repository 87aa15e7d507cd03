//! Writes worlds, or histories into a folder, as JSON lines: `tollgate-model-check FIRST COUNT [FOLDER]`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::env;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let mut number =
        || arguments.next().and_then(|number| number.parse::<u64>().ok()).expect("a number");
    let (first, count) = (number(), number());
    let folder = arguments.next().map(PathBuf::from);
    let mut output = BufWriter::new(io::stdout().lock());
    for number in first..first + count {
        match &folder {
            Some(folder) => tollgate_model_check::write_history(number, folder, &mut output)?,
            None => tollgate_model_check::write_world(number, &mut output)?,
        }
    }
    output.flush()
}
