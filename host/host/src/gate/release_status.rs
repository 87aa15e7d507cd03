//! The active release of a gate beside what is locked, and how they differ.

use std::fmt;

use semver::Version;
use tollgate_ledger::LedgerReader;
use tollgate_model::{Digest, Gate, GateName, PinnedPrompt, Release, ScoreThresholds};

use super::load_error::GateLoadError;
use super::loaded_gate::LoadedGate;
use super::release_record::{ReleaseReadError, read_release};
use crate::host::Host;

/// The active release of a gate beside the one that publishing would make active.
#[derive(Debug)]
#[non_exhaustive]
pub struct ReleaseStatus {
    /// `None` if the gate has no active release, so it checks nothing.
    pub active: Option<Digest>,
    /// The release of what is locked, or why that cannot be loaded.
    pub locked: Result<Digest, GateLoadError>,
    /// Empty if both are the same, or if one is missing.
    pub differences: Vec<ReleaseDifference>,
}

/// One difference between the active release and what is locked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReleaseDifference {
    GateRecord,
    Prompt {
        active: Option<PinnedPrompt>,
        locked: Option<PinnedPrompt>,
    },
    ContractAdded {
        id: String,
        version: Version,
    },
    ContractRemoved {
        id: String,
        version: Version,
    },
    ContractVersion {
        id: String,
        active: Version,
        locked: Version,
    },
    /// The same version has other bytes, as a contract that was built anew on this machine.
    ContractBytes {
        id: String,
        version: Version,
    },
    Configuration {
        id: String,
    },
    /// The same table has other rows.
    Table {
        id: String,
        /// The contract's name for it.
        table: String,
    },
    BrandVoice,
    /// The gate names a brand voice document that is not there.
    BrandVoiceMissing,
    ScoreThresholds {
        active: ScoreThresholds,
        locked: ScoreThresholds,
    },
}

impl fmt::Display for ReleaseDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prompt = |prompt: &Option<PinnedPrompt>| match prompt {
            Some(prompt) => format!("{}@{}", prompt.name, prompt.version),
            None => "none".into(),
        };
        match self {
            Self::GateRecord => write!(f, "the gate file has changed"),
            Self::Prompt { active, locked } => {
                write!(f, "prompt {} instead of {}", prompt(locked), prompt(active))
            }
            Self::ContractAdded { id, version } => write!(f, "contract `{id}` {version} is new"),
            Self::ContractRemoved { id, version } => {
                write!(f, "contract `{id}` {version} is removed")
            }
            Self::ContractVersion { id, active, locked } => {
                write!(f, "contract `{id}` {locked} instead of {active}")
            }
            Self::ContractBytes { id, version } => {
                write!(f, "contract `{id}` {version} has other bytes")
            }
            Self::Configuration { id } => {
                write!(f, "the configuration of contract `{id}` has changed")
            }
            Self::Table { id, table } => {
                write!(f, "the table `{table}` of contract `{id}` has changed")
            }
            Self::BrandVoiceMissing => f.write_str("the brand voice document is missing"),
            Self::BrandVoice => f.write_str("the brand voice document has changed"),
            Self::ScoreThresholds { active, locked } => {
                let text = |thresholds: &ScoreThresholds| {
                    let ScoreThresholds { delegate_max, human_max } = thresholds;
                    format!("`delegate-max = {delegate_max}` and `human-max = {human_max}`")
                };
                write!(f, "`[score]` has {} instead of {}", text(locked), text(active))
            }
        }
    }
}

impl Host {
    /// Returns what is active at a gate, what is locked, and how they differ.
    pub async fn release_status(&self, gate: &GateName) -> Result<ReleaseStatus, ReleaseReadError> {
        match self.load_locked_gate(gate.as_str()).await {
            Ok(loaded) => self.compare_with_active(&loaded),
            Err(error) => {
                let active = self.shared.active_release(gate)?;
                Ok(ReleaseStatus { active, locked: Err(error), differences: Vec::new() })
            }
        }
    }

    /// Returns what is active at the gate of a loaded release, and how that release differs from it, as
    /// [`Host::release_status`] does of what is locked. It loads nothing, and blocks while it reads.
    pub fn compare_with_active(
        &self,
        loaded: &LoadedGate,
    ) -> Result<ReleaseStatus, ReleaseReadError> {
        let (gate, locked) = (&loaded.gate, &loaded.snapshot);
        let active = self.shared.active_release(&gate.name)?;
        let differences = match active {
            Some(active) if active != locked.digest => {
                let read = |reader: &dyn LedgerReader| read_release(reader, active);
                compare_releases(&self.shared.read(read)?, &locked.release, gate)
            }
            _ => Vec::new(),
        };
        Ok(ReleaseStatus { active, locked: Ok(locked.digest), differences })
    }
}

/// Returns how a release with this gate record differs from the active one.
fn compare_releases(active: &Release, locked: &Release, gate: &Gate) -> Vec<ReleaseDifference> {
    let mut differences = Vec::new();
    if active.gate_digest != locked.gate_digest {
        differences.push(ReleaseDifference::GateRecord);
    }
    if active.prompt != locked.prompt {
        let (active, locked) = (active.prompt.clone(), locked.prompt.clone());
        differences.push(ReleaseDifference::Prompt { active, locked });
    }
    for new in &locked.contracts {
        let (id, version) = (new.id.clone(), new.version.clone());
        let Some(old) = active.contracts.iter().find(|old| old.id == new.id) else {
            differences.push(ReleaseDifference::ContractAdded { id, version });
            continue;
        };
        if old.version != new.version {
            let (active, locked) = (old.version.clone(), version);
            differences.push(ReleaseDifference::ContractVersion { id: id.clone(), active, locked });
        } else if old.digest != new.digest {
            differences.push(ReleaseDifference::ContractBytes { id: id.clone(), version });
        }
        if old.config_digest != new.config_digest {
            differences.push(ReleaseDifference::Configuration { id: id.clone() });
        }
        // Which tables there are is part of the gate record.
        for (table, rows) in &new.tables {
            if old.tables.get(table).is_some_and(|old_rows| old_rows != rows) {
                let (id, table) = (id.clone(), table.clone());
                differences.push(ReleaseDifference::Table { id, table });
            }
        }
    }
    for old in &active.contracts {
        if !locked.contracts.iter().any(|new| new.id == old.id) {
            let (id, version) = (old.id.clone(), old.version.clone());
            differences.push(ReleaseDifference::ContractRemoved { id, version });
        }
    }
    if active.brand_voice != locked.brand_voice {
        let is_missing = gate.guardrails.brand_voice.is_some() && locked.brand_voice.is_none();
        differences.push(match is_missing {
            true => ReleaseDifference::BrandVoiceMissing,
            false => ReleaseDifference::BrandVoice,
        });
    }
    if active.score_thresholds != locked.score_thresholds {
        let (active, locked) = (active.score_thresholds, locked.score_thresholds);
        differences.push(ReleaseDifference::ScoreThresholds { active, locked });
    }
    differences
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tollgate_model::PinnedContract;

    use super::*;

    fn contract(id: &str, minor: u64, config: &str) -> PinnedContract {
        PinnedContract {
            id: id.into(),
            name: id.parse().unwrap(),
            version: Version::new(1, minor, 0),
            digest: Digest::of(format!("{id} {minor}")),
            config_digest: Digest::of(config),
            tables: BTreeMap::new(),
        }
    }

    fn gate() -> Gate {
        use tollgate_govern::example::{WELCOME_EMAIL, WELCOME_EMAIL_FILE};
        tollgate_govern::read::read(WELCOME_EMAIL_FILE, WELCOME_EMAIL).unwrap()
    }

    fn release(contracts: Vec<PinnedContract>) -> Release {
        Release {
            format: Default::default(),
            gate: "mail".parse().unwrap(),
            gate_digest: Digest::of("gate"),
            prompt: None,
            brand_voice: None,
            score_thresholds: ScoreThresholds::default(),
            contracts,
        }
    }

    #[test]
    fn names_every_difference() {
        let active = release(vec![contract("acme/a", 0, "{}"), contract("acme/b", 0, "{}")]);
        assert_eq!(compare_releases(&active, &active, &gate()), []);
        let locked = release(vec![contract("acme/a", 1, "[]"), contract("acme/c", 0, "{}")]);
        let texts: Vec<_> =
            compare_releases(&active, &locked, &gate()).iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "contract `acme/a` 1.1.0 instead of 1.0.0",
                "the configuration of contract `acme/a` has changed",
                "contract `acme/c` 1.0.0 is new",
                "contract `acme/b` 1.0.0 is removed",
            ]
        );
        let other_bytes = PinnedContract { digest: Digest::of("x"), ..contract("acme/a", 0, "{}") };
        let locked = release(vec![other_bytes, contract("acme/b", 0, "{}")]);
        let texts: Vec<_> =
            compare_releases(&active, &locked, &gate()).iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["contract `acme/a` 1.0.0 has other bytes"]);
    }

    #[test]
    fn tells_a_missing_brand_voice_document_from_one_that_the_gate_no_longer_names() {
        let active = Release { brand_voice: Some(Digest::of("voice")), ..release(Vec::new()) };
        let locked = release(Vec::new());
        let mut gate = gate();
        let missing = compare_releases(&active, &locked, &gate);
        assert_eq!(missing, [ReleaseDifference::BrandVoiceMissing]);
        gate.guardrails.brand_voice = None;
        let unnamed = compare_releases(&active, &locked, &gate);
        assert_eq!(unnamed, [ReleaseDifference::BrandVoice]);
    }
}
