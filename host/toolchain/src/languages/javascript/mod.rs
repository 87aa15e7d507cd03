//! Builds contracts in JavaScript and TypeScript: bundles the author's files and the SDK into one
//! program and embeds it in the runtime that this binary contains.

mod line_table;
mod url_module;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::json;
use tollgate_engine::embed_program;
use tollgate_model::{Capability, ContractFile};
use tollgate_project::files;

use super::encoding::{componentize, embed_world};
use super::{CompiledComponent, Language, resolve_sdk_folder, with_authored_schema};
use crate::build_error::BuildError;
use crate::build_log::BuildLog;
use crate::component::Toolchain;
use crate::embedded;
use crate::requirements::INSTALL_NODE;
use crate::toolbox::{NODE_MODULES, PinnedPackages, ToolError, run_tool, run_tool_with_input};

/// esbuild and the TypeScript compiler, both native programs, and what gives programs a `URL`.
const BUNDLER_PACKAGES: PinnedPackages =
    PinnedPackages::Npm(include_str!("package.json"), include_str!("package-lock.json"));
const ESBUILD: (&str, &str) = ("@esbuild", "bin/esbuild");
const TSC: (&str, &str) = ("@typescript", "lib/tsc");

/// Name that a contract with streams gives to the function that begins one.
const BEGIN_WORD: &str = "begin";
/// Text by which esbuild's errors about built-in modules of Node.js are recognised.
const NODE_BUILT_IN_ERROR: &str = "built into node";

const SDK_PACKAGE: &str = "tollgate-sdk";
/// Module of the SDK that sets the global `console`.
const CONSOLE_MODULE: &str = "src/global-console.js";
/// Types of the globals that esbuild adds to programs that name them.
const URL_TYPES: &str = "src/url.d.ts";
const PACKAGE_FILE: &str = "package.json";
const TSCONFIG_FILE: &str = "tsconfig.json";
/// Arguments that bundle the author's file with all its imports into one module. The condition
/// `tollgate` makes the SDK import the host's functions; without it, it uses fakes for unit tests.
const BUNDLE_ARGUMENTS: [&str; 13] = [
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

/// Builds the package in this folder into a component.
pub(super) fn build_component(
    folder: &Path,
    about: &ContractFile,
    toolchain: &Toolchain,
) -> Result<CompiledComponent, BuildError> {
    let runtime = embedded::JAVASCRIPT_RUNTIME.ok_or(BuildError::MissingRuntime)?;
    let temporary = toolchain.create_work_folder()?;
    let work = temporary.path().canonicalize().map_err(BuildError::TemporaryFolder)?;
    let folder = folder.canonicalize().map_err(BuildError::at_path(folder))?;
    let tools = toolchain.toolbox().get_or_fetch("esbuild", &BUNDLER_PACKAGES)?;
    let modules = tools.join(NODE_MODULES);
    let esbuild = find_native_program(&modules, ESBUILD)?;
    let package = JavaScriptPackage {
        main: read_main_file(&folder)?,
        sdk: find_sdk(&folder, &work)?,
        url_module: url_module::get_or_bundle(&tools, &esbuild, &work)?,
        folder,
        work,
        is_streaming: about.stream,
        has_log: about.capabilities.contains_key(&Capability::Log),
    };
    if package.folder.join(TSCONFIG_FILE).is_file() {
        package.check_types(&find_native_program(&modules, TSC)?)?;
    }
    let program = package.bundle(&esbuild, toolchain.log())?;
    let module = embed_program(runtime, program.text.as_bytes(), &program.capabilities)?;
    with_authored_schema(&package.folder, componentize(&embed_world(module, about)?)?)
}

/// Finds a native program. npm has a package for each platform and installs only the fitting one.
fn find_native_program(
    modules: &Path,
    (scope, program): (&'static str, &str),
) -> Result<PathBuf, BuildError> {
    let packages = std::fs::read_dir(modules.join(scope)).into_iter().flatten().flatten();
    let mut programs = packages.map(|package| package.path().join(program));
    let missing = || BuildError::NoNativeProgram { scope, modules: modules.to_owned() };
    programs.find(|path| path.is_file()).ok_or_else(missing)
}

#[derive(Deserialize)]
struct PackageManifest {
    main: Option<String>,
}

/// Returns the entry file of the contract: `main` of its `package.json`.
fn read_main_file(folder: &Path) -> Result<String, BuildError> {
    let manifest: PackageManifest = files::read_json(&folder.join(PACKAGE_FILE))?;
    let main = manifest.main.filter(|main| folder.join(main).is_file());
    main.ok_or_else(|| BuildError::NoEntryFile { manifest: folder.join(PACKAGE_FILE) })
}

/// Returns the SDK in `node_modules`, which the author's own tools use, or else the contract's or the
/// embedded one.
fn find_sdk(folder: &Path, work: &Path) -> Result<PathBuf, BuildError> {
    let installed = folder.join(NODE_MODULES).join(SDK_PACKAGE);
    if installed.join(PACKAGE_FILE).is_file() {
        return installed.canonicalize().map_err(BuildError::at_path(&installed));
    }
    resolve_sdk_folder(folder, "javascript", work)
}

/// A contract's package, with absolute paths.
struct JavaScriptPackage {
    folder: PathBuf,
    main: String,
    sdk: PathBuf,
    /// Module that esbuild imports where the program names `URL` or `URLSearchParams`.
    url_module: PathBuf,
    work: PathBuf,
    is_streaming: bool,
    /// Whether the contract declares the capability `log`, so that it can have a `console`.
    has_log: bool,
}

impl JavaScriptPackage {
    /// Checks the types of the contract only, without its tests, because packages that only the tests
    /// need may not be installed.
    fn check_types(&self, tsc: &Path) -> Result<(), BuildError> {
        let config = self.work.join(TSCONFIG_FILE);
        let mut sources = vec![self.folder.join(&self.main)];
        sources.extend(Some(self.sdk.join(URL_TYPES)).filter(|types| types.is_file()));
        let content = json!({
            "extends": self.folder.join(TSCONFIG_FILE),
            "compilerOptions": {
                "noEmit": true, "rootDir": null, "outDir": null, "types": [],
                // The types of Node.js, which a dependency may name, declare `URL` as well.
                "skipLibCheck": true,
                "paths": { SDK_PACKAGE: [self.sdk.join("src/index.d.ts")] },
            },
            "files": sources,
            "include": [],
        });
        files::write(&config, content.to_string().as_bytes())?;
        let mut command = Command::new(tsc);
        command.arg("--project").arg(config).current_dir(&self.folder);
        Ok(run_tool(&mut command, INSTALL_NODE)?)
    }

    fn bundle(
        &self,
        esbuild: &Path,
        log: &dyn BuildLog,
    ) -> Result<line_table::JavaScriptProgram, BuildError> {
        let modules = self.work.join(NODE_MODULES);
        std::fs::create_dir(&modules).map_err(BuildError::at_path(&modules))?;
        // `NODE_PATH` makes esbuild find the SDK even when the author has not run `npm install`.
        std::os::unix::fs::symlink(&self.sdk, modules.join(SDK_PACKAGE))
            .map_err(BuildError::at_path(&modules))?;
        let entry = self.work.join("entry.js");
        files::write(&entry, self.entry_module().as_bytes())?;
        let bundle = self.work.join("bundle.js");
        let about = self.work.join("about.json");
        let mut command = Command::new(esbuild);
        command.args(BUNDLE_ARGUMENTS).args(["--log-level=warning", "--color=false"]);
        command.arg(format!("--inject:{}", self.url_module.display()));
        command.arg(format!("--outfile={}", bundle.display()));
        command.arg(format!("--metafile={}", about.display()));
        command.current_dir(&self.folder).env("NODE_PATH", modules);
        let input = File::open(&entry).map_err(BuildError::at_path(&entry))?;
        let output =
            run_tool_with_input(&mut command, input.into(), INSTALL_NODE).map_err(bundle_error)?;
        if !output.err.is_empty() {
            log.compiler_warned(&output.err);
        }
        let about = files::read_json(&about)?;
        if self.is_streaming && !self.mentions_begin(&about) {
            return Err(Language::JavaScript.missing_stream(&self.folder));
        }
        let stable_name = |source: &str| self.stable_source_name(&self.work.join(source));
        line_table::finish_bundle(
            &files::read_text(&bundle)?,
            &files::read_json(&bundle.with_extension("js.map"))?,
            &about,
            stable_name,
        )
    }

    /// Returns whether the author's files mention `begin` at all. A contract in files that do not has none. That a contract
    /// in files that do has one is only known when it runs.
    fn mentions_begin(&self, about: &line_table::BundleMetadata) -> bool {
        let paths = about.inputs().map(|input| normalize_path(&self.folder.join(input)));
        let own = paths.filter(|path| !path.starts_with(&self.sdk) && *path != self.url_module);
        // The entry module is no file.
        let mut texts = own.filter_map(|path| files::read_text(&path).ok());
        texts.any(|text| has_word(&text, BEGIN_WORD))
    }

    /// Returns a module that exports the author's contract as the WIT requires.
    fn entry_module(&self) -> String {
        let main = json!(format!("./{}", self.main));
        let guest = if self.is_streaming { "streamingGuest" } else { "guest" };
        // An SDK that the author has kept may be older than the console.
        let has_console = self.has_log && self.sdk.join(CONSOLE_MODULE).is_file();
        let console = match has_console {
            true => format!("import '{SDK_PACKAGE}/console';\n"),
            false => String::new(),
        };
        format!(
            "{console}import {{ {guest} }} from '{SDK_PACKAGE}/guest';\nimport contract from {main};\n\
             export const judge = {guest}(contract);\n"
        )
    }

    /// Returns a source's name as its author knows it, which is the same on every machine.
    fn stable_source_name(&self, path: &Path) -> String {
        let path = normalize_path(path);
        if path == self.url_module {
            return url_module::STABLE_NAME.into();
        }
        match path.strip_prefix(&self.sdk) {
            Ok(inside) => Path::new(SDK_PACKAGE).join(inside),
            Err(_) => relative_path(&path, &self.folder),
        }
        .to_string_lossy()
        .into_owned()
    }
}

/// Returns whether a text has a word that is no part of a longer name.
fn has_word(text: &str, word: &str) -> bool {
    let is_of_name = |char: char| char.is_alphanumeric() || matches!(char, '_' | '$');
    text.split(|char| !is_of_name(char)).any(|name| name == word)
}

/// Explains esbuild's error about a built-in module of Node.js, which its own message takes for granted.
fn bundle_error(error: ToolError) -> BuildError {
    if error.to_string().contains(NODE_BUILT_IN_ERROR) {
        BuildError::NodeModule(error)
    } else {
        error.into()
    }
}

/// Resolves `..` in a path without reading the file system.
fn normalize_path(path: &Path) -> PathBuf {
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

/// Returns the path relative to a folder.
fn relative_path(path: &Path, folder: &Path) -> PathBuf {
    let steps_back = folder.ancestors().position(|ancestor| path.starts_with(ancestor));
    let shared = folder.ancestors().find(|ancestor| path.starts_with(ancestor));
    let rest = shared.and_then(|shared| path.strip_prefix(shared).ok()).unwrap_or(path);
    (0..steps_back.unwrap_or_default()).map(|_| Path::new("..")).chain([rest]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_no_part_of_a_name() {
        for text in ["contract({ judge, begin })", "begin: start", "  begin(state) {", "begin"] {
            assert!(has_word(text, BEGIN_WORD), "{text}");
        }
        for text in ["", "beginning", "const _begin = $begin;", "beg in"] {
            assert!(!has_word(text, BEGIN_WORD), "{text}");
        }
    }

    #[test]
    fn names_sources_relative_to_the_contract() {
        let package = JavaScriptPackage {
            folder: "/home/me/shouting".into(),
            main: "src/contract.js".into(),
            sdk: "/home/me/shouting/vendor/sdk".into(),
            url_module: "/home/me/.cache/tools/url/index.js".into(),
            work: "/tmp/work".into(),
            is_streaming: false,
            has_log: true,
        };
        let stable_name = |source: &str| package.stable_source_name(&package.work.join(source));
        assert_eq!(stable_name("../../home/me/shouting/src/contract.js"), "src/contract.js");
        assert_eq!(stable_name("../../home/me/shouting/vendor/sdk/a.js"), "tollgate-sdk/a.js");
        assert_eq!(stable_name("../../home/me/shared/words.js"), "../shared/words.js");
        assert_eq!(stable_name("../../usr/words.js"), "../../../usr/words.js");
        assert_eq!(stable_name("../../home/me/.cache/tools/url/index.js"), "core-js/url.js");
    }
}
