//! What is wrong with a gate file, where, and what to do.

use std::fmt;

use tollgate_model::{Person, Scheme};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// In which file.
    pub file: String,
    /// At which line, where it is not about the whole file.
    pub line: Option<usize>,
    /// At which key, such as `contracts[0].mode`; empty for the whole file.
    pub key: String,
    /// What it is, and what to do.
    pub problem: Problem,
}

/// Everything that is wrong: never nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The file is far too large.
    #[error("a gate has at most {bytes_max} bytes: is this the right file?")]
    TooLarge {
        /// What it may have.
        bytes_max: usize,
    },
    /// It is no TOML.
    #[error("not TOML: {0}")]
    Syntax(String),
    /// Infinity or not a number.
    #[error("`{0}` is no finite number")]
    NotFinite(String),
    /// A key that is not known here.
    #[error("no such key here: there are {known}")]
    UnknownKey {
        /// What could stand here.
        known: String,
    },
    /// A word that is not known here.
    #[error("`{word}` is not possible here: there are {known}")]
    UnknownWord {
        /// What stands there.
        word: String,
        /// What could.
        known: String,
    },
    /// Something of another kind.
    #[error("has to be {wanted}, and is {given}")]
    Kind {
        /// What it should be.
        wanted: String,
        /// What it is.
        given: String,
    },
    /// Something has to be there.
    #[error("lacks `{0}`: add it")]
    KeyMissing(&'static str),
    /// A value that does not exist, in the words of who read it.
    #[error("{0}")]
    Value(String),
    /// The file is called otherwise.
    #[error("the file is called `{0}.toml`: call the gate so, or the file as the gate")]
    NameOfFile(String),
    /// A level that the scheme does not have.
    #[error("`{level}` is no level of {scheme}, which goes from {lowest} to {highest}")]
    LevelNotInScheme {
        /// The level.
        level: u8,
        /// The scheme.
        scheme: Scheme,
        /// Its lowest.
        lowest: u8,
        /// Its highest.
        highest: u8,
    },
    /// The gate would start above its highest level.
    #[error(
        "the gate starts at level {level}, which is above {highest}: raise this, or start lower"
    )]
    HighestBelowLevel {
        /// Where it starts.
        level: u8,
        /// The highest.
        highest: u8,
    },
    /// Too few reviewed outputs for a promotion.
    #[error("`{0}` reviewed outputs are too few to judge by: it takes at least 30")]
    CyclesTooFew(u32),
    /// The author would review.
    #[error(
        "{0} is the author of this record, and authors do not approve their own work: name somebody else"
    )]
    ReviewerIsAuthor(Person),
    /// Somebody would review who may not.
    #[error("{0} stands under `may-not` too: take the name out of one of the lists")]
    ReviewerMayNot(Person),
    /// Somebody stands in a list twice.
    #[error("`{0}` is there twice: take one out")]
    Twice(String),
    /// There are not enough reviewers.
    #[error("{wanted} people have to approve, and only {named} are named: name more, or `roles`")]
    ReviewersTooFew {
        /// How many have to.
        wanted: u8,
        /// How many there are.
        named: usize,
    },
    /// A number out of its bounds.
    #[error("`{given}` is out of bounds: from {least} to {most}")]
    OutOfBounds {
        /// What stands there.
        given: u8,
        /// At least.
        least: u8,
        /// At most.
        most: u8,
    },
    /// A majority that is none.
    #[error(
        "{majority} of {repeat} is no majority: more than half have to agree, and no more than all"
    )]
    NoMajority {
        /// How many have to agree.
        majority: u8,
        /// How many are asked.
        repeat: u8,
    },
    /// Two configurations.
    #[error("there is `config` too: keep one of the two")]
    TwoConfigs,
    /// Tables without the capability.
    #[error("the contract may look into no tables: add `\"lookup\"` to its `grants`")]
    TablesWithoutLookup,
    /// An enforced contract would be gone on without.
    #[error(
        "a contract that is enforced cannot fail open: an error is never a pass. Make it \
         `mode = \"advise\"`, or take this out"
    )]
    FailOpenEnforced,
    /// Topics are judged by something that does not count.
    #[error("no contract of this gate is called `{0}` and enforced: name one that is")]
    NoJudgeOfTopics(String),
    /// A threshold that says nothing, or nothing possible.
    #[error("has to have `at-least`, `at-most`, or both with the first not above the second")]
    NoLimit,
    /// A sample of nothing.
    #[error("a share of 0 is nobody looking: write a larger one, or leave it away")]
    NothingSampled,
    /// An end before its beginning.
    #[error("is over on {until}, before it began on {on}")]
    OverBefore {
        /// The last day.
        until: String,
        /// The first.
        on: String,
    },
    /// Data that has to stay nowhere in particular.
    #[error("the data has to stay in a region: say which under `regions`")]
    NoRegions,
    /// The author would sign off.
    #[error("{0} is the author of this record, and cannot sign it off: somebody else has to")]
    SignOffByAuthor(Person),
}

impl Fault {
    pub(super) fn whole(file: &str, problem: Problem) -> Self {
        Self { file: file.into(), line: None, key: String::new(), problem }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": `{}`", self.key)?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
