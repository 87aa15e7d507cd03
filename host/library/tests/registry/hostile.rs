//! A registry that does what a test wants. It answers each connection once and writes down what it
//! was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// How often anything was asked before.
    pub before: usize,
}

pub struct Hostile {
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Asked {
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
        let mut asked = Self { method, path, headers, body: Vec::new(), before };
        let length = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
        asked.body = vec![0; length];
        reader.read_exact(&mut asked.body).ok()?;
        Some(asked)
    }
}

impl Hostile {
    pub fn start(answer: impl Fn(&Asked, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let (written, answer) = (asked.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (written, answer) = (written.clone(), answer.clone());
                thread::spawn(move || serve(stream.unwrap(), &written, &*answer));
            }
        });
        Self { address, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The same by another name, which is another host.
    pub fn by_name(&self) -> String {
        self.address.replace("127.0.0.1", "localhost")
    }
}

fn serve(
    mut stream: TcpStream,
    written: &Mutex<Vec<Asked>>,
    answer: &dyn Fn(&Asked, &mut TcpStream),
) {
    let before = written.lock().unwrap().len();
    let Some(asked) = Asked::read(&stream, before) else {
        return say(&mut stream, 400, &[], b"");
    };
    written.lock().unwrap().push(asked.clone());
    answer(&asked, &mut stream);
}

/// An answer as it should be.
pub fn say(stream: &mut TcpStream, status: u16, headers: &[(&str, &str)], body: &[u8]) {
    let length = body.len().to_string();
    head(stream, status, &[headers, &[("content-length", &length)]].concat());
    stream.write_all(body).ok();
}

/// The beginning of an answer.
pub fn head(stream: &mut TcpStream, status: u16, headers: &[(&str, &str)]) {
    let lines: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    write!(stream, "HTTP/1.1 {status} X\r\nconnection: close\r\n{lines}\r\n").ok();
}
