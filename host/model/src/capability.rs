//! Capabilities: the services that a contract can ask of its host.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A capability: one interface of `host.wit`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// Writing lines to the log of the run.
    Log,
    /// Reading the clock. It shows the same moment throughout a run.
    Clock,
    /// Reading tables.
    Lookup,
    /// Reading the text of the pinned prompt.
    PromptText,
}

/// Whether a contract always gives the same report for the same subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Determinism {
    /// The report is the same, given the same answers of the host.
    Deterministic,
    /// The report can differ, because the contract asks something like a model.
    Probabilistic,
}

impl Capability {
    /// All capabilities of this WIT version.
    pub const ALL: [Self; 4] = [Self::Log, Self::Clock, Self::Lookup, Self::PromptText];

    /// Returns the name of its WIT interface.
    pub fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Clock => "clock",
            Self::Lookup => "lookup",
            Self::PromptText => "prompt-text",
        }
    }

    /// Returns the capability with this WIT interface name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.name() == name)
    }

    /// Returns the determinism of a contract that imports only this capability. Answers from the run
    /// itself or from tables are deterministic, because a replay repeats them.
    pub fn determinism(self) -> Determinism {
        match self {
            Self::Log | Self::Clock | Self::Lookup | Self::PromptText => Determinism::Deterministic,
        }
    }
}

impl Determinism {
    /// Returns the determinism of a contract with these imports: that of the least deterministic one.
    pub fn from_capabilities(capabilities: impl IntoIterator<Item = Capability>) -> Self {
        let is_probabilistic =
            |capability: Capability| capability.determinism() == Self::Probabilistic;
        if capabilities.into_iter().any(is_probabilistic) {
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
