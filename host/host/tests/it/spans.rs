//! Tracing spans along the way of an output. Their fields never quote it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::fixture::{Fixture, check};

/// A limit that no other test's gate has, so that its release is only this test's.
const CHARACTERS_MAX: u32 = 23;
const OUTPUT: &str = "Dear Dana, this letter is longer than the gate allows.";

/// A span that was begun.
#[derive(Clone, Debug, Default)]
struct SeenSpan {
    name: &'static str,
    parent: Option<u64>,
    /// Spans that it follows from.
    causes: Vec<u64>,
    fields: BTreeMap<&'static str, String>,
}

/// Collects spans by their number, which rises.
#[derive(Clone, Default)]
struct SpanCollector {
    spans: Arc<Mutex<BTreeMap<u64, SeenSpan>>>,
    last: Arc<AtomicU64>,
}

struct FieldVisitor<'a>(&'a mut BTreeMap<&'static str, String>);

impl Visit for FieldVisitor<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}").trim_matches('"').to_owned());
    }
}

impl SpanCollector {
    fn change(&self, id: &Id, change: impl FnOnce(&mut SeenSpan)) {
        if let Some(span) = self.spans.lock().unwrap().get_mut(&id.into_u64()) {
            change(span);
        }
    }
}

impl Subscriber for SpanCollector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("tollgate")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let parent = attributes.parent().map(Id::into_u64);
        let parent = parent.or_else(|| attributes.is_contextual().then(current_span).flatten());
        let name = attributes.metadata().name();
        let mut span = SeenSpan { name, parent, ..SeenSpan::default() };
        attributes.record(&mut FieldVisitor(&mut span.fields));
        self.spans.lock().unwrap().insert(number, span);
        Id::from_u64(number)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        self.change(id, |span| values.record(&mut FieldVisitor(&mut span.fields)));
    }

    fn record_follows_from(&self, id: &Id, cause: &Id) {
        self.change(id, |span| span.causes.push(cause.into_u64()));
    }

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, id: &Id) {
        ENTERED.with_borrow_mut(|entered| entered.push(id.into_u64()));
    }

    fn exit(&self, _: &Id) {
        ENTERED.with_borrow_mut(|entered| entered.pop());
    }
}

thread_local! {
    static ENTERED: std::cell::RefCell<Vec<u64>> = const { std::cell::RefCell::new(Vec::new()) };
}

fn current_span() -> Option<u64> {
    ENTERED.with_borrow(|entered| entered.last().copied())
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_follow_an_output_and_never_quote_it() {
    let collector = SpanCollector::default();
    // The thread of the gate records spans too, so the subscriber is that of the whole process.
    tracing::subscriber::set_global_default(collector.clone()).unwrap();
    let fixture = Fixture::new(CHARACTERS_MAX).await;
    let gate = fixture.open_gate().await;
    let run = check(&gate, OUTPUT).await;
    let release = gate.release().to_string();

    let spans = collector.spans.lock().unwrap().clone();
    let of_release = |name: &str| {
        let found = spans
            .iter()
            .find(|(_, span)| span.name == name && span.fields.get("release") == Some(&release));
        *found.unwrap_or_else(|| panic!("no `{name}` in {spans:#?}")).0
    };
    let (load, checked) = (of_release("load"), of_release("check"));
    assert!(load < checked);
    let belongs = |span: &SeenSpan| span.parent == Some(checked) || span.causes.contains(&checked);
    let steps: Vec<_> = spans.values().filter(|span| belongs(span)).collect();
    let names: Vec<_> = steps.iter().map(|span| span.name).collect();
    assert_eq!(names, ["judge", "decide", "append"]);
    let field = |step: usize, name: &str| steps[step].fields[name].as_str();
    assert_eq!(field(0, "contract"), "tollgate/length");
    assert_eq!(field(0, "outcome"), "fail");
    assert_eq!(field(0, "fuel"), run.checks[0].verdicts[0].fuel_used.to_string());
    assert_eq!(field(1, "ruling"), run.decision.ruling.to_string());
    assert_eq!((field(2, "gate"), field(2, "outputs")), ("short", "1"));
    for span in spans.values() {
        for (name, value) in &span.fields {
            let quotes = OUTPUT.split(' ').any(|word| word.len() > 4 && value.contains(word));
            assert!(!quotes, "`{name}` of `{}` quotes the output: {value}", span.name);
        }
    }
}
