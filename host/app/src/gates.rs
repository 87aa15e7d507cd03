//! What the gates of a project ask for: a prompt, and contracts. The rest of a gate is read
//! where it is decided by.

use std::path::Path;

use anyhow::{Context, anyhow, bail};
use serde::Deserialize;
use tollgate_library::package::{PackageName, Requirement};
use tollgate_library::resolve::Wants;

use crate::files;

/// Where gates lie in a project: a file for each.
pub(crate) const FOLDER: &str = "gates";

/// Of a gate's file, what its packages are.
#[derive(Deserialize)]
struct Gate {
    prompt: Option<toml::Spanned<String>>,
    #[serde(default)]
    contracts: Vec<Contract>,
}

#[derive(Deserialize)]
struct Contract {
    contract: toml::Spanned<String>,
}

/// What every gate of a project asks for, in the order of their names.
pub(crate) fn wants(project: &Path) -> anyhow::Result<Vec<Wants>> {
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
    if paths.is_empty() {
        bail!("there is no gate in `{}`, and so nothing is asked for", folder.display());
    }
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> anyhow::Result<Wants> {
    let text = files::read_text(path)?;
    let at = |start: usize| {
        let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
        format!("{}:{line}", path.display())
    };
    let gate: Gate = toml::from_str(&text).map_err(|error| {
        anyhow!("{}: {}", at(error.span().map_or(0, |span| span.start)), error.message())
    })?;
    let requirement = |written: &toml::Spanned<String>, contract: bool| {
        let wanted = written.get_ref().parse::<Requirement>();
        let wanted = wanted.map_err(|error| anyhow!("{}: {error}", at(written.span().start)))?;
        match matches!(wanted.name, PackageName::Contract(_)) == contract {
            true => Ok(wanted),
            false => Err(anyhow!(
                "{}: `{}` is the name of a {}: contracts are called `namespace/name`, prompts have no \
                 slash",
                at(written.span().start),
                wanted.name,
                wanted.name.kind(),
            )),
        }
    };
    let prompt = gate.prompt.as_ref().map(|prompt| requirement(prompt, false)).transpose()?;
    let contracts: anyhow::Result<Vec<_>> =
        gate.contracts.iter().map(|entry| requirement(&entry.contract, true)).collect();
    let contracts = contracts?;
    for (index, wanted) in contracts.iter().enumerate() {
        if contracts.iter().take(index).any(|before| before.name == wanted.name) {
            let line = gate.contracts.get(index).map_or(0, |entry| entry.contract.span().start);
            bail!("{}: `{}` is named twice in this gate: remove one", at(line), wanted.name);
        }
    }
    let gate = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Wants { gate, prompt, contracts })
}
