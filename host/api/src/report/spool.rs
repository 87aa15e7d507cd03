//! Buffers the body of a report in an unnamed temporary file until the totals in its header are known,
//! so that memory use does not grow with the number of outputs.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek, Write, copy};

/// Buffered text.
pub(super) struct Spool(BufWriter<File>);

impl Spool {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self(BufWriter::new(tempfile::tempfile()?)))
    }

    /// Writes the whole buffered text to `out`.
    pub(super) fn copy_to(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.0.flush()?;
        let mut file = self.0.get_ref();
        file.rewind()?;
        copy(&mut BufReader::new(file), out)?;
        Ok(())
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}
