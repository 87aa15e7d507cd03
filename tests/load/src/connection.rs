//! Connections that requests are sent over, one request after another.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::SendArgs;
use crate::arrivals::Arrivals;

/// Time after which an answer counts as lost.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);

/// The answer to one request.
pub(crate) struct TimedAnswer {
    /// Time from the arrival of the request to the end of its answer.
    pub(crate) time: Duration,
    /// Status of the answer; `None` if there was none.
    pub(crate) status: Option<u16>,
    pub(crate) body: Bytes,
}

/// What each request is made of.
struct Requests {
    address: SocketAddr,
    path: String,
    authorization: Option<String>,
    bodies: Vec<Bytes>,
}

/// Sends all requests, and returns their answers.
pub(crate) async fn send_all(
    arguments: &SendArgs,
    bodies: Vec<Vec<u8>>,
    time: Duration,
) -> anyhow::Result<Vec<TimedAnswer>> {
    let requests = Arc::new(Requests {
        address: arguments.address,
        path: arguments.path.clone(),
        authorization: arguments.token.as_ref().map(|token| format!("Bearer {token}")),
        bodies: bodies.into_iter().map(Bytes::from).collect(),
    });
    let mut connections = Vec::new();
    for _ in 0..arguments.connections {
        connections.push(connect(requests.address).await?);
    }
    let arrivals = Arc::new(Arrivals::new(arguments.rate, time));
    if let Some(stop) = arguments.stop_file.clone() {
        tokio::spawn(end_when_told(stop, arrivals.clone()));
    }
    let tasks = connections
        .into_iter()
        .map(|connection| tokio::spawn(send_over(connection, requests.clone(), arrivals.clone())));
    let mut answers = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        answers.extend(task.await?);
    }
    Ok(answers)
}

/// Ends the arrivals once a file is there.
async fn end_when_told(file: PathBuf, arrivals: Arc<Arrivals>) {
    while !file.exists() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    arrivals.end();
}

async fn connect(address: SocketAddr) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

async fn send_over(
    mut connection: SendRequest<Full<Bytes>>,
    requests: Arc<Requests>,
    arrivals: Arc<Arrivals>,
) -> Vec<TimedAnswer> {
    let mut answers = Vec::new();
    while let Some((number, arrival)) = arrivals.take() {
        tokio::time::sleep_until(arrival.into()).await;
        let asked = ask(&mut connection, &requests, number as usize);
        let answered = tokio::time::timeout(ANSWER_TIME_MAX, asked).await;
        let answer = answered.ok().and_then(Result::ok);
        let time = Instant::now().saturating_duration_since(arrival);
        let is_lost = answer.is_none();
        let (status, body) =
            answer.map_or((None, Bytes::new()), |(status, body)| (Some(status), body));
        answers.push(TimedAnswer { time, status, body });
        if is_lost {
            match connect(requests.address).await {
                Ok(another) => connection = another,
                Err(_) => return answers,
            }
        }
    }
    answers
}

async fn ask(
    connection: &mut SendRequest<Full<Bytes>>,
    requests: &Requests,
    number: usize,
) -> anyhow::Result<(u16, Bytes)> {
    let body =
        number.checked_rem(requests.bodies.len()).and_then(|place| requests.bodies.get(place));
    let mut request = Request::post(&requests.path)
        .header("host", requests.address.to_string())
        .header("content-type", "application/json");
    if let Some(authorization) = &requests.authorization {
        request = request.header("authorization", authorization);
    }
    let request = request.body(Full::new(body.cloned().unwrap_or_default()))?;
    connection.ready().await?;
    let answer = connection.send_request(request).await?;
    let status = answer.status().as_u16();
    Ok((status, answer.into_body().collect().await?.to_bytes()))
}
