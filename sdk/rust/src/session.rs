//! Judges a text while it is still being written.

use crate::{Finding, Refusal, Report};

pub use crate::stream_bindings::exports::tollgate::contract::judge_stream::Progress;

/// Judgement of one text that arrives in parts. Offsets count from the start of the text, and the
/// findings must not depend on how the text is cut.
pub trait Session {
    /// Judges the next part. New findings are returned here, and must be in the report as well.
    fn push(&mut self, part: &str) -> Result<Progress, Refusal>;

    /// Ends the text. Must return the report that `judge` returns for the whole text.
    fn finish(self) -> Result<Report, Refusal>;

    /// Judges a whole text as one part. `judge` can call this, unless it can do better with the
    /// whole text.
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
    /// Returns progress that settles nothing before the end of the text.
    pub fn nothing_settled() -> Self {
        Self::settled(0)
    }

    /// Returns progress that settles this number of bytes from the start: later text cannot change
    /// the findings about them.
    pub fn settled(bytes: usize) -> Self {
        // The host accepts no text of 4 GiB, so every offset fits into 32 bits.
        let settled = u32::try_from(bytes).unwrap_or(u32::MAX);
        Self { settled, findings: Vec::new() }
    }

    /// Adds the findings since the last part.
    pub fn found(mut self, findings: Vec<Finding>) -> Self {
        self.findings = findings;
        self
    }
}
