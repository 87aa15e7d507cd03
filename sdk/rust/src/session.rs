//! Judging a text while it is still being written.

use crate::{Finding, Refusal, Report};

pub use crate::stream_bindings::exports::tollgate::contract::judge_stream::Progress;

/// One text that arrives in parts. Offsets count from the start of the text, however it is
/// cut, and what is said of it never depends on the cuts.
pub trait Session {
    /// More of the text. What is found goes into the answer, and into the report as well.
    fn push(&mut self, part: &str) -> Result<Progress, Refusal>;

    /// The text is complete. The report is the one that `judge` gives of the whole of it.
    fn finish(self) -> Result<Report, Refusal>;

    /// Judges a whole text in one part: what `judge` does, where there is nothing that it
    /// could do better with all of the text before it.
    ///
    /// ```
    /// use tollgate_sdk::{Progress, Refusal, Report, Session};
    ///
    /// struct Words(usize);
    ///
    /// impl Session for Words {
    ///     fn push(&mut self, part: &str) -> Result<Progress, Refusal> {
    ///         self.0 += part.matches(' ').count();
    ///         Ok(Progress::nothing_settled())
    ///     }
    ///
    ///     fn finish(self) -> Result<Report, Refusal> {
    ///         Ok(Report::pass().measure("blanks", self.0 as f64))
    ///     }
    /// }
    ///
    /// assert_eq!(Words(0).whole("a b c")?.measures[0].value, 2.0);
    /// # Ok::<(), Refusal>(())
    /// ```
    fn whole(mut self, text: &str) -> Result<Report, Refusal>
    where
        Self: Sized,
    {
        self.push(text)?;
        self.finish()
    }
}

impl Progress {
    /// Nothing can be said before the end.
    pub fn nothing_settled() -> Self {
        Self::settled(0)
    }

    /// So many bytes from the start are settled: nothing that may still come changes what
    /// is said of them.
    pub fn settled(bytes: usize) -> Self {
        // The host takes no text of 4 GiB, so every offset in one fits.
        let settled = u32::try_from(bytes).unwrap_or(u32::MAX);
        Self { settled, findings: Vec::new() }
    }

    /// What was found since the last answer.
    pub fn found(mut self, findings: Vec<Finding>) -> Self {
        self.findings = findings;
        self
    }
}
