//! Judging a text while it arrives.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use serde::Serialize;
use tollgate_engine::{Contract, Live, Progress};
use tollgate_model::{Content, Finding, Judgement, Subject};

use crate::verdict::{self, Verdict};
use crate::{console, files};

/// What is read at once, if that much is there.
const PART_BYTES_MAX: usize = 4096;

/// Judges a file, or standard input where the path is `-`, part by part, and tells what is
/// found as soon as it is.
pub(super) async fn judge(
    contract: &Contract,
    path: &Path,
    mut subject: Subject,
    live: Live,
    json: bool,
) -> anyhow::Result<Judgement> {
    let begun = contract.begin(subject.prompt.clone(), subject.context.clone(), live).await;
    let mut stream = match begun {
        Ok(stream) => stream,
        Err(judgement) => return conclude(contract, &subject, judgement, &[], json),
    };
    let mut parts = Parts { input: files::open_or_stdin(path)?, rest: Vec::new() };
    let (mut told, mut settled) = (Vec::new(), 0);
    subject.content = Content::Text(String::new());
    while let Some(part) = parts.next().with_context(|| files::cannot_read(path))? {
        if let Content::Text(text) = &mut subject.content {
            text.push_str(&part);
        }
        let Ok(progress) = stream.push(&part).await else { break };
        if progress.settled > settled || !progress.findings.is_empty() {
            tell(&progress, &subject, json)?;
        }
        settled = progress.settled;
        told.extend(progress.findings);
    }
    let judgement = stream.finish().await;
    conclude(contract, &subject, judgement, &told, json)
}

#[derive(Serialize)]
struct Line<'p> {
    settled: u32,
    findings: &'p [Finding],
}

fn tell(progress: &Progress, subject: &Subject, json: bool) -> anyhow::Result<()> {
    if json {
        let Progress { settled, findings } = progress;
        console::say(serde_json::to_string(&Line { settled: *settled, findings })?);
    } else {
        progress.findings.iter().for_each(|finding| verdict::tell_finding(finding, subject));
    }
    Ok(())
}

/// People have read what was told on the way; programs get all of it once more.
fn conclude(
    contract: &Contract,
    subject: &Subject,
    judgement: Judgement,
    told: &[Finding],
    json: bool,
) -> anyhow::Result<Judgement> {
    if json {
        console::say(serde_json::to_string(&Verdict::of(contract, &judgement))?);
        return Ok(judgement);
    }
    let mut shown = judgement.clone();
    if let Ok(report) = &mut shown.verdict {
        drop_told(&mut report.findings, told);
    }
    verdict::tell(contract, subject, &shown);
    Ok(judgement)
}

/// A report repeats what was told, in that order; what is left of it is new.
fn drop_told(findings: &mut Vec<Finding>, told: &[Finding]) {
    let mut told = told.iter().peekable();
    findings.retain(|finding| told.next_if_eq(&finding).is_none());
}

/// A text as it arrives, cut where it happens to be and never within a character.
struct Parts {
    input: Box<dyn Read>,
    /// The start of a character whose end has not arrived.
    rest: Vec<u8>,
}

impl Parts {
    fn next(&mut self) -> anyhow::Result<Option<String>> {
        loop {
            let mut buffer = [0; PART_BYTES_MAX];
            let length = self.input.read(&mut buffer)?;
            self.rest.extend_from_slice(buffer.get(..length).unwrap_or_default());
            let complete = match std::str::from_utf8(&self.rest) {
                Ok(_) => self.rest.len(),
                Err(error) if error.error_len().is_none() && length > 0 => error.valid_up_to(),
                Err(error) => bail!("it is not UTF-8: {error}"),
            };
            if complete > 0 {
                let rest = self.rest.split_off(complete);
                let part = std::mem::replace(&mut self.rest, rest);
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

    /// Gives a byte at a time.
    struct Slow(std::io::Cursor<Vec<u8>>);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let one = buffer.len().min(1);
            self.0.read(&mut buffer[..one])
        }
    }

    fn parts(bytes: &[u8]) -> anyhow::Result<Vec<String>> {
        let input = Box::new(Slow(std::io::Cursor::new(bytes.to_vec())));
        let mut parts = Parts { input, rest: Vec::new() };
        let mut all = Vec::new();
        while let Some(part) = parts.next()? {
            all.push(part);
        }
        Ok(all)
    }

    #[test]
    fn what_was_told_is_told_once() {
        let finding = |rule: &str| -> Finding {
            let finding = serde_json::json!(
                {"rule": rule, "severity": "info", "message": "", "place": "whole"});
            serde_json::from_value(finding).unwrap()
        };
        let findings = |rules: &[&str]| rules.iter().map(|rule| finding(rule)).collect::<Vec<_>>();
        let mut left = findings(&["new", "a", "b", "a", "a"]);
        drop_told(&mut left, &findings(&["a", "b", "a"]));
        assert_eq!(left, findings(&["new", "a"]), "what is found again is new");
    }

    #[test]
    fn a_character_is_never_cut() {
        assert_eq!(parts("aü👩".as_bytes()).unwrap(), ["a", "ü", "👩"]);
        assert!(parts(b"").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert!(parts(b"a\xff").is_err());
        assert!(parts(b"a\xf0\x9f").is_err(), "the end of the last character never came");
    }
}
