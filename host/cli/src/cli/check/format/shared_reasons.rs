//! Reasons that outputs of a batch share. Each is told in full at the first output, and counted for the end of the report.
//!
//! Answers of contracts about an output, and reasons that block it, are always told in full. The table is small, and what
//! does not fit into it is told in full as well, so memory use does not grow with the number of outputs.

use tollgate_model::{Decision, Reason, ReasonEffect, ReasonKind};

/// Most reasons that are remembered. A gate has some dozens; more than that are of the outputs.
const REASONS_MAX: usize = 64;
/// Most errors that are remembered.
const ERRORS_MAX: usize = 16;
/// Longest text that is remembered: a long one quotes its output, and no other has it.
const TEXT_BYTES_MAX: usize = 1024;
/// Missing parts of the gate record that are listed at the end. With one more, all are.
const GAPS_SHOWN: usize = 3;

/// Reasons and errors that were told so far.
#[derive(Default)]
pub(super) struct SharedReasons {
    reasons: Vec<SharedReason>,
    errors: Vec<SharedError>,
}

/// A reason as one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ReasonLine {
    pub(super) effect: ReasonEffect,
    /// Word for the effect.
    pub(super) word: &'static str,
    pub(super) text: String,
}

/// A row at the end of a report.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SharedRow {
    Reason {
        line: ReasonLine,
        count: u64,
    },
    /// Further parts that the gate record lacks.
    MoreGaps {
        count: usize,
    },
    Error {
        text: String,
        count: u64,
    },
}

struct SharedReason {
    line: ReasonLine,
    sharing: Sharing,
    count: u64,
    /// Whether an output was told of it by its code only.
    was_shortened: bool,
}

struct SharedError {
    text: String,
    /// Place of the first output with this error.
    place: String,
    count: u64,
}

/// Subject of a reason, which decides whether several outputs share it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sharing {
    /// It is about one output.
    Never,
    /// It is about what is known of an output, and others may be the same.
    Fact,
    /// It is about the gate, whatever the output says.
    Gate,
    /// The gate record lacks a part.
    Gap,
}

/// Earlier mention of a reason.
enum Told {
    /// It is in the table, at this index.
    Before(usize),
    First,
    /// It does not fit into the table.
    Forgotten,
}

impl SharedReasons {
    /// Returns the lines of an output: first what is wrong with the output, then what is new about the gate. `describe`
    /// returns a reason as a sentence.
    pub(super) fn tell(
        &mut self,
        decision: &Decision,
        describe: impl Fn(&Reason) -> String,
    ) -> Vec<ReasonLine> {
        let (mut own, mut of_gate) = (Vec::new(), Vec::new());
        let (mut repeated, mut gaps) = (Vec::new(), Vec::new());
        for reason in &decision.reasons {
            let word = decision.ruling.effect_word(reason.effect);
            let text = single_line(&describe(reason));
            let line = ReasonLine { effect: reason.effect, word, text };
            let sharing = sharing_of(reason);
            let told = match sharing {
                Sharing::Never => Told::Forgotten,
                _ => self.count(sharing, &line),
            };
            match (sharing, told) {
                (Sharing::Gap, Told::First) => gaps.push(line),
                (Sharing::Gate, Told::First) => of_gate.push(line),
                (Sharing::Gap | Sharing::Gate, Told::Before(_)) => {}
                (_, Told::Before(index)) => repeated.push((index, reason.kind.code(), line)),
                (_, Told::First | Told::Forgotten) => own.push(line),
            }
        }
        own.extend(self.shorten(repeated));
        own.extend(of_gate);
        own.extend(describe_gaps(gaps));
        own
    }

    /// Counts an error. Returns the place of the first output that had it, if this is not the first one.
    pub(super) fn repeats_error(&mut self, text: &str, place: &str) -> Option<&str> {
        if let Some(index) = self.errors.iter().position(|error| error.text == text) {
            let error = self.errors.get_mut(index)?;
            error.count += 1;
            return Some(&error.place);
        }
        if self.errors.len() < ERRORS_MAX && text.len() <= TEXT_BYTES_MAX {
            self.errors.push(SharedError { text: text.into(), place: place.into(), count: 1 });
        }
        None
    }

    /// Returns the rows for the end of a report about so many outputs, the strictest first.
    pub(super) fn rows(&self, total: u64) -> Vec<SharedRow> {
        let errors = self.errors.iter().filter(|error| error.count > 1);
        let mut rows: Vec<_> = errors
            .map(|error| SharedRow::Error { text: error.text.clone(), count: error.count })
            .collect();
        let row = |reason: &SharedReason| SharedRow::Reason {
            line: reason.line.clone(),
            count: reason.count,
        };
        let is_shared = |reason: &&SharedReason| match reason.sharing {
            // Of a single output everything but a long list was told.
            Sharing::Gate => total > 1,
            Sharing::Gap => false,
            Sharing::Fact | Sharing::Never => reason.was_shortened,
        };
        let mut shared: Vec<_> = self.reasons.iter().filter(is_shared).collect();
        shared.sort_by_key(|reason| std::cmp::Reverse(reason.line.effect));
        rows.extend(shared.into_iter().map(row));
        let gaps: Vec<_> =
            self.reasons.iter().filter(|reason| reason.sharing == Sharing::Gap).collect();
        if total == 1 && gaps.len() == 1 {
            return rows;
        }
        let shown = if gaps.len() <= GAPS_SHOWN + 1 { gaps.len() } else { GAPS_SHOWN };
        rows.extend(gaps.iter().copied().take(shown).map(row));
        if gaps.len() > shown {
            rows.push(SharedRow::MoreGaps { count: gaps.len() - shown });
        }
        rows
    }

    fn count(&mut self, sharing: Sharing, line: &ReasonLine) -> Told {
        if let Some(index) = self.reasons.iter().position(|reason| reason.line == *line) {
            if let Some(reason) = self.reasons.get_mut(index) {
                reason.count += 1;
            }
            return Told::Before(index);
        }
        if self.reasons.len() >= REASONS_MAX || line.text.len() > TEXT_BYTES_MAX {
            return Told::Forgotten;
        }
        let line = line.clone();
        self.reasons.push(SharedReason { line, sharing, count: 1, was_shortened: false });
        Told::First
    }

    /// Puts reasons that were told before into one line of codes. A single one is told again, which takes no more lines.
    fn shorten(&mut self, repeated: Vec<(usize, &'static str, ReasonLine)>) -> Vec<ReasonLine> {
        if repeated.len() < 2 {
            return repeated.into_iter().map(|(_, _, line)| line).collect();
        }
        let Some((_, _, strictest)) = repeated.first() else { return Vec::new() };
        let (effect, word) = (strictest.effect, strictest.word);
        for (index, ..) in &repeated {
            if let Some(reason) = self.reasons.get_mut(*index) {
                reason.was_shortened = true;
            }
        }
        let codes: Vec<_> = repeated.iter().map(|(_, code, _)| *code).collect();
        vec![ReasonLine { effect, word, text: format!("as told above: {}", codes.join(", ")) }]
    }
}

fn sharing_of(reason: &Reason) -> Sharing {
    match &reason.kind {
        ReasonKind::RecordIncomplete { .. } => Sharing::Gap,
        ReasonKind::ScoreTooHigh { .. }
        | ReasonKind::Oversight { .. }
        | ReasonKind::LevelRefuses { .. }
        | ReasonKind::LevelInvalid { .. }
        | ReasonKind::Demotion { .. }
        | ReasonKind::Shadow
        | ReasonKind::BrandVoiceChanged
        | ReasonKind::RecordOverdue { .. } => Sharing::Gate,
        kind if kind.contract().is_some() || reason.effect == ReasonEffect::Block => Sharing::Never,
        _ => Sharing::Fact,
    }
}

/// Returns the line about parts that the gate record lacks. More than one are listed at the end.
fn describe_gaps(mut gaps: Vec<ReasonLine>) -> Option<ReasonLine> {
    let line = gaps.pop()?;
    Some(match gaps.len() + 1 {
        1 => line,
        count => {
            ReasonLine { text: format!("the gate record lacks {count} parts, see the end"), ..line }
        }
    })
}

/// Reasons contain text of contracts and outputs, whose line breaks could forge lines.
fn single_line(sentence: &str) -> String {
    sentence.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use tollgate_model::{GatePart, HoldReason, Ruling};

    use super::*;

    fn decision(kinds: Vec<ReasonKind>) -> Decision {
        let reason =
            |kind: ReasonKind| Reason { effect: kind.default_effect(), lifted: false, kind };
        Decision {
            ruling: Ruling::Hold,
            would_be: None,
            reasons: kinds.into_iter().map(reason).collect(),
            audit: false,
            undo_until_ms: None,
            cost: None,
        }
    }

    fn texts(lines: Vec<ReasonLine>) -> Vec<String> {
        lines.into_iter().map(|line| format!("{} {}", line.word, line.text)).collect()
    }

    fn answer() -> ReasonKind {
        ReasonKind::ContractUnknown { contract: "acme/\ncalm".into() }
    }

    fn oversight() -> ReasonKind {
        ReasonKind::Oversight { reasons: vec![HoldReason::HighRisk] }
    }

    fn gaps(count: usize) -> Vec<ReasonKind> {
        let parts = GatePart::ALL.into_iter().take(count);
        parts.map(|missing| ReasonKind::RecordIncomplete { missing }).collect()
    }

    const ANSWER: &str = "hold `acme/ calm` answered, but the gate does not use it";
    const OVERSIGHT: &str =
        "hold a human approves every output: the risk is high and no executive has signed off";

    fn sentence(reason: &Reason) -> String {
        reason.to_string()
    }

    #[test]
    fn tells_the_output_first_and_the_gate_once() {
        let mut shared = SharedReasons::default();
        let all = decision(vec![oversight(), answer()]);
        assert_eq!(texts(shared.tell(&all, sentence)), [ANSWER, OVERSIGHT]);
        assert_eq!(
            texts(shared.tell(&all, sentence)),
            [ANSWER],
            "what contracts find is always told"
        );
        assert!(shared.tell(&decision(vec![oversight()]), sentence).is_empty());
        let rows = shared.rows(4);
        let [SharedRow::Reason { line, count: 3 }] = &rows[..] else { panic!("{rows:?}") };
        assert_eq!(texts(vec![line.clone()]), [OVERSIGHT]);
        assert_eq!(shared.rows(1), [], "of a single output it was told already");
    }

    #[test]
    fn shortens_two_and_more_facts_that_were_told() {
        let mut shared = SharedReasons::default();
        let facts = || vec![ReasonKind::ChannelUnknown, ReasonKind::ConfidenceUnknown];
        assert_eq!(shared.tell(&decision(facts()), sentence).len(), 2);
        let again = texts(shared.tell(&decision(facts()), sentence));
        assert_eq!(again, ["hold as told above: channel-unknown, confidence-unknown"]);
        let single = texts(shared.tell(&decision(vec![ReasonKind::ChannelUnknown]), sentence));
        assert_eq!(single, ["hold the `channel` of the output is not given"]);
        let rows = shared.rows(3);
        let counts = rows.iter().map(|row| match row {
            SharedRow::Reason { count, .. } => *count,
            other => panic!("{other:?}"),
        });
        assert_eq!(counts.collect::<Vec<_>>(), [3, 2]);
    }

    #[test]
    fn blocks_are_told_in_full() {
        let mut shared = SharedReasons::default();
        let kind = |channel: &str| ReasonKind::ChannelNotAllowed { channel: channel.into() };
        let both = decision(vec![kind("billboard"), kind("radio")]);
        assert_eq!(shared.tell(&both, sentence), shared.tell(&both, sentence));
    }

    #[test]
    fn lists_missing_parts_at_the_end() {
        let mut shared = SharedReasons::default();
        let first = texts(shared.tell(&decision(gaps(24)), sentence));
        assert_eq!(first, ["hold the gate record lacks 24 parts, see the end"]);
        assert!(shared.tell(&decision(gaps(24)), sentence).is_empty());
        for total in [1, 2] {
            let rows = shared.rows(total);
            assert_eq!(rows.len(), 4, "{rows:?}");
            assert_eq!(rows.last(), Some(&SharedRow::MoreGaps { count: 21 }));
        }
        let mut few = SharedReasons::default();
        few.tell(&decision(gaps(4)), sentence);
        assert_eq!(few.rows(1).len(), 4, "one more is not worth a line that says so");
        let mut one = SharedReasons::default();
        let told = texts(one.tell(&decision(gaps(1)), sentence));
        assert_eq!(told, ["hold the gate record lacks `task`: the task of the AI"]);
        assert_eq!(one.rows(1), []);
    }

    #[test]
    fn remembers_no_more_than_a_small_table() {
        let mut shared = SharedReasons::default();
        for number in 0..10_000 {
            let kind = ReasonKind::DataUnlisted { class: format!("class {number}") };
            assert_eq!(shared.tell(&decision(vec![kind]), sentence).len(), 1);
            assert_eq!(shared.repeats_error(&format!("error {number}"), "a.jsonl:1"), None);
        }
        let long = ReasonKind::DataUnlisted { class: "a".repeat(5_000) };
        assert_eq!(shared.tell(&decision(vec![long]), sentence).len(), 1);
        assert_eq!((shared.reasons.len(), shared.errors.len()), (REASONS_MAX, ERRORS_MAX));
    }

    #[test]
    fn names_the_first_place_of_an_error() {
        let mut shared = SharedReasons::default();
        assert_eq!(shared.repeats_error("`model` is missing", "a.jsonl:3"), None);
        assert_eq!(shared.repeats_error("`model` is missing", "a.jsonl:4"), Some("a.jsonl:3"));
        assert_eq!(shared.repeats_error("`cost` is missing", "a.jsonl:5"), None);
        let row = SharedRow::Error { text: "`model` is missing".into(), count: 2 };
        assert_eq!(shared.rows(3), [row]);
    }
}
