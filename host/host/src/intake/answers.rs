//! The answers to many outputs, in the order of the input.

use std::pin::Pin;

use super::error::{AnswerError, CheckManyError, PipelineError};
use super::input_item::InputOrigin;
use super::pipeline::{AbortingTask, OnItsWay, Receiver, Settling};
use super::window::Window;
use crate::gate::CheckOutcome;

type WaitingAnswer = Pin<Box<dyn Future<Output = Result<CheckAnswer, CheckManyError>> + Send>>;

/// The answer to one output of many.
#[derive(Debug)]
#[non_exhaustive]
pub struct CheckAnswer {
    pub origin: InputOrigin,
    /// The decision, which is recorded; or the reason why there is none, which concerns this output only.
    pub outcome: Result<CheckOutcome, AnswerError>,
}

/// The answers to many outputs, in the order of the input. They are on their way whether or not anybody waits, up to a
/// window of [`WINDOW_ITEMS_MAX`](super::WINDOW_ITEMS_MAX) outputs whose answers are not taken. When this is dropped,
/// no more is read, and each output that was read is recorded completely or not at all.
pub struct CheckAnswers {
    settling: Receiver<Settling>,
    /// The answer that [`next`](Self::next) waits for. It is kept if the caller stops waiting.
    waiting: Option<WaitingAnswer>,
    window: Window,
    is_finished: bool,
    _decider: AbortingTask<()>,
}

impl CheckAnswers {
    /// Creates the answers. With an error there is none but this.
    pub(super) fn new(
        settling: Receiver<Settling>,
        decider: AbortingTask<()>,
        window: Window,
        error: Option<CheckManyError>,
    ) -> Self {
        let failed = |error| Box::pin(std::future::ready(Err(error))) as _;
        let waiting = error.map(failed);
        Self { settling, waiting, window, is_finished: false, _decider: decider }
    }

    /// Returns the next answer once its decision is durable, or `None` after the last one. An error concerns the gate:
    /// no more answers follow, and outputs that are not answered may be recorded or not. No answer is lost if the future
    /// is dropped.
    pub async fn next(&mut self) -> Option<Result<CheckAnswer, CheckManyError>> {
        if self.is_finished {
            return None;
        }
        let answer = self.next_or_end().await;
        if !matches!(answer, Some(Ok(_))) {
            self.is_finished = true;
            self.window.close();
        }
        answer
    }

    async fn next_or_end(&mut self) -> Option<Result<CheckAnswer, CheckManyError>> {
        let waiting = match &mut self.waiting {
            Some(waiting) => waiting,
            None => match self.settling.recv().await {
                Some(Some(next)) => self.waiting.insert(Box::pin(settle(next))),
                Some(None) => return None,
                // Reading or deciding stopped before the end, which must not look like it.
                None => return Some(Err(CheckManyError::WorkerStopped)),
            },
        };
        let answer = waiting.await;
        self.waiting = None;
        Some(answer)
    }
}

impl Drop for CheckAnswers {
    fn drop(&mut self) {
        self.window.close();
    }
}

async fn settle(next: OnItsWay<Settling>) -> Result<CheckAnswer, CheckManyError> {
    let OnItsWay { origin, state, place } = next;
    let outcome = match state {
        Ok(Settling::Decided(outcome)) => Ok(outcome),
        Ok(Settling::Pending(decision)) => decision.outcome().await.map_err(PipelineError::from),
        Err(error) => Err(error),
    };
    // The answer is about to be taken.
    drop(place);
    match outcome {
        Ok(outcome) => Ok(CheckAnswer { origin, outcome: Ok(outcome) }),
        Err(PipelineError::Output(error)) => Ok(CheckAnswer { origin, outcome: Err(error) }),
        Err(PipelineError::Stop(error)) => Err(error),
    }
}
