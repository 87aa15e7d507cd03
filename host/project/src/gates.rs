//! The gates of a project: one TOML file each, in the folder `gates`.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use tollgate_govern::read::{GateFileError, GateFileErrors, read, read_with_name};
use tollgate_library::package::Requirement;
use tollgate_library::resolve::GateRequirements;
use tollgate_model::{Digest, Gate, GateName};

use crate::files;
use crate::project::Project;

/// Folder of the gates in a project.
pub const GATE_FOLDER: &str = "gates";

impl Project {
    /// Reads every gate, in order of file names. All errors of all gate files are reported together.
    pub fn read_gates(&self) -> anyhow::Result<Vec<Gate>> {
        let mut gates = Vec::new();
        let mut errors = Vec::new();
        for path in self.gate_paths()? {
            match read_file(&path)? {
                Ok(gate) => gates.push(gate),
                Err(GateFileErrors(more)) => errors.extend(more),
            }
        }
        match errors.is_empty() {
            true => Ok(gates),
            false => Err(join_errors(&errors)),
        }
    }

    /// Reads the gate with this name.
    pub fn read_gate(&self, name: &str) -> anyhow::Result<Gate> {
        let paths = self.gate_paths()?;
        let has_name = |path: &&PathBuf| path.file_stem().is_some_and(|stem| stem == name);
        let Some(path) = paths.iter().find(has_name) else {
            let stems = paths.iter().filter_map(|path| path.file_stem());
            let names: Vec<_> = stems.map(|stem| format!("`{}`", stem.to_string_lossy())).collect();
            bail!("there is no gate `{name}`; this project has {}", names.join(", "));
        };
        read_file(path)?.map_err(|errors| join_errors(&errors.0))
    }

    /// Returns the packages that the gates require. Fails if there is no gate.
    pub fn read_requirements(&self) -> anyhow::Result<Vec<GateRequirements>> {
        let gates = self.read_gates()?;
        if gates.is_empty() {
            bail!(
                "there is no gate in `{}`, so no package is required",
                self.folder.join(GATE_FOLDER).display()
            );
        }
        gates.iter().map(gate_requirements).collect()
    }

    /// Returns the path of the file of a gate, whether it exists or not.
    pub fn gate_path(&self, name: &GateName) -> PathBuf {
        self.folder.join(GATE_FOLDER).join(format!("{name}.toml"))
    }

    /// Returns the digest of the brand voice document as it is now, or `None` if it is missing or the gate has none.
    pub fn brand_voice_digest(&self, gate: &Gate) -> Option<Digest> {
        let voice = gate.guardrails.brand_voice.as_ref()?;
        let bytes = files::read(&self.folder.join(voice.document.to_string())).ok()?;
        Some(Digest::of(bytes))
    }

    fn gate_paths(&self) -> anyhow::Result<Vec<PathBuf>> {
        let folder = self.folder.join(GATE_FOLDER);
        if !folder.is_dir() {
            bail!(
                "there is no folder `{}`: put a gate file into it that names a prompt and contracts",
                folder.display()
            );
        }
        let entries =
            std::fs::read_dir(&folder).with_context(|| files::read_error_message(&folder))?;
        let paths: Result<Vec<_>, _> =
            entries.map(|entry| entry.map(|entry| entry.path())).collect();
        let mut paths = paths.with_context(|| files::read_error_message(&folder))?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        Ok(paths)
    }
}

/// Reads a gate from any file, as a version of the gate with this name.
pub fn read_gate_version(path: &Path, name: &GateName) -> anyhow::Result<Gate> {
    let (file, text) = (path.display().to_string(), files::read_text(path)?);
    read_with_name(&file, Some(name.as_str()), &text).map_err(|errors| join_errors(&errors.0))
}

/// Returns the packages that a gate requires.
pub fn gate_requirements(gate: &Gate) -> anyhow::Result<GateRequirements> {
    let prompt = gate
        .prompt
        .clone()
        .map(|prompt| Requirement { name: prompt.name.into(), versions: prompt.versions });
    let mut contracts: Vec<Requirement> = Vec::new();
    for binding in &gate.contracts {
        let contract = binding.contract.clone();
        let requirement = Requirement { name: contract.name.into(), versions: contract.versions };
        // A contract may be bound twice with different configurations, but only in one version.
        match contracts.iter().find(|before| before.name == requirement.name) {
            Some(before) if *before != requirement => bail!(
                "gate `{}` requires `{before}` and `{requirement}`: a gate can use only one version of a contract",
                gate.name
            ),
            Some(_) => {}
            None => contracts.push(requirement),
        }
    }
    Ok(GateRequirements { gate: gate.name.to_string(), prompt, contracts })
}

fn read_file(path: &Path) -> anyhow::Result<Result<Gate, GateFileErrors>> {
    Ok(read(&path.display().to_string(), &files::read_text(path)?))
}

fn join_errors(errors: &[GateFileError]) -> anyhow::Error {
    let all: Vec<_> = errors.iter().map(ToString::to_string).collect();
    match all.as_slice() {
        [only] => anyhow!(only.clone()),
        all => anyhow!("{} errors:\n  {}", all.len(), all.join("\n").replace('\n', "\n  ")),
    }
}
