//! The trace that a request belongs to, in the headers of the W3C recommendation "Trace Context".
//!
//! A header that does not follow the recommendation is ignored, and a new trace begins: what a caller sends must not fail
//! a request, and a half-read trace would join requests that have nothing to do with each other.

use std::fmt;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
pub(crate) const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// Length of a `traceparent` of the first version of the format.
const FIRST_VERSION_BYTES: usize = 55;

/// Members that a `tracestate` may have.
const STATE_MEMBERS_MAX: usize = 32;

/// Bytes of a `tracestate` that are passed on: what the recommendation asks for, and not more, because every exported
/// record has it.
const STATE_BYTES_MAX: usize = 512;

/// Members that are longer than this are left out first, as the recommendation says.
const LONG_MEMBER_BYTES: usize = 128;

/// Bits of the flags that the first version of the format defines: sampled, and random trace id.
const KNOWN_FLAGS: u8 = 0b11;
const SAMPLED: u8 = 0b1;

/// Id of a trace. Never zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TraceId(pub(crate) [u8; 16]);

/// Id of a span. Never zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SpanId(pub(crate) [u8; 8]);

/// A span in its trace, as it is told to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TraceContext {
    pub(crate) trace: TraceId,
    pub(crate) span: SpanId,
    pub(crate) flags: u8,
    /// Header `tracestate`. Empty if there is none.
    pub(crate) state: String,
}

impl TraceContext {
    /// Reads the span that a request comes from. `None` if the request names none, or names it wrongly.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(TRACEPARENT).iter();
        let parent = values.next()?.to_str().ok()?;
        // Of two parents nobody knows which is right.
        if values.next().is_some() {
            return None;
        }
        let (trace, span, flags) = parse_parent(parent)?;
        Some(Self { trace, span, flags, state: parse_state(headers).unwrap_or_default() })
    }

    /// Begins a new trace.
    pub(crate) fn begin() -> Result<Self, getrandom::Error> {
        let mut id = [0; 16];
        getrandom::fill(&mut id)?;
        // Zero is as likely as any other id, and has no meaning.
        if id == [0; 16] {
            id = [1; 16];
        }
        let span = SpanId::random()?;
        Ok(Self { trace: TraceId(id), span, flags: KNOWN_FLAGS & !SAMPLED, state: String::new() })
    }

    /// Returns another span of the same trace.
    pub(crate) fn child(&self) -> Result<Self, getrandom::Error> {
        let flags = self.flags & KNOWN_FLAGS;
        Ok(Self { span: SpanId::random()?, flags, ..self.clone() })
    }

    /// Returns whether whoever began the trace records it.
    #[cfg(test)]
    pub(crate) fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }

    pub(crate) fn write_to(&self, headers: &mut HeaderMap) {
        let Self { trace, span, flags, state } = self;
        let parent = format!("00-{trace}-{span}-{flags:02x}");
        if let Ok(value) = HeaderValue::try_from(parent) {
            headers.insert(TRACEPARENT, value);
        }
        match HeaderValue::from_str(state) {
            Ok(value) if !state.is_empty() => {
                headers.insert(TRACESTATE, value);
            }
            _ => {}
        }
    }
}

impl SpanId {
    fn random() -> Result<Self, getrandom::Error> {
        let mut id = [0; 8];
        getrandom::fill(&mut id)?;
        Ok(Self(if id == [0; 8] { [1; 8] } else { id }))
    }
}

/// Reads a `traceparent`: version, trace, span and flags. A later version may have more behind these.
fn parse_parent(text: &str) -> Option<(TraceId, SpanId, u8)> {
    let [version] = hex_bytes::<1>(text.get(..2)?)?;
    let end = text.get(FIRST_VERSION_BYTES..)?;
    let is_complete = match version {
        0 => end.is_empty(),
        0xff => false,
        _ => end.is_empty() || end.starts_with('-'),
    };
    let dashes = [2, 35, 52].map(|place| text.as_bytes().get(place));
    if !is_complete || dashes != [Some(&b'-'); 3] {
        return None;
    }
    let trace = hex_bytes::<16>(text.get(3..35)?).filter(|id| *id != [0; 16])?;
    let span = hex_bytes::<8>(text.get(36..52)?).filter(|id| *id != [0; 8])?;
    let [flags] = hex_bytes::<1>(text.get(53..55)?)?;
    Some((TraceId(trace), SpanId(span), flags))
}

/// Reads hex digits. Capital letters are none here.
fn hex_bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// Reads the `tracestate`. `None` if there is none, or if any of it is wrong: then all of it is left out.
fn parse_state(headers: &HeaderMap) -> Option<String> {
    let mut members = Vec::new();
    for value in headers.get_all(TRACESTATE) {
        let listed = value.to_str().ok()?.split(',').map(|member| member.trim_matches([' ', '\t']));
        members.extend(listed.filter(|member| !member.is_empty()));
    }
    let mut keys: Vec<_> = members.iter().map(|member| state_key(member)).collect::<Option<_>>()?;
    keys.sort_unstable();
    let is_distinct = keys.is_sorted_by(|one, next| one < next);
    if members.len() > STATE_MEMBERS_MAX || !is_distinct {
        return None;
    }
    let bytes = |members: &[&str]| members.iter().map(|one| one.len() + 1).sum::<usize>();
    if bytes(&members) > STATE_BYTES_MAX + 1 {
        members.retain(|member| member.len() <= LONG_MEMBER_BYTES);
    }
    // The latest writers are first.
    while bytes(&members) > STATE_BYTES_MAX + 1 {
        members.pop();
    }
    Some(members.join(","))
}

/// Returns the key of a member of a `tracestate`, if the member is as the recommendation says.
fn state_key(member: &str) -> Option<&str> {
    let (key, value) = member.split_once('=')?;
    let is_key_part = |text: &str, length_max: usize| {
        let is_allowed = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-*/".contains(&byte)
        };
        text.len() <= length_max && text.bytes().all(is_allowed)
    };
    let starts_with = |text: &str, digits: bool| {
        let is_start = |byte: &u8| byte.is_ascii_lowercase() || digits && byte.is_ascii_digit();
        text.as_bytes().first().is_some_and(is_start)
    };
    let is_key = match key.split_once('@') {
        None => starts_with(key, true) && is_key_part(key, 256),
        Some((tenant, system)) => {
            starts_with(tenant, true)
                && is_key_part(tenant, 241)
                && starts_with(system, false)
                && is_key_part(system, 14)
        }
    };
    let is_value_byte = |byte: u8| (0x20..=0x7e).contains(&byte) && !b",=".contains(&byte);
    let is_value = !value.is_empty() && value.len() <= 256 && value.bytes().all(is_value_byte);
    (is_key && is_value).then_some(key)
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const SPAN: &str = "b7ad6b7169203331";

    fn read(parent: &str, states: &[&str]) -> Option<TraceContext> {
        let mut headers = HeaderMap::new();
        headers.insert(TRACEPARENT, HeaderValue::from_str(parent).unwrap());
        for state in states {
            headers.append(TRACESTATE, HeaderValue::from_str(state).unwrap());
        }
        TraceContext::from_headers(&headers)
    }

    fn state(states: &[&str]) -> String {
        read(&format!("00-{TRACE}-{SPAN}-01"), states).unwrap().state
    }

    #[test]
    fn reads_and_writes_the_example_of_the_recommendation() {
        let parent = format!("00-{TRACE}-{SPAN}-01");
        let context = read(&parent, &["congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"]).unwrap();
        assert_eq!(
            (context.trace.to_string(), context.span.to_string()),
            (TRACE.into(), SPAN.into())
        );
        assert!(context.is_sampled());
        let mut headers = HeaderMap::new();
        context.write_to(&mut headers);
        assert_eq!(headers[TRACEPARENT], parent.as_str());
        assert_eq!(headers[TRACESTATE], "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
    }

    #[test]
    fn takes_no_parent_that_breaks_the_recommendation() {
        let wrong = [
            String::new(),
            "00".into(),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{TRACE}-{SPAN}-1"),
            format!("00-{TRACE}-{SPAN}-01-"),
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("00-{TRACE}-{SPAN}-0g"),
            format!("00-{TRACE}-{SPAN}-0A"),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-{TRACE}-{}-01", SPAN.to_uppercase()),
            format!("00-{}-{SPAN}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{}-{SPAN}-01", &TRACE[1..]),
            format!("00_{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}_{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}_01"),
            format!(" 00-{TRACE}-{SPAN}-01 "),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("0x-{TRACE}-{SPAN}-01"),
            format!("CC-{TRACE}-{SPAN}-01"),
            format!("cc-{TRACE}-{SPAN}-01.more"),
        ];
        for parent in wrong {
            assert_eq!(read(&parent, &["a=1"]), None, "{parent:?}");
        }
        let mut two = HeaderMap::new();
        for flags in ["00", "01"] {
            let value = format!("00-{TRACE}-{SPAN}-{flags}");
            two.append(TRACEPARENT, HeaderValue::try_from(value).unwrap());
        }
        assert_eq!(TraceContext::from_headers(&two), None);
        assert_eq!(TraceContext::from_headers(&HeaderMap::new()), None);
    }

    #[test]
    fn takes_what_it_knows_of_a_later_version() {
        for end in ["", "-", "-what-the-future-has"] {
            let context = read(&format!("cc-{TRACE}-{SPAN}-01{end}"), &[]).unwrap();
            let mut headers = HeaderMap::new();
            context.child().unwrap().write_to(&mut headers);
            let parent = headers[TRACEPARENT].to_str().unwrap();
            assert!(
                parent.starts_with(&format!("00-{TRACE}-")) && parent.ends_with("-01"),
                "{parent}"
            );
        }
    }

    #[test]
    fn passes_no_unknown_flags_on() {
        let context = read(&format!("00-{TRACE}-{SPAN}-ff"), &[]).unwrap();
        assert_eq!(context.child().unwrap().flags, 0b11);
    }

    #[test]
    fn joins_the_members_of_several_headers() {
        assert_eq!(state(&["a=1,b=2", "c=3"]), "a=1,b=2,c=3");
        assert_eq!(state(&["a=1 \t, ,\tb=2", ""]), "a=1,b=2");
        assert_eq!(state(&["0tenant@vendor=x y", "a-_*/0= v"]), "0tenant@vendor=x y,a-_*/0= v");
    }

    #[test]
    fn leaves_out_a_state_that_breaks_the_recommendation() {
        let many: Vec<_> = (0..33).map(|number| format!("k{number}=1")).collect();
        for wrong in [
            "a",
            "=1",
            "a=",
            "A=1",
            "a=1,a=2",
            "a=b=c",
            "-a=1",
            "a@=1",
            "a@B=1",
            "a@1b=1",
            "@a=1",
            "a =1",
            &many.join(","),
            &format!("{}=1", "k".repeat(257)),
            &format!("a={}", "v".repeat(257)),
            &format!("a@{}=1", "s".repeat(15)),
        ] {
            assert_eq!(state(&[wrong]), "", "{wrong}");
        }
    }

    #[test]
    fn passes_a_bounded_state_on() {
        let long = format!("long={}", "v".repeat(200));
        let short: Vec<_> =
            (0..30).map(|number| format!("key-{number:02}={}", "v".repeat(20))).collect();
        let passed = state(&[&long, &short.join(",")]);
        assert!(passed.len() <= STATE_BYTES_MAX && passed.len() > STATE_BYTES_MAX - 30, "{passed}");
        assert!(passed.starts_with("key-00=") && !passed.contains("long="), "{passed}");
        assert_eq!(state(&[&long, "a=1"]), format!("{long},a=1"));
    }

    #[test]
    fn traces_and_spans_are_all_different() {
        let begun = TraceContext::begin().unwrap();
        let child = begun.child().unwrap();
        assert_eq!(child.trace, begun.trace);
        assert_ne!(child.span, begun.span);
        assert!(!begun.is_sampled());
        assert_ne!(TraceContext::begin().unwrap().trace, begun.trace);
    }
}
