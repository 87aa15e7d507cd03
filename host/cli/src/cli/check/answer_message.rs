//! Messages of outputs that have no decision, with the option that helps.

use tollgate::CheckError;
use tollgate::intake::{AnswerError, CsvError, InputOrigin, IntakeError};
use tollgate::lookup::short_digest;
use tollgate_api::join_causes;
use tollgate_govern::MissingContext;

/// Returns the message of an output that could not be read or checked.
pub(super) fn describe_answer_error(origin: &InputOrigin, error: AnswerError) -> String {
    match error {
        AnswerError::Intake(error) => describe_intake_error(origin, error),
        AnswerError::Check(CheckError::DifferentOutput { batch, key, run }) => format!(
            "`{key}` of batch `{batch}` is recorded with a different output, as run {}: use a new `--batch` name for \
             changed outputs",
            short_digest(&run)
        ),
        AnswerError::Check(CheckError::ContextMissing { missing, .. }) => {
            format!("{}{}", not_judged(origin), describe_missing_context(&missing))
        }
        error => join_causes(&error),
    }
}

/// Returns the start of the message of an output that was read and not judged.
pub(super) fn not_judged(origin: &InputOrigin) -> String {
    format!("cannot judge {}: ", origin.place())
}

fn describe_missing_context(missing: &MissingContext) -> String {
    let mut remedies = Vec::new();
    if !missing.keys.is_empty() {
        let members: Vec<_> = missing.keys.iter().map(|key| format!("\"{key}\": …")).collect();
        remedies.push(format!(
            "add it to the context of the output, or to that of all outputs with `--context '{{{}}}'`",
            members.join(", ")
        ));
    }
    if missing.keys.contains(&"cost") {
        remedies.push(
            "instead of `cost`, `model`, `input-tokens` and `output-tokens` will do if the gate has a price for the model"
                .into(),
        );
    }
    if missing.prompt {
        remedies.push(
            "name the prompt in the output, or for all outputs with `--prompt NAME@VERSION`".into(),
        );
    }
    if !missing.unreadable.is_empty() {
        remedies.push("correct what cannot be read".into());
    }
    format!("{missing}, and no review can supply that; {}", remedies.join("; "))
}

fn describe_intake_error(origin: &InputOrigin, error: IntakeError) -> String {
    let hint = match error {
        IntakeError::NotAnObject { .. } => {
            "; for plain text use `--kind text`, and `--rows` if each line is an output as it is"
        }
        IntakeError::UnknownMember { .. } => {
            ", rename members with `--map NAME=MEMBER`, or use `--rows` if each line is an output as it is"
        }
        IntakeError::NotAnArray => "; without `--rows` it is one output",
        IntakeError::Csv(CsvError::NoColumn { ref known, .. }) if is_unseparated(known) => {
            "; if its columns are separated by another character, name that with `--delimiter`"
        }
        _ => "",
    };
    let place = origin.place();
    let place = match (origin.line, &error) {
        (Some(_), _) => format!("cannot read output {place}: "),
        // The reason names the file already.
        (None, IntakeError::Source(_)) => String::new(),
        (None, _) => format!("cannot judge {place}: "),
    };
    format!("{place}{}{hint}", join_causes(&error))
}

/// Returns whether a header looks as if its columns were separated by another byte: there is one, and it has such a byte.
fn is_unseparated(columns: &[String]) -> bool {
    matches!(columns, [only] if only.contains([',', ';', '\t', '|']))
}

#[cfg(test)]
mod tests {
    use tollgate::intake::{ColumnDelimiter, RowFormat, SubjectReader};
    use tollgate_model::{ContentKind, Digest};

    use super::*;

    fn describe_line(line: &str) -> String {
        let item = SubjectReader::default().lines(line.as_bytes(), "a.jsonl").next().unwrap();
        describe_answer_error(&item.origin, item.subject.unwrap_err().into())
    }

    #[test]
    fn names_the_place_and_the_option_that_helps() {
        assert_eq!(
            describe_line(r#"{"txet": "a"}"#),
            "cannot read output a.jsonl:1: unknown member `txet`: use one of id, content, text, json, action, prompt, \
             context, rename members with `--map NAME=MEMBER`, or use `--rows` if each line is an output as it is"
        );
        assert_eq!(
            describe_line("Hello"),
            "cannot read output a.jsonl:1: expected value (column 1): a line must be a JSON object with `text`, `json` \
             or `action`; for plain text use `--kind text`, and `--rows` if each line is an output as it is"
        );
        assert_eq!(
            describe_line(r#"{"text": "a", "context": 1}"#),
            "cannot read output a.jsonl:1: `context` is not a JSON object"
        );
    }

    #[test]
    fn names_the_delimiter_where_a_header_has_one_column() {
        let describe = |header: &str| {
            let reader = SubjectReader::default().with_mapping("text=copy".parse().unwrap());
            let format = RowFormat::Csv(ColumnDelimiter::COMMA);
            let item = reader.unwrap().rows(header.as_bytes(), format, "a.csv").next().unwrap();
            describe_answer_error(&item.origin, item.subject.unwrap_err().into())
        };
        assert_eq!(
            describe("sku;copy\n7;Desk\n"),
            "cannot read output a.csv:1: there is no column `copy`: the header has `sku;copy`; if its columns are separated by \
             another character, name that with `--delimiter`"
        );
        assert!(describe("sku,text\n7,Desk\n").ends_with("the header has `sku`, `text`"));
    }

    #[test]
    fn names_a_file_once() {
        let reader = SubjectReader::default();
        let item = reader.read_document(ContentKind::Action, "{}".into(), "act.json");
        assert_eq!(
            describe_answer_error(&item.origin, item.subject.unwrap_err().into()),
            "cannot judge act.json: an action must be an object with `tool` and `arguments`"
        );
        let missing = anyhow::anyhow!("no such file").context("cannot read `act.json`");
        let error = IntakeError::Source(missing.into()).into();
        assert_eq!(
            describe_answer_error(&item.origin, error),
            "cannot read `act.json`: no such file"
        );
    }

    #[test]
    fn says_how_to_give_what_is_missing() {
        let item = SubjectReader::default().lines(b"{}".as_slice(), "a.jsonl").next().unwrap();
        let describe = |missing: MissingContext| {
            let gate = "welcome-email".parse().unwrap();
            let error = CheckError::ContextMissing { gate, missing: Box::new(missing) };
            describe_answer_error(&item.origin, error.into())
        };
        let (keys, prompt) = (vec!["campaign", "model"], false);
        assert_eq!(
            describe(MissingContext { keys, prompt, unreadable: Vec::new() }),
            "cannot judge a.jsonl:1: `campaign` and `model` are missing in its context, and no review can supply that; \
             add it to the context of the output, or to that of all outputs with `--context '{\"campaign\": …, \
             \"model\": …}'`"
        );
        let unreadable = vec![("region".into(), "expected a string".into())];
        assert_eq!(
            describe(MissingContext { keys: Vec::new(), prompt: true, unreadable }),
            "cannot judge a.jsonl:1: its `prompt` is missing; `region` in its context cannot be read: expected a string, \
             and no review can supply that; name the prompt in the output, or for all outputs with \
             `--prompt NAME@VERSION`; correct what cannot be read"
        );
        let of_cost = describe(MissingContext { keys: vec!["cost"], ..MissingContext::default() });
        assert!(of_cost.ends_with("will do if the gate has a price for the model"), "{of_cost}");
    }

    #[test]
    fn names_the_place_and_the_run_of_a_changed_output() {
        let item = SubjectReader::default().lines(b"{}".as_slice(), "a.jsonl").next().unwrap();
        let run = Digest::of("run");
        let (batch, key) = ("one".to_owned(), item.origin.place());
        let error = CheckError::DifferentOutput { batch, key, run };
        assert_eq!(
            describe_answer_error(&item.origin, error.into()),
            format!(
                "`a.jsonl:1` of batch `one` is recorded with a different output, as run {}: use a new `--batch` name \
                 for changed outputs",
                short_digest(&run)
            )
        );
    }
}
