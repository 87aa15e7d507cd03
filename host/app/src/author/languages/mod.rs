//! The languages that contracts are written in: a file for each, that calls the language's
//! own tools.

mod c;
mod go;
mod javascript;
mod python;
mod rust;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::ValueEnum;
use serde_json::Value;
use tollgate_model::ContractFile;
use wit_component::ComponentEncoder;

use super::{SCHEMA_FILE, Toolbox, VENDOR};
use crate::{carried, files};

/// What the packages of the boundary are at, and so what contracts are built for.
pub(crate) const WIT_VERSION: &str = "0.1.0";
/// The packages of the boundary, each behind what it needs.
const WIT: [&str; 3] = ["contract.wit", "host.wit", "guest.wit"];

/// A language that there is an SDK for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Built with the author's own cargo.
    Rust,
    /// Built by componentize-py.
    Python,
    /// Built by the standard compiler.
    Go,
    /// C, C++ and what else reads a C header.
    C,
    /// Bundled by esbuild, for the runtime that this tool carries.
    #[value(name = "javascript")]
    JavaScript,
    /// The same, with types that are checked first.
    #[value(name = "typescript")]
    TypeScript,
}

/// What a language's tools made of a contract.
pub(super) struct Made {
    pub(super) component: Vec<u8>,
    pub(super) config_schema: Value,
    /// Whether the schema was derived from the code, and is another than before.
    pub(super) schema_changed: bool,
}

/// The file by which a language's own tools know a folder of theirs.
const MARKS: [(&str, Language); 5] = [
    ("Cargo.toml", Language::Rust),
    ("pyproject.toml", Language::Python),
    ("go.mod", Language::Go),
    // TypeScript too: both are built in one way.
    ("package.json", Language::JavaScript),
    ("Makefile", Language::C),
];

impl Language {
    /// The language of the contract in a folder.
    pub(super) fn of(folder: &Path) -> anyhow::Result<Self> {
        let found = MARKS.into_iter().find(|(mark, _)| folder.join(mark).is_file());
        if let Some((_, language)) = found {
            return Ok(language);
        }
        let marks = MARKS.map(|(mark, _)| format!("`{mark}`")).join(", ");
        bail!(
            "cannot tell in which language `{}` is written: it holds none of {marks}",
            folder.display()
        )
    }

    /// Makes a component of the contract in a folder, without its manifest.
    pub(super) fn make(
        self,
        folder: &Path,
        about: &ContractFile,
        tools: &Toolbox,
    ) -> anyhow::Result<Made> {
        match self {
            Self::Rust => rust::make(folder),
            Self::Python => python::make(folder, about, tools),
            Self::Go => go::make(folder, about, tools),
            Self::C => c::make(folder, about, tools),
            Self::JavaScript | Self::TypeScript => javascript::make(folder, about, tools),
        }
    }

    /// As it is asked for; also the folder of what a new contract starts from.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::Go => "go",
            Self::C => "c",
            Self::JavaScript => "javascript",
            Self::TypeScript => "typescript",
        }
    }

    /// The folder of its SDK.
    pub(super) fn sdk(self) -> &'static str {
        match self {
            Self::TypeScript => Self::JavaScript.name(),
            other => other.name(),
        }
    }
}

/// What an author has written a schema for.
fn made(folder: &Path, component: Vec<u8>) -> anyhow::Result<Made> {
    let config_schema = files::read_json(&folder.join(SCHEMA_FILE))
        .context("a contract says in a JSON Schema what its configuration has to be")?;
    Ok(Made { component, config_schema, schema_changed: false })
}

/// The SDK that came with the contract; the one of this binary, where it has none.
fn sdk_folder(folder: &Path, name: &str, work: &Path) -> anyhow::Result<PathBuf> {
    let vendored = folder.join(VENDOR).join("sdk").join(name);
    if vendored.is_dir() {
        return Ok(vendored);
    }
    let prefix = format!("sdk/{name}/");
    for (path, bytes) in carried::SDK.iter().filter(|(path, _)| path.starts_with(&prefix)) {
        files::write(&work.join(path), bytes)?;
    }
    Ok(work.join("sdk").join(name))
}

/// Writes the WIT as the tools of other languages want it: a world that imports and exports
/// what the contract says, and below it what that needs.
fn write_world(folder: &Path, about: &ContractFile) -> anyhow::Result<()> {
    let import = |capability| format!("    import tollgate:host/{capability}@{WIT_VERSION};\n");
    let imports: String = about.capabilities.keys().map(import).collect();
    let export = |name| format!("    export tollgate:contract/{name}@{WIT_VERSION};\n");
    let stream = if about.stream { export("judge-stream") } else { String::new() };
    let items = imports + &export("judge") + &stream;
    let world = format!("package tollgate:sdk@{WIT_VERSION};\n\nworld guest {{\n{items}}}\n");
    files::write(&folder.join("guest.wit"), world.as_bytes())?;
    for name in ["contract", "host"] {
        let text = carried_wit(&format!("{name}.wit"))?;
        files::write(&folder.join("deps").join(name).join("it.wit"), text.as_bytes())?;
    }
    Ok(())
}

fn carried_wit(name: &str) -> anyhow::Result<&'static str> {
    let path = format!("wit/{name}");
    let found = carried::SDK.iter().find(|(carried, _)| *carried == path);
    let text = found.and_then(|(_, bytes)| std::str::from_utf8(bytes).ok());
    text.context("the WIT is carried")
}

/// Writes into a core module what its imports and exports are, in the words of the WIT.
fn in_world(mut module: Vec<u8>, about: &ContractFile) -> anyhow::Result<Vec<u8>> {
    let mut resolve = wit_parser::Resolve::default();
    let mut guest = Vec::new();
    for name in WIT {
        guest.push(resolve.push_str(name, carried_wit(name)?)?);
    }
    let world = if about.stream { "tollgate:sdk/streaming-guest" } else { "tollgate:sdk/guest" };
    let world = resolve.select_world(&guest, Some(world))?;
    wit_component::embed_component_metadata(
        &mut module,
        &resolve,
        world,
        wit_component::StringEncoding::UTF8,
    )?;
    Ok(module)
}

/// From a core module that knows its world to a component.
fn componentize(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    componentize_with(module, None)
}

/// The same with an adapter for imports of this name.
fn componentize_with(module: &[u8], adapter: Option<(&str, &[u8])>) -> anyhow::Result<Vec<u8>> {
    let mut encoder = ComponentEncoder::default().validate(true);
    encoder = encoder.module(module).context("the module cannot be read as a contract")?;
    if let Some((name, adapter)) = adapter {
        encoder = encoder.adapter(name, adapter)?;
    }
    encoder.encode().context(
        "the module cannot become a component: everything that it imports has to be a capability. \
         A library that expects JavaScript or an operating system does not work in a sandbox",
    )
}
