//! Finds exclamation marks in a text while it is being written. Its configuration makes it violate
//! the rules of streams.

use tollgate_sdk::prelude::*;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Config {
    /// Rule to violate.
    #[serde(default)]
    behave: Behaviour,
}

#[derive(Clone, Copy, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Behaviour {
    /// Violates nothing.
    #[default]
    Well,
    /// The report does not repeat the reported findings.
    Forget,
    /// The report adds a finding about settled bytes.
    Regret,
    /// The report adds an error about the whole text, of which a part was settled.
    RegretAll,
    /// The report says `fail`, whatever was found.
    Condemn,
    /// The report says `unsure`, whatever was found.
    Doubt,
    /// The report says `unsure` because of a finding that was not reported.
    DoubtAll,
    /// Fewer bytes are settled than before.
    Unsettle,
    /// More bytes are settled than the text has.
    SettleTooMuch,
    /// The settled bytes end within a character.
    SettleHalf,
    /// A finding lies beyond the text received so far.
    FindTooFar,
    /// Every part has thousands of findings.
    Flood,
    RefuseToBegin,
    RefuseAPart,
    Panic,
    Loop,
}

fn configure(config: Config) -> Result<Behaviour, Refusal> {
    Ok(config.behave)
}

fn judge(behaviour: &Behaviour, subject: &Subject) -> Result<Report, Refusal> {
    Marks::of(*behaviour).whole(subject.text()?)
}

fn begin(behaviour: &'static Behaviour, _: &Subject) -> Result<Marks, Refusal> {
    match behaviour {
        Behaviour::RefuseToBegin => Err(Refusal::Broken("refused to begin on request".into())),
        behaviour => Ok(Marks::of(*behaviour)),
    }
}

contract!(Config, configure, judge, begin);

struct Marks {
    behaviour: Behaviour,
    bytes: usize,
    parts: usize,
    findings: Vec<Finding>,
}

impl Marks {
    fn of(behaviour: Behaviour) -> Self {
        Self { behaviour, bytes: 0, parts: 0, findings: Vec::new() }
    }
}

fn mark(at: usize) -> Finding {
    Finding::error("mark", "an exclamation mark").at(at..at + 1)
}

fn regret() -> Finding {
    Finding::error("regret", "this was not reported before")
}

impl Session for Marks {
    fn push(&mut self, part: &str) -> Result<Progress, Refusal> {
        self.parts += 1;
        let start = self.bytes;
        let mut found: Vec<_> = part.match_indices('!').map(|(at, _)| mark(start + at)).collect();
        self.bytes += part.len();
        let mut settled = self.bytes;
        match self.behaviour {
            Behaviour::Unsettle if self.parts > 1 => settled = 1,
            Behaviour::SettleTooMuch => settled += 1,
            Behaviour::SettleHalf => settled = settled.saturating_sub(1),
            Behaviour::FindTooFar => found.push(mark(self.bytes)),
            Behaviour::Flood => found.extend((0..4000).map(|_| mark(0).fix("x".repeat(200)))),
            Behaviour::RefuseAPart => {
                return Err(Refusal::Broken("refused a part on request".into()));
            }
            Behaviour::Panic => panic!("in the middle of a text"),
            Behaviour::Loop => loop {
                std::hint::black_box(&mut self.parts);
            },
            _ => {}
        }
        self.findings.extend(found.iter().cloned());
        Ok(Progress::settled(settled).found(found))
    }

    fn finish(mut self) -> Result<Report, Refusal> {
        match self.behaviour {
            Behaviour::Forget => self.findings.clear(),
            Behaviour::Regret => self.findings.push(regret().at(0..1)),
            Behaviour::RegretAll => self.findings.push(regret()),
            Behaviour::DoubtAll => {
                self.findings.push(Finding::warning("regret", "it is an odd text"));
            }
            _ => {}
        }
        let mut report = Report::of(self.findings).measure("bytes", self.bytes as f64);
        match self.behaviour {
            Behaviour::Condemn => report.outcome = Outcome::Fail,
            Behaviour::Doubt | Behaviour::DoubtAll => report.outcome = Outcome::Unsure,
            _ => {}
        }
        Ok(report)
    }
}
