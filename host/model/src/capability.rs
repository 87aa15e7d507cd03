//! What a contract may ask of its host.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A capability is one interface of `wit/host.wit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// Lines for the run's record.
    Log,
    /// One moment for the whole run.
    Clock,
    /// Read-only tables.
    Lookup,
    /// The text of the pinned prompt.
    PromptText,
}

/// Whether the same subject always gets the same report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Determinism {
    /// It does, given the same answers of the host.
    Deterministic,
    /// It asks something that may answer differently, such as a model.
    Probabilistic,
}

impl Capability {
    /// Every capability that this WIT version has.
    pub const ALL: [Self; 4] = [Self::Log, Self::Clock, Self::Lookup, Self::PromptText];

    /// The name of its interface.
    pub fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Clock => "clock",
            Self::Lookup => "lookup",
            Self::PromptText => "prompt-text",
        }
    }

    /// The capability of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.name() == name)
    }

    /// What importing it makes of a contract. Everything that the host answers from
    /// the run itself or from tables is the same again when the run is replayed.
    pub fn determinism(self) -> Determinism {
        match self {
            Self::Log | Self::Clock | Self::Lookup | Self::PromptText => Determinism::Deterministic,
        }
    }
}

impl Determinism {
    /// A contract is as deterministic as the least deterministic thing it imports.
    pub fn of(capabilities: impl IntoIterator<Item = Capability>) -> Self {
        let probabilistic =
            |capability: Capability| capability.determinism() == Self::Probabilistic;
        if capabilities.into_iter().any(probabilistic) {
            Self::Probabilistic
        } else {
            Self::Deterministic
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Determinism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deterministic => "deterministic",
            Self::Probabilistic => "probabilistic",
        })
    }
}
