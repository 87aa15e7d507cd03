//! Contracts in JavaScript and TypeScript: one program of the author's files and the SDK, in the
//! runtime that this binary carries.

mod lines;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde::Deserialize;
use serde_json::json;
use tollgate_engine::embed_program;
use tollgate_model::ContractFile;

use super::{Made, componentize, in_world, made, sdk_folder};
use crate::author::Toolbox;
use crate::author::toolbox::{Locked, MODULES, NODE, run, run_with};
use crate::{carried, console, files};

/// esbuild, and the compiler of TypeScript: both are native programs.
const TOOLS: Locked = Locked::Npm(include_str!("package.json"), include_str!("package-lock.json"));
const ESBUILD: (&str, &str) = ("@esbuild", "bin/esbuild");
const TSC: (&str, &str) = ("@typescript", "lib/tsc");
const NO_RUNTIME: &str = "this tool was built without what contracts in JavaScript run on: where Python 3.11 or later \
     is installed with its `venv`, `cargo xtask build` makes it";

/// How esbuild calls a module that Node.js has, and a sandbox does not.
const BUILT_IN: &str = "built into node";
const NO_NODE: &str = "what Node.js has built in is not there in a sandbox: no files, no network, \
                       no processes";

const SDK: &str = "tollgate-sdk";
const PACKAGE: &str = "package.json";
const TSCONFIG: &str = "tsconfig.json";
/// Everything that the author's file reaches, in one module that runs as it is. The SDK takes
/// the boundary itself where the condition `tollgate` is on, and fakes for unit tests elsewhere.
const BUNDLE: [&str; 13] = [
    "--sourcefile=entry",
    "--bundle",
    "--format=esm",
    "--platform=neutral",
    "--main-fields=module,main",
    "--target=es2023",
    "--charset=utf8",
    "--conditions=tollgate",
    "--external:tollgate:*",
    "--legal-comments=none",
    "--sourcemap=external",
    "--sources-content=false",
    "--tsconfig-raw={}",
];

/// Makes a component of the package in this folder.
pub(super) fn make(folder: &Path, about: &ContractFile, tools: &Toolbox) -> anyhow::Result<Made> {
    let runtime = carried::JAVASCRIPT_RUNTIME.context(NO_RUNTIME)?;
    let temporary = tempfile::tempdir().context("there is no room for temporary files")?;
    let work = temporary.path().canonicalize()?;
    let folder = folder.canonicalize()?;
    let package = Package {
        main: main_of(&folder)?,
        sdk: sdk_of(&folder, &work)?,
        folder,
        work,
        streams: about.stream,
    };
    let tools = tools.get("esbuild", &TOOLS)?.join(MODULES);
    if package.folder.join(TSCONFIG).is_file() {
        package.check_types(&native(&tools, TSC)?)?;
    }
    let program = package.bundle(&native(&tools, ESBUILD)?)?;
    let module = embed_program(runtime, program.text.as_bytes(), &program.capabilities)?;
    made(&package.folder, componentize(&in_world(module, about)?)?)
}

/// A program that npm has a package of for each kind of machine, and installs the one of this.
fn native(modules: &Path, (scope, program): (&str, &str)) -> anyhow::Result<PathBuf> {
    let packages = std::fs::read_dir(modules.join(scope)).into_iter().flatten().flatten();
    let mut programs = packages.map(|package| package.path().join(program));
    programs.find(|path| path.is_file()).with_context(|| {
        format!("`{scope}` has no package for this kind of machine in `{}`", modules.display())
    })
}

#[derive(Deserialize)]
struct Manifest {
    main: Option<String>,
}

/// The file that the contract is.
fn main_of(folder: &Path) -> anyhow::Result<String> {
    let manifest: Manifest = files::read_json(&folder.join(PACKAGE))?;
    match manifest.main {
        Some(main) if folder.join(&main).is_file() => Ok(main),
        _ => bail!(
            "`main` in `{}` names no file: it is the file of the contract, `src/contract.js`",
            folder.join(PACKAGE).display()
        ),
    }
}

/// The SDK that the author's own tools see, where one is installed.
fn sdk_of(folder: &Path, work: &Path) -> anyhow::Result<PathBuf> {
    let installed = folder.join(MODULES).join(SDK);
    if installed.join(PACKAGE).is_file() {
        return Ok(installed.canonicalize()?);
    }
    sdk_folder(folder, "javascript", work)
}

struct Package {
    folder: PathBuf,
    main: String,
    sdk: PathBuf,
    work: PathBuf,
    streams: bool,
}

impl Package {
    /// Of what the contract is made of alone: what its tests need may not be installed.
    fn check_types(&self, tsc: &Path) -> anyhow::Result<()> {
        let config = self.work.join(TSCONFIG);
        let content = json!({
            "extends": self.folder.join(TSCONFIG),
            "compilerOptions": {
                "noEmit": true, "rootDir": null, "outDir": null, "types": [],
                "paths": { SDK: [self.sdk.join("src/index.d.ts")] },
            },
            "files": [self.folder.join(&self.main)],
            "include": [],
        });
        files::write(&config, content.to_string().as_bytes())?;
        run(Command::new(tsc).arg("--project").arg(config).current_dir(&self.folder), NODE)
    }

    fn bundle(&self, esbuild: &Path) -> anyhow::Result<lines::Program> {
        let modules = self.work.join(MODULES);
        std::fs::create_dir(&modules)?;
        std::os::unix::fs::symlink(&self.sdk, modules.join(SDK))?;
        let entry = self.work.join("entry.js");
        files::write(&entry, self.entry().as_bytes())?;
        let bundle = self.work.join("bundle.js");
        let about = self.work.join("about.json");
        let mut command = Command::new(esbuild);
        command.args(BUNDLE).args(["--log-level=warning", "--color=false"]);
        command.arg(format!("--outfile={}", bundle.display()));
        command.arg(format!("--metafile={}", about.display()));
        command.current_dir(&self.folder).env("NODE_PATH", modules);
        let said = run_with(&mut command, File::open(entry)?.into(), NODE).map_err(|error| {
            if error.to_string().contains(BUILT_IN) { error.context(NO_NODE) } else { error }
        })?;
        if !said.err.is_empty() {
            console::warn(said.err);
        }
        let known = |source: &str| self.known(&self.work.join(source));
        lines::finish(
            &files::read_text(&bundle)?,
            &files::read_json(&bundle.with_extension("js.map"))?,
            &files::read_json(&about)?,
            known,
        )
    }

    /// Joins the author's default export to what the WIT exports.
    fn entry(&self) -> String {
        let main = json!(format!("./{}", self.main));
        let guest = if self.streams { "streamingGuest" } else { "guest" };
        format!(
            "import {{ {guest} }} from '{SDK}/guest';\nimport contract from {main};\n\
             export const judge = {guest}(contract);\n"
        )
    }

    /// A source as its author names it, the same on every machine.
    fn known(&self, path: &Path) -> String {
        let path = normal(path);
        match path.strip_prefix(&self.sdk) {
            Ok(inside) => Path::new(SDK).join(inside),
            Err(_) => relative(&path, &self.folder),
        }
        .to_string_lossy()
        .into_owned()
    }
}

/// The path without steps back.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        if part.as_os_str() == ".." {
            normal.pop();
        } else {
            normal.push(part);
        }
    }
    normal
}

/// The way to a path from a folder.
fn relative(path: &Path, folder: &Path) -> PathBuf {
    let steps_back = folder.ancestors().position(|ancestor| path.starts_with(ancestor));
    let shared = folder.ancestors().find(|ancestor| path.starts_with(ancestor));
    let rest = shared.and_then(|shared| path.strip_prefix(shared).ok()).unwrap_or(path);
    (0..steps_back.unwrap_or_default()).map(|_| Path::new("..")).chain([rest]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_named_from_the_contract() {
        let package = Package {
            folder: "/home/me/shouting".into(),
            main: "src/contract.js".into(),
            sdk: "/home/me/shouting/vendor/sdk".into(),
            work: "/tmp/work".into(),
            streams: false,
        };
        let known = |source: &str| package.known(&package.work.join(source));
        assert_eq!(known("../../home/me/shouting/src/contract.js"), "src/contract.js");
        assert_eq!(known("../../home/me/shouting/vendor/sdk/a.js"), "tollgate-sdk/a.js");
        assert_eq!(known("../../home/me/shared/words.js"), "../shared/words.js");
        assert_eq!(known("../../usr/words.js"), "../../../usr/words.js");
    }
}
