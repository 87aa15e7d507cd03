//! Writes the bill of materials (SBOM) of the tool: CycloneDX 1.6 as JSON.
//!
//! It lists the crates that the tool and the contracts embedded in it are built from, for the target of this machine.
//! The same lock files give the same bytes, so it has neither a time nor a serial number.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::workspace_version;
use crate::setup::WASM_TARGET;
use crate::shell::{self, host_target, repository_root};

const TOOL: &str = "tollgate-cli";
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Name and version of a crate.
type CrateId = (String, String);

/// Part of a workspace that is listed.
struct Scope<'a> {
    /// Folder of the workspace in the repository.
    folder: &'a str,
    /// Arguments that select the crates at the top.
    top: &'a [&'a str],
    target: &'a str,
}

/// Crates that are built, as components and with their dependencies.
#[derive(Default)]
struct Bill {
    /// Components by their reference.
    components: BTreeMap<String, Value>,
    dependencies: BTreeMap<String, BTreeSet<String>>,
}

/// Writes the bill of materials, and returns its path.
pub fn write_sbom(dist: &Path) -> anyhow::Result<PathBuf> {
    let path = dist.join(format!("tollgate-{}.cdx.json", workspace_version()?));
    let text = serde_json::to_string_pretty(&describe_tool()?)?;
    fs::write(&path, format!("{text}\n")).with_context(|| format!("`{}`", path.display()))?;
    Ok(path)
}

fn describe_tool() -> anyhow::Result<Value> {
    let target = host_target()?;
    let mut bill = Bill::default();
    let tool = Scope { folder: ".", top: &["--package", TOOL], target: &target };
    bill.add_workspace(&tool)?;
    let contracts = Scope { folder: "plugins", top: &["--workspace"], target: WASM_TARGET };
    let contracts = bill.add_workspace(&contracts)?;
    let reference = format!("{TOOL}@{}", workspace_version()?);
    let mut root = bill.components.remove(&reference).context("the tool is not built")?;
    root["type"] = "application".into();
    root["name"] = "tollgate".into();
    root["properties"] = json!([{ "name": "cargo:target", "value": target }]);
    // The contracts are no dependencies of a crate: the tool has their components embedded.
    bill.dependencies.entry(reference).or_default().extend(contracts);
    let dependencies = bill.dependencies.iter();
    let dependencies = dependencies.map(|(from, to)| json!({ "ref": from, "dependsOn": to }));
    Ok(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "lifecycles": [{ "phase": "build" }], "component": root },
        "components": bill.components.values().collect::<Vec<_>>(),
        "dependencies": dependencies.collect::<Vec<_>>(),
    }))
}

impl Bill {
    /// Adds the crates of a workspace that are built, and returns the references of its members among them.
    fn add_workspace(&mut self, scope: &Scope<'_>) -> anyhow::Result<Vec<String>> {
        let built = find_built_crates(scope)?;
        let checksums = read_checksums(scope)?;
        let arguments = ["metadata", "--format-version", "1", "--filter-platform", scope.target];
        let metadata: Value = serde_json::from_str(&run_cargo(scope.folder, &arguments)?)?;
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let mut references = BTreeMap::new();
        for package in list(&metadata["packages"]) {
            let id = (text(&package["name"])?, text(&package["version"])?);
            if built.contains(&id) {
                let component = describe_crate(&package, &id, &checksums)?;
                let reference = reference_of(&id);
                let before = self.components.insert(reference.clone(), component.clone());
                if before.is_some_and(|before| before != component) {
                    bail!("two different crates are `{reference}`");
                }
                references.insert(text(&package["id"])?, reference);
            }
        }
        for node in list(&metadata["resolve"]["nodes"]) {
            let Some(from) = references.get(&text(&node["id"])?) else { continue };
            let to = self.dependencies.entry(from.clone()).or_default();
            for dependency in list(&node["deps"]) {
                let is_for_tests =
                    list(&dependency["dep_kinds"]).iter().all(|kind| kind["kind"] == "dev");
                if !is_for_tests && let Some(reference) = references.get(&text(&dependency["pkg"])?)
                {
                    to.insert(reference.clone());
                }
            }
        }
        let members = list(&metadata["workspace_members"]);
        let members = members.iter().filter_map(|id| references.get(id.as_str()?).cloned());
        Ok(members.collect())
    }
}

/// Returns the crates that are compiled. `cargo metadata` also lists those that only tests enable.
fn find_built_crates(scope: &Scope<'_>) -> anyhow::Result<BTreeSet<CrateId>> {
    let options = ["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"];
    let arguments = [&options[..], &["--target", scope.target], scope.top].concat();
    let tree = run_cargo(scope.folder, &arguments)?;
    let mut built = BTreeSet::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split(' ');
        let (name, version) = (words.next(), words.next());
        let version = version.and_then(|version| version.strip_prefix('v'));
        let (name, version) = name.zip(version).with_context(|| format!("no crate: `{line}`"))?;
        built.insert((name.to_owned(), version.to_owned()));
    }
    Ok(built)
}

/// Returns the SHA-256 of each crate's archive. Cargo writes one key a line.
fn read_checksums(scope: &Scope<'_>) -> anyhow::Result<BTreeMap<CrateId, String>> {
    let lock = fs::read_to_string(repository_root().join(scope.folder).join("Cargo.lock"))?;
    let packages = lock.split("[[package]]").skip(1).filter_map(|package| {
        let value = |key: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(key))?;
            Some(line.strip_prefix(" = \"")?.trim_end_matches('"').to_owned())
        };
        Some(((value("name")?, value("version")?), value("checksum")?))
    });
    Ok(packages.collect())
}

fn describe_crate(
    package: &Value,
    id: &CrateId,
    checksums: &BTreeMap<CrateId, String>,
) -> anyhow::Result<Value> {
    let (name, version) = id;
    let mut component = json!({
        "type": "library",
        "bom-ref": reference_of(id),
        "name": name,
        "version": version,
        "licenses": [describe_license(package).with_context(|| format!("crate `{name}`"))?],
    });
    match package["source"].as_str() {
        // A crate of this repository is in no registry, so it has no address there.
        None => {}
        Some(REGISTRY) => {
            let checksum =
                checksums.get(id).with_context(|| format!("`{name}` has no checksum"))?;
            component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
            let version = version.replace('+', "%2B");
            component["purl"] = format!("pkg:cargo/{name}@{version}").into();
        }
        Some(other) => bail!("`{name}` is from `{other}`, which the bill of materials cannot name"),
    }
    Ok(component)
}

/// Returns the licence as CycloneDX has it: an SPDX expression, or the name of a file.
fn describe_license(package: &Value) -> anyhow::Result<Value> {
    if let Some(expression) = package["license"].as_str() {
        // Old manifests separate alternatives by a slash.
        let alternatives: Vec<_> = expression.split('/').map(str::trim).collect();
        return Ok(json!({ "expression": alternatives.join(" OR ") }));
    }
    let file = package["license_file"].as_str().context("no licence is stated")?;
    Ok(json!({ "license": { "name": file } }))
}

fn reference_of((name, version): &CrateId) -> String {
    format!("{name}@{version}")
}

/// Runs cargo in a folder of the repository, and returns what it prints. The lock files stay as they are.
fn run_cargo(folder: &str, arguments: &[&str]) -> anyhow::Result<String> {
    let mut cargo = shell::command("cargo", arguments);
    let output = cargo.arg("--locked").current_dir(repository_root().join(folder)).output();
    let output = output.context("cannot run `cargo`")?;
    if !output.status.success() {
        let (task, error) = (arguments.join(" "), String::from_utf8_lossy(&output.stderr));
        bail!("`cargo {task}` failed: {error}");
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn text(value: &Value) -> anyhow::Result<String> {
    Ok(value.as_str().context("`cargo metadata` has something else than text here")?.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use jsonschema::{Retrieve, Uri};

    use super::*;

    /// Reads the schemas that the schema of CycloneDX refers to from where `cargo xtask test` keeps them.
    struct FetchedSchemas;

    fn read_schema(name: &str) -> Value {
        let path = crate::build::target_folder().join("schemas").join(name);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!("`{}` is missing ({error}): run `cargo xtask test`", path.display())
        });
        serde_json::from_str(&text).unwrap()
    }

    impl Retrieve for FetchedSchemas {
        fn retrieve(
            &self,
            uri: &Uri<String>,
        ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
            let name = uri.as_str().rsplit('/').next().unwrap_or_default();
            Ok(read_schema(name))
        }
    }

    #[test]
    fn the_bill_of_materials_matches_the_schema_of_cyclonedx() {
        let bill = describe_tool().unwrap();
        let schema = read_schema("bom-1.6.SNAPSHOT.schema.json");
        let schema = jsonschema::options().with_retriever(FetchedSchemas).build(&schema).unwrap();
        let errors: Vec<_> = schema.iter_errors(&bill).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0]);
        let mut other = bill.clone();
        other["components"][0]["type"] = "crate".into();
        assert!(!schema.is_valid(&other), "the schema checks components");
    }

    #[test]
    fn lists_what_is_built_and_nothing_else() {
        let bill = describe_tool().unwrap();
        let components = bill["components"].as_array().unwrap();
        let find = |name: &str| components.iter().find(|component| component["name"] == name);
        let wasmtime = find("wasmtime").unwrap();
        let version = wasmtime["version"].as_str().unwrap();
        assert_eq!(wasmtime["purl"], format!("pkg:cargo/wasmtime@{version}"));
        assert_eq!(wasmtime["hashes"][0]["content"].as_str().unwrap().len(), 64);
        assert!(wasmtime["licenses"][0]["expression"].is_string());
        assert!(find("libsqlite3-sys").is_some());
        assert!(find("banned-terms").is_some(), "embedded contracts are part of the tool");
        for only_for_tests in ["proptest", "insta", "xtask"] {
            assert!(find(only_for_tests).is_none(), "{only_for_tests}");
        }
        let references: BTreeSet<_> =
            components.iter().map(|one| one["bom-ref"].as_str().unwrap()).collect();
        assert_eq!(references.len(), components.len());
        for dependency in bill["dependencies"].as_array().unwrap() {
            for to in dependency["dependsOn"].as_array().unwrap() {
                assert!(references.contains(to.as_str().unwrap()), "{to}");
            }
        }
    }
}
