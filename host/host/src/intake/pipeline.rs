//! The way of many outputs through a gate. A thread reads them and starts to judge each in a task of its own, and a task
//! decides those that are judged, in the order of the input. [`CheckAnswers`] waits until each decision is durable. The
//! channels between them have no bound of their own: an output keeps its place in the window until its answer is taken.

use std::thread;

use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tollgate_model::{RunEvent, Subject};

use super::answers::CheckAnswers;
use super::error::{CheckManyError, PipelineError};
use super::input_item::{InputItem, InputOrigin};
use super::window::{Window, WindowPlace};
use crate::gate::{CheckOutcome, PendingDecision};

/// Judges outputs, many of them at once.
pub(super) trait JudgeOutput: Send + 'static {
    type Judged: Send + 'static;

    /// Starts to judge an output, unless it is recorded already. It may block.
    fn start_judging(
        &self,
        subject: Subject,
        origin: &InputOrigin,
        runtime: &Handle,
    ) -> Result<Judging<Self::Judged>, PipelineError>;
}

/// Decides on judged outputs, one after another.
pub(super) trait DecideOutput: Send + 'static {
    type Judged: Send + 'static;

    fn decide(
        &mut self,
        judged: Self::Judged,
    ) -> impl Future<Output = Result<Settling, PipelineError>> + Send;
}

/// An output whose judgement has been started.
pub(super) enum Judging<J> {
    AlreadyRecorded(Box<RunEvent>),
    Started(AbortingTask<Result<J, PipelineError>>),
}

/// An output that was handed in to be decided.
pub(super) enum Settling {
    Decided(CheckOutcome),
    Pending(Box<PendingDecision>),
}

/// An output on its way, in one of its states.
pub(super) struct OnItsWay<T> {
    pub(super) origin: InputOrigin,
    pub(super) state: Result<T, PipelineError>,
    pub(super) place: WindowPlace,
}

/// The end of a channel that gives `None` after the last output. A channel that closes without it was cut off.
pub(super) type Sender<T> = UnboundedSender<Option<OnItsWay<T>>>;
pub(super) type Receiver<T> = UnboundedReceiver<Option<OnItsWay<T>>>;

/// A task that is aborted when this is dropped.
pub(super) struct AbortingTask<T>(JoinHandle<T>);

impl<T> AbortingTask<T> {
    pub(super) fn new(task: JoinHandle<T>) -> Self {
        Self(task)
    }

    async fn join(mut self) -> Result<T, PipelineError> {
        let stopped = |_| PipelineError::Stop(CheckManyError::WorkerStopped);
        (&mut self.0).await.map_err(stopped)
    }
}

impl<T> Drop for AbortingTask<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Starts to take outputs through a gate.
pub(super) fn start_checks<J: JudgeOutput>(
    items: impl Iterator<Item = InputItem> + Send + 'static,
    judge: J,
    decide: impl DecideOutput<Judged = J::Judged>,
) -> CheckAnswers {
    let runtime = Handle::current();
    let window = Window::new(runtime.clone());
    let (judging_sender, judging) = unbounded_channel();
    let (settling_sender, settling) = unbounded_channel();
    let decider = runtime.spawn(decide_all(decide, judging, settling_sender));
    let reader = ItemReader { judge, window: window.clone(), runtime, sender: judging_sender };
    let thread = thread::Builder::new().name("tollgate-intake".into());
    let error = thread.spawn(move || reader.read_all(items)).err().map(CheckManyError::NoThread);
    CheckAnswers::new(settling, AbortingTask::new(decider), window, error)
}

/// The thread that reads. It may block, because the source may.
struct ItemReader<J: JudgeOutput> {
    judge: J,
    window: Window,
    runtime: Handle,
    sender: Sender<Judging<J::Judged>>,
}

impl<J: JudgeOutput> ItemReader<J> {
    fn read_all(self, mut items: impl Iterator<Item = InputItem>) {
        // The place is taken first, so that nothing is read beyond the window.
        while let Some(place) = self.window.take_place() {
            let Some(InputItem { origin, subject }) = items.next() else {
                // Nobody wants the end when the answers were dropped.
                let _ = self.sender.send(None);
                return;
            };
            let Some(place) = self.window.widen_place(place, origin.bytes) else { return };
            let state = subject
                .map_err(PipelineError::from)
                .and_then(|subject| self.judge.start_judging(subject, &origin, &self.runtime));
            if self.sender.send(Some(OnItsWay { origin, state, place })).is_err() {
                return;
            }
        }
    }
}

/// Decides all outputs in the order in which they were read. It ends at an error that concerns the gate.
async fn decide_all<D: DecideOutput>(
    mut decide: D,
    mut judging: Receiver<Judging<D::Judged>>,
    settling: Sender<Settling>,
) {
    while let Some(next) = judging.recv().await {
        let Some(OnItsWay { origin, state, place }) = next else {
            // Nobody wants the end when the answers were dropped.
            let _ = settling.send(None);
            return;
        };
        let state = match state {
            Ok(Judging::AlreadyRecorded(run)) => {
                Ok(Settling::Decided(CheckOutcome::AlreadyRecorded(run)))
            }
            Ok(Judging::Started(task)) => join_and_decide(&mut decide, task).await,
            Err(error) => Err(error),
        };
        let is_last = matches!(state, Err(PipelineError::Stop(_)));
        if settling.send(Some(OnItsWay { origin, state, place })).is_err() || is_last {
            return;
        }
    }
}

async fn join_and_decide<D: DecideOutput>(
    decide: &mut D,
    task: AbortingTask<Result<D::Judged, PipelineError>>,
) -> Result<Settling, PipelineError> {
    let judged = task.join().await??;
    decide.decide(judged).await
}
