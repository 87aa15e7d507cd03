//! Checking a stream of lines. Lines are read, judged and answered while more arrive; a slow reader of the answers slows
//! down the reading.

use std::io::{self, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tollgate::intake::{CheckAnswers, CheckManyOptions, InputItem};
use tollgate_api::OutputResultLine;
use tollgate_api::report::{CheckCounts, GateRelease};
use tollgate_model::FormatVersion;

use super::batch::{output_result, to_result};
use super::{GateRequest, LINES, SOURCE};
use crate::access::Caller;
use crate::exchange::RequestId;
use crate::live::LiveGate;
use crate::problem::{Problem, ProblemCode};
use crate::settings::IDLE_TIME_MAX;
use crate::state::ServerState;

/// Pieces of the body that wait to be read. One is as large as what the connection received at once.
const PIECES_MAX: usize = 4;

/// Checks the lines of a body, and answers each as soon as its decision is recorded.
pub(super) async fn check_lines(
    request: GateRequest,
    id: RequestId,
    body: Body,
) -> Result<Response, Problem> {
    let mut options = CheckManyOptions::new(request.actor());
    if let Some(key) = &request.key {
        let batch = format!("{}: {key}", request.key_space()).parse();
        let batch = batch.map_err(|_| Problem::internal("the name of a batch is blank"))?;
        options = options.with_batch(batch);
    }
    let GateRequest { state, live, gate, caller, reader, places, .. } = request;
    let (sender, received) = mpsc::channel(PIECES_MAX);
    tokio::spawn(forward_body(body, sender));
    let source = BufReader::with_capacity(READ_BYTES, BodyReader { received, piece: Bytes::new() });
    let bytes_max = state.settings.limits.output_bytes_max;
    let stopped = Arc::new(Mutex::new(None));
    let items = AdmittedItems {
        items: reader.lines(source, SOURCE).with_line_bytes_max(bytes_max as u64),
        state: state.clone(),
        caller,
        stopped: stopped.clone(),
    };
    let release = gate.release();
    let counts = CheckCounts::new(release.purpose);
    let answers = gate.check_many(items, options, state.host().clock())?;
    let answering = Answering {
        state,
        live,
        answers,
        release,
        counts,
        stopped,
        id,
        is_done: false,
        _places: places,
    };
    let lines = stream::unfold(answering, |mut answering| async move {
        let line = answering.next_line().await?;
        Some((Ok::<_, io::Error>(line), answering))
    });
    let kind = [(axum::http::header::CONTENT_TYPE, LINES)];
    Ok((kind, Body::from_stream(lines)).into_response())
}

/// Bytes that are taken from the body at once.
const READ_BYTES: usize = 64 << 10;

/// Hands the pieces of a body to the thread that reads lines, until one of the two ends.
async fn forward_body(mut body: Body, sender: mpsc::Sender<io::Result<Bytes>>) {
    loop {
        let piece = match tokio::time::timeout(IDLE_TIME_MAX, body.frame()).await {
            Ok(None) => return,
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Ok(piece) => Ok(piece),
                // Trailers are no part of the outputs.
                Err(_) => continue,
            },
            Ok(Some(Err(_))) => {
                Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the body ended early"))
            }
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "no more of the body arrived")),
        };
        let is_end = piece.is_err();
        if sender.send(piece).await.is_err() || is_end {
            return;
        }
    }
}

/// A body as a source that blocks, for the thread that reads lines.
struct BodyReader {
    received: mpsc::Receiver<io::Result<Bytes>>,
    piece: Bytes,
}

impl Read for BodyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.received.blocking_recv() {
                Some(piece) => self.piece = piece?,
                None => return Ok(0),
            }
        }
        let count = self.piece.len().min(buffer.len());
        let taken = self.piece.split_to(count);
        if let Some(start) = buffer.get_mut(..count) {
            start.copy_from_slice(&taken);
        }
        Ok(count)
    }
}

/// Outputs, as long as their caller may hand in any.
struct AdmittedItems<I> {
    items: I,
    state: ServerState,
    caller: Caller,
    /// Reason why no more are read.
    stopped: Arc<Mutex<Option<Problem>>>,
}

impl<I: Iterator<Item = InputItem>> Iterator for AdmittedItems<I> {
    type Item = InputItem;

    fn next(&mut self) -> Option<InputItem> {
        let item = self.items.next()?;
        // A token can be revoked, and the server can shut down, in the middle of a stream.
        match self.state.require_valid(&self.caller) {
            Ok(()) => Some(item),
            Err(problem) => {
                *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
                None
            }
        }
    }
}

/// Answers that are being written.
struct Answering {
    state: ServerState,
    live: Arc<LiveGate>,
    answers: CheckAnswers,
    release: GateRelease,
    counts: CheckCounts,
    stopped: Arc<Mutex<Option<Problem>>>,
    id: RequestId,
    is_done: bool,
    _places: OwnedSemaphorePermit,
}

impl Answering {
    /// Returns the next line of the answer. A stream that stopped before the end of the input ends with a problem.
    async fn next_line(&mut self) -> Option<Bytes> {
        if self.is_done {
            return None;
        }
        let problem = match self.answers.next().await {
            Some(Ok(answer)) => {
                let result = to_result(answer.outcome);
                let counted = result.as_ref().map_err(|problem| problem.code);
                self.state.signals.record_result(&self.live, counted);
                let result = output_result(&self.release, &answer.origin, result, &mut self.counts);
                return Some(to_line(&OutputResultLine { format: FormatVersion, result }));
            }
            Some(Err(error)) => Problem::of_check_many(&error),
            None => self.stopped.lock().unwrap_or_else(PoisonError::into_inner).take()?,
        };
        self.is_done = true;
        Some(to_line(&problem.to_line(&self.id)))
    }
}

fn to_line(document: &impl serde::Serialize) -> Bytes {
    let mut line = match serde_json::to_vec(document) {
        Ok(line) => line,
        Err(error) => {
            let code = ProblemCode::Internal.as_str();
            tracing::error!(%error, "an answer cannot be written as JSON");
            format!("{{\"format\":1,\"problem\":{{\"code\":\"{code}\"}}}}").into_bytes()
        }
    };
    line.push(b'\n');
    line.into()
}
