//! Contracts in many versions, made without a compiler: a component of the guests gets another
//! manifest.

use std::fs;

use serde_json::{Value, json};

use crate::tool::repository;

/// Start of the section with the manifest: the length of its name, and the name.
const SECTION: &[u8] = b"\x11tollgate:manifest";
/// Length of the header that every component starts with.
const HEADER_BYTES: usize = 8;

/// A contract whose manifest can be changed.
#[derive(Clone)]
pub struct Contract {
    code: Vec<u8>,
    manifest: Value,
}

impl Contract {
    /// Returns a contract that fails texts with an exclamation mark. An `id` is like
    /// `acme/calm@1.0.0`.
    pub fn new(id: &str) -> Self {
        Self::of("hasty", id)
    }

    /// Returns a guest under another name and version. Guests accept the configuration `{}` only.
    pub fn of(guest: &str, id: &str) -> Self {
        let dist = repository().join("tests/guests").join(guest).join("dist");
        let built = fs::read_dir(dist).unwrap().next().unwrap().unwrap().path();
        let (code, manifest) = take_apart(fs::read(built).unwrap());
        let (name, version) = id.split_once('@').unwrap();
        Self { code, manifest }.with("name", json!(name)).with("version", json!(version))
    }

    /// Sets a key of `contract.toml`.
    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.manifest["contract"][key] = value;
        self
    }

    /// Limits the contract to these versions of a prompt.
    pub fn for_prompt(self, name: &str, wanted: &str) -> Self {
        self.with("prompts", json!({ name: wanted }))
    }

    /// Adds bytes that mean nothing.
    pub fn larger_by(mut self, bytes: usize) -> Self {
        self.code.push(0);
        write_length(&mut self.code, "\x06filler".len() + bytes);
        self.code.extend_from_slice(b"\x06filler");
        self.code.resize(self.code.len() + bytes, b'.');
        self
    }

    /// Takes the code of another guest and keeps the manifest, apart from `stream`.
    pub fn with_code_of(mut self, guest: &str) -> Self {
        let other = Self::of(guest, "other/other@1.0.0");
        self.code = other.code;
        let stream = other.manifest["contract"]["stream"].as_bool() == Some(true);
        self.with("stream", json!(stream))
    }

    pub fn component(&self) -> Vec<u8> {
        let json = serde_json::to_vec(&self.manifest).unwrap();
        let mut component = self.code.clone();
        component.push(0);
        write_length(&mut component, SECTION.len() + json.len());
        component.extend([SECTION, &json].concat());
        component
    }
}

/// Splits a component into its code and its manifest, which is the last section.
fn take_apart(component: Vec<u8>) -> (Vec<u8>, Value) {
    let mut at = HEADER_BYTES;
    while at < component.len() {
        let (length, start) = read_length(&component, at + 1);
        let body = &component[start..start + length];
        if component[at] == 0 && body.starts_with(SECTION) {
            let manifest = serde_json::from_slice(&body[SECTION.len()..]).unwrap();
            return (component[..at].to_vec(), manifest);
        }
        at = start + length;
    }
    panic!("the guest has no manifest: run `cargo xtask build`");
}

/// Reads a number in LEB128. Returns it with the position of its end.
fn read_length(bytes: &[u8], mut at: usize) -> (usize, usize) {
    let (mut length, mut shift) = (0, 0);
    loop {
        let byte = bytes[at];
        length |= usize::from(byte & 0x7f) << shift;
        (at, shift) = (at + 1, shift + 7);
        if byte & 0x80 == 0 {
            return (length, at);
        }
    }
}

fn write_length(bytes: &mut Vec<u8>, mut length: usize) {
    while length >= 0x80 {
        bytes.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
}
