//! Judges a text while it arrives, for `tollgate judge --stream`.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use tollgate_api::{JudgementDocument, StreamProgressLine};
use tollgate_engine::{Contract, HostContext, Progress};
use tollgate_model::{Content, Finding, Judgement, Subject};

use crate::{files, json_output, judgement_output};

/// Maximum number of bytes per part.
const PART_BYTES_MAX: usize = 4096;

/// Judges a file, or standard input if the path is `-`, part by part, and prints findings as soon as they are
/// reported.
pub(super) async fn judge_stream(
    contract: &Contract,
    path: &Path,
    mut subject: Subject,
    live: HostContext,
    json: bool,
) -> anyhow::Result<Judgement> {
    let begun = contract.begin(subject.prompt.clone(), subject.context.clone(), live).await;
    let mut stream = match begun {
        Ok(stream) => stream,
        Err(judgement) => return finish_judgement(contract, &subject, judgement, &[], json),
    };
    let mut parts = TextParts::new(files::open_or_stdin(path)?);
    let (mut reported, mut settled) = (Vec::new(), 0);
    // Locations in findings are printed with the text that has arrived so far.
    subject.content = Content::Text(String::new());
    while let Some(part) = parts.next().with_context(|| files::read_error_message(path))? {
        if let Content::Text(text) = &mut subject.content {
            text.push_str(&part);
        }
        let Ok(progress) = stream.push(&part).await else { break };
        if progress.settled > settled || !progress.findings.is_empty() {
            print_progress(progress.clone(), &subject, json)?;
        }
        settled = progress.settled;
        reported.extend(progress.findings);
    }
    let judgement = stream.finish().await;
    finish_judgement(contract, &subject, judgement, &reported, json)
}

fn print_progress(progress: Progress, subject: &Subject, json: bool) -> anyhow::Result<()> {
    if json {
        json_output::print_line(&StreamProgressLine::from(progress))?;
    } else {
        progress
            .findings
            .iter()
            .for_each(|finding| judgement_output::print_finding(finding, subject));
    }
    Ok(())
}

/// Prints the final report. As text, it leaves out the findings already printed; as JSON, it is complete.
fn finish_judgement(
    contract: &Contract,
    subject: &Subject,
    judgement: Judgement,
    reported: &[Finding],
    json: bool,
) -> anyhow::Result<Judgement> {
    if json {
        json_output::print_line(&JudgementDocument::new(contract, judgement.clone()))?;
        return Ok(judgement);
    }
    let mut shown = judgement.clone();
    if let Ok(report) = &mut shown.verdict {
        remove_reported(&mut report.findings, reported);
    }
    judgement_output::print_judgement(contract, subject, &shown);
    Ok(judgement)
}

/// Removes the findings that were already reported. The final report repeats them in the same order, so a single pass
/// suffices.
fn remove_reported(findings: &mut Vec<Finding>, reported: &[Finding]) {
    let mut reported = reported.iter().peekable();
    findings.retain(|finding| reported.next_if_eq(&finding).is_none());
}

/// Reads a text in parts as they arrive, never splitting a character.
struct TextParts {
    input: Box<dyn Read>,
    /// First bytes of a character whose remaining bytes have not arrived.
    incomplete: Vec<u8>,
    /// Number of bytes before these.
    bytes_read: usize,
}

impl TextParts {
    fn new(input: Box<dyn Read>) -> Self {
        Self { input, incomplete: Vec::new(), bytes_read: 0 }
    }

    fn next(&mut self) -> anyhow::Result<Option<String>> {
        loop {
            let mut buffer = [0; PART_BYTES_MAX];
            let length = self.input.read(&mut buffer)?;
            self.incomplete.extend_from_slice(buffer.get(..length).unwrap_or_default());
            let complete = match std::str::from_utf8(&self.incomplete) {
                Ok(_) => self.incomplete.len(),
                // `None` means that the input ends within a character, whose rest may still arrive.
                Err(error) if error.error_len().is_none() && length > 0 => error.valid_up_to(),
                Err(error) => bail!(
                    "it is not UTF-8: byte {} does not start a character; convert the text first",
                    self.bytes_read + error.valid_up_to()
                ),
            };
            if complete > 0 {
                self.bytes_read += complete;
                let rest = self.incomplete.split_off(complete);
                let part = std::mem::replace(&mut self.incomplete, rest);
                return Ok(Some(String::from_utf8(part)?));
            }
            if length == 0 {
                return Ok(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that returns one byte per call.
    struct Slow(std::io::Cursor<Vec<u8>>);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let one = buffer.len().min(1);
            self.0.read(&mut buffer[..one])
        }
    }

    fn parts(bytes: &[u8]) -> anyhow::Result<Vec<String>> {
        let input = Box::new(Slow(std::io::Cursor::new(bytes.to_vec())));
        let mut parts = TextParts::new(input);
        let mut all = Vec::new();
        while let Some(part) = parts.next()? {
            all.push(part);
        }
        Ok(all)
    }

    #[test]
    fn prints_each_reported_finding_once() {
        let finding = |rule: &str| -> Finding {
            let finding = serde_json::json!(
                {"rule": rule, "severity": "info", "message": "", "place": "whole"});
            serde_json::from_value(finding).unwrap()
        };
        let findings = |rules: &[&str]| rules.iter().map(|rule| finding(rule)).collect::<Vec<_>>();
        let mut left = findings(&["new", "a", "b", "a", "a"]);
        remove_reported(&mut left, &findings(&["a", "b", "a"]));
        assert_eq!(
            left,
            findings(&["new", "a"]),
            "a repeated finding after the reported ones is new"
        );
    }

    #[test]
    fn never_splits_a_character() {
        assert_eq!(parts("aü👩".as_bytes()).unwrap(), ["a", "ü", "👩"]);
        assert!(parts(b"").unwrap().is_empty());
    }

    #[test]
    fn rejects_invalid_utf8() {
        assert!(parts(b"a\xff").is_err());
        assert!(parts(b"a\xf0\x9f").is_err(), "the last character is incomplete");
    }
}
