//! Languages that contracts are written in. Each has a file that calls the language's own tools;
//! this one has what they share.

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

use super::{SCHEMA_FILE, Toolbox, VENDOR_FOLDER};
use crate::{embedded, files};

/// Version of the WIT packages that contracts are built for.
pub(crate) const WIT_VERSION: &str = "0.1.0";
/// WIT files, each after those that it depends on.
const WIT_FILES: [&str; 3] = ["contract.wit", "host.wit", "guest.wit"];

/// A language that has an SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Built with the author's own cargo.
    Rust,
    /// Built by componentize-py.
    Python,
    /// Built by the standard compiler.
    Go,
    /// C, C++, Zig and other languages that can use a C header.
    C,
    /// Bundled by esbuild, for the runtime that this tool carries.
    #[value(name = "javascript")]
    JavaScript,
    /// JavaScript with types, which are checked first.
    #[value(name = "typescript")]
    TypeScript,
}

/// Result of a language's tools: a component without its manifest, and the configuration's schema.
pub(super) struct CompiledComponent {
    pub(super) component: Vec<u8>,
    pub(super) config_schema: Value,
    /// Whether the schema was derived from the code and differs from the file that was there.
    pub(super) schema_changed: bool,
}

/// File by which each language is recognised: the one that its own tools look for.
const MARKER_FILES: [(&str, Language); 5] = [
    ("Cargo.toml", Language::Rust),
    ("pyproject.toml", Language::Python),
    ("go.mod", Language::Go),
    // TypeScript as well: both are built in the same way.
    ("package.json", Language::JavaScript),
    ("Makefile", Language::C),
];

impl Language {
    /// Detects the language of the contract in a folder.
    pub(super) fn detect(folder: &Path) -> anyhow::Result<Self> {
        let marker = MARKER_FILES.into_iter().find(|(mark, _)| folder.join(mark).is_file());
        if let Some((_, language)) = marker {
            return Ok(language);
        }
        let marks = MARKER_FILES.map(|(mark, _)| format!("`{mark}`")).join(", ");
        bail!("cannot detect the language of `{}`: it has none of {marks}", folder.display())
    }

    /// Builds the contract in a folder into a component without a manifest.
    pub(super) fn build_component(
        self,
        folder: &Path,
        about: &ContractFile,
        tools: &Toolbox,
    ) -> anyhow::Result<CompiledComponent> {
        match self {
            Self::Rust => rust::build_component(folder),
            Self::Python => python::build_component(folder, about, tools),
            Self::Go => go::build_component(folder, about, tools),
            Self::C => c::build_component(folder, about, tools),
            Self::JavaScript | Self::TypeScript => {
                javascript::build_component(folder, about, tools)
            }
        }
    }

    /// Returns the name used on the command line and as the template's folder.
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

    /// Returns the folder name of the language's SDK.
    pub(super) fn sdk_name(self) -> &'static str {
        match self {
            Self::TypeScript => Self::JavaScript.name(),
            other => other.name(),
        }
    }
}

/// Combines a component with the schema that its author wrote.
fn with_authored_schema(folder: &Path, component: Vec<u8>) -> anyhow::Result<CompiledComponent> {
    let config_schema = files::read_json(&folder.join(SCHEMA_FILE))
        .context("a contract needs a JSON Schema of its configuration")?;
    Ok(CompiledComponent { component, config_schema, schema_changed: false })
}

/// Returns the folder of the contract's own SDK. Without one, unpacks the SDK embedded in this
/// binary into the work folder.
fn resolve_sdk_folder(folder: &Path, name: &str, work: &Path) -> anyhow::Result<PathBuf> {
    let vendored = folder.join(VENDOR_FOLDER).join("sdk").join(name);
    if vendored.is_dir() {
        return Ok(vendored);
    }
    let prefix = format!("sdk/{name}/");
    for (path, bytes) in embedded::SDK.iter().filter(|(path, _)| path.starts_with(&prefix)) {
        files::write(&work.join(path), bytes)?;
    }
    Ok(work.join("sdk").join(name))
}

/// Writes the WIT in the layout that other languages' tools expect: a world with the contract's
/// imports and exports, and its dependencies below it.
fn write_wit_world(folder: &Path, about: &ContractFile) -> anyhow::Result<()> {
    let import = |capability| format!("    import tollgate:host/{capability}@{WIT_VERSION};\n");
    let imports: String = about.capabilities.keys().map(import).collect();
    let export = |name| format!("    export tollgate:contract/{name}@{WIT_VERSION};\n");
    let stream = if about.stream { export("judge-stream") } else { String::new() };
    let items = imports + &export("judge") + &stream;
    let world = format!("package tollgate:sdk@{WIT_VERSION};\n\nworld guest {{\n{items}}}\n");
    files::write(&folder.join("guest.wit"), world.as_bytes())?;
    for name in ["contract", "host"] {
        let text = embedded_wit(&format!("{name}.wit"))?;
        files::write(&folder.join("deps").join(name).join("it.wit"), text.as_bytes())?;
    }
    Ok(())
}

fn embedded_wit(name: &str) -> anyhow::Result<&'static str> {
    let path = format!("wit/{name}");
    let file = embedded::SDK.iter().find(|(embedded, _)| *embedded == path);
    let text = file.and_then(|(_, bytes)| std::str::from_utf8(bytes).ok());
    text.with_context(|| format!("`{path}` is not embedded in this binary"))
}

/// Embeds the WIT world into a core module, as the component encoder needs it.
fn embed_world(mut module: Vec<u8>, about: &ContractFile) -> anyhow::Result<Vec<u8>> {
    let mut resolve = wit_parser::Resolve::default();
    let mut guest = Vec::new();
    for name in WIT_FILES {
        guest.push(resolve.push_str(name, embedded_wit(name)?)?);
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

/// Encodes a core module with an embedded world as a component.
fn componentize(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    componentize_with_adapter(module, None)
}

/// Encodes a core module as a component, satisfying the imports of one name with an adapter.
fn componentize_with_adapter(
    module: &[u8],
    adapter: Option<(&str, &[u8])>,
) -> anyhow::Result<Vec<u8>> {
    let mut encoder = ComponentEncoder::default().validate(true);
    encoder = encoder.module(module).context("the module cannot be read as a contract")?;
    if let Some((name, adapter)) = adapter {
        encoder = encoder.adapter(name, adapter)?;
    }
    encoder.encode().context(
        "the module cannot become a component: it may only import capabilities. \
         Libraries that need JavaScript or an operating system do not work in a sandbox",
    )
}
