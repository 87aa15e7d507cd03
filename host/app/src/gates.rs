//! The gates of a project: a file for each, in the folder `gates`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tollgate_govern::read::{Faults, read, read_as};
use tollgate_library::package::Requirement;
use tollgate_library::resolve::Wants;
use tollgate_model::{Digest, Gate, GateName};

use crate::project::Project;
use crate::{console, files};

/// Where gates lie in a project.
pub(crate) const FOLDER: &str = "gates";

/// Every gate of a project, in the order of their names. Everything that is wrong with any of them is told
/// at once.
pub(crate) fn all(project: &Path) -> anyhow::Result<Vec<Gate>> {
    let mut gates = Vec::new();
    let mut faults = Vec::new();
    for path in paths(project)? {
        match of_file(&path)? {
            Ok(gate) => gates.push(gate),
            Err(wrong) => faults.extend(wrong.0),
        }
    }
    match faults.is_empty() {
        true => Ok(gates),
        false => Err(console::wrong(&faults)),
    }
}

/// The gate of this name.
pub(crate) fn named(project: &Project, name: &str) -> anyhow::Result<Gate> {
    let paths = paths(&project.folder)?;
    let is_it = |path: &&PathBuf| path.file_stem().is_some_and(|stem| stem == name);
    let Some(path) = paths.iter().find(is_it) else {
        let stems = paths.iter().filter_map(|path| path.file_stem());
        let names: Vec<_> = stems.map(|stem| format!("`{}`", stem.to_string_lossy())).collect();
        bail!("there is no gate `{name}`: there is {}", names.join(", "));
    };
    of_file(path)?.map_err(|faults| console::wrong(&faults.0))
}

/// A gate that stands in any file, as another version of the one of this name.
pub(crate) fn of_path(path: &Path, name: &GateName) -> anyhow::Result<Gate> {
    let (file, text) = (path.display().to_string(), files::read_text(path)?);
    read_as(&file, Some(name.as_str()), &text).map_err(|faults| console::wrong(&faults.0))
}

/// What every gate of a project asks for.
pub(crate) fn wants(project: &Path) -> anyhow::Result<Vec<Wants>> {
    let gates = all(project)?;
    if gates.is_empty() {
        bail!(
            "there is no gate in `{}`, and so nothing is asked for",
            project.join(FOLDER).display()
        );
    }
    gates.iter().map(wanted).collect()
}

/// What a gate asks for.
pub(crate) fn wanted(gate: &Gate) -> anyhow::Result<Wants> {
    let prompt = gate
        .prompt
        .clone()
        .map(|prompt| Requirement { name: prompt.name.into(), versions: prompt.versions });
    let mut contracts: Vec<Requirement> = Vec::new();
    for binding in &gate.contracts {
        let contract = binding.contract.clone();
        let wanted = Requirement { name: contract.name.into(), versions: contract.versions };
        // A contract may be bound twice, with two configurations, and then runs in one version.
        match contracts.iter().find(|before| before.name == wanted.name) {
            Some(before) if *before != wanted => bail!(
                "gate `{}` asks for `{before}` and for `{wanted}`: a gate runs one version of a contract",
                gate.name
            ),
            Some(_) => {}
            None => contracts.push(wanted),
        }
    }
    Ok(Wants { gate: gate.name.to_string(), prompt, contracts })
}

/// The document on the brand's voice, as it lies there now.
pub(crate) fn brand_voice(project: &Project, gate: &Gate) -> Option<Digest> {
    let voice = gate.guardrails.brand_voice.as_ref()?;
    let bytes = files::read(&project.folder.join(voice.document.to_string())).ok()?;
    Some(Digest::of(bytes))
}

fn paths(project: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let folder = project.join(FOLDER);
    if !folder.is_dir() {
        bail!(
            "there is no `{}`: a gate is a file there, which names a prompt and contracts",
            folder.display()
        );
    }
    let entries = std::fs::read_dir(&folder).with_context(|| files::cannot_read(&folder))?;
    let paths: Result<Vec<_>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.with_context(|| files::cannot_read(&folder))?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    Ok(paths)
}

fn of_file(path: &Path) -> anyhow::Result<Result<Gate, Faults>> {
    Ok(read(&path.display().to_string(), &files::read_text(path)?))
}
