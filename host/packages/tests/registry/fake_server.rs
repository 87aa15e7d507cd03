//! An HTTP server that answers as a test tells it to, and keeps the requests. It answers one
//! request on each connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request that the server received.
#[derive(Clone, Debug)]
pub struct ReceivedRequest {
    pub method: String,
    pub path: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Number of requests received before this one.
    pub earlier_requests: usize,
}

pub struct FakeServer {
    pub address: String,
    requests: Arc<Mutex<Vec<ReceivedRequest>>>,
}

impl ReceivedRequest {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn read(stream: &TcpStream, before: usize) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = || {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
            Some(line.trim_end().to_owned())
        };
        let first = line()?;
        let mut words = first.split(' ');
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = Vec::new();
        while let Some((name, value)) = line()?.split_once(": ") {
            headers.push((name.to_owned(), value.to_owned()));
        }
        let mut asked = Self { method, path, headers, body: Vec::new(), earlier_requests: before };
        let length = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
        asked.body = vec![0; length];
        reader.read_exact(&mut asked.body).ok()?;
        Some(asked)
    }
}

impl FakeServer {
    pub fn start(
        answer: impl Fn(&ReceivedRequest, &mut TcpStream) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::<Mutex<Vec<ReceivedRequest>>>::default();
        let (written, answer) = (requests.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (written, answer) = (written.clone(), answer.clone());
                thread::spawn(move || serve(stream.unwrap(), &written, &*answer));
            }
        });
        Self { address, requests }
    }

    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.requests.lock().unwrap().clone()
    }

    /// Returns the address with the name `localhost`, which counts as another host.
    pub fn localhost_address(&self) -> String {
        self.address.replace("127.0.0.1", "localhost")
    }
}

fn serve(
    mut stream: TcpStream,
    written: &Mutex<Vec<ReceivedRequest>>,
    answer: &dyn Fn(&ReceivedRequest, &mut TcpStream),
) {
    let before = written.lock().unwrap().len();
    let Some(asked) = ReceivedRequest::read(&stream, before) else {
        return respond(&mut stream, 400, &[], b"");
    };
    written.lock().unwrap().push(asked.clone());
    answer(&asked, &mut stream);
}

/// Sends a well-formed response.
pub fn respond(stream: &mut TcpStream, status: u16, headers: &[(&str, &str)], body: &[u8]) {
    let length = body.len().to_string();
    respond_head(stream, status, &[headers, &[("content-length", &length)]].concat());
    stream.write_all(body).ok();
}

/// Sends status line and headers only.
pub fn respond_head(stream: &mut TcpStream, status: u16, headers: &[(&str, &str)]) {
    let lines: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    write!(stream, "HTTP/1.1 {status} X\r\nconnection: close\r\n{lines}\r\n").ok();
}
