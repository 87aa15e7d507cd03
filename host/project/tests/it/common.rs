//! A folder with a project and a store, and small packages for them.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use tempfile::TempDir;
use tollgate_engine::{embed_manifest, read_manifest};
use tollgate_model::{ContractFile, Manifest};
use tollgate_packages::lock::{LockFile, LockedGate, LockedPackage};
use tollgate_packages::package::{ListedPackage, Package, PackageId};
use tollgate_packages::store::Store;
use tollgate_packages::trust::SecretKey;
use tollgate_project::{LocalPackages, PROJECT_FILE, Project, files};

/// A temporary folder with a project in it. The store is beside the project.
pub struct Place {
    folder: Rc<TempDir>,
    project: String,
}

impl Place {
    pub fn new(project_file: &str) -> Self {
        let folder = Rc::new(tempfile::tempdir().unwrap());
        let place = Self { folder, project: "project".into() };
        place.write(PROJECT_FILE, project_file);
        place
    }

    /// Makes another project beside this one, which has the same store.
    pub fn another(&self, project_file: &str) -> Self {
        let place = Self { folder: Rc::clone(&self.folder), project: "another".into() };
        place.write(PROJECT_FILE, project_file);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(&self.project).join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        files::write(&path, content.as_ref()).unwrap();
        path
    }

    /// Writes a gate that requires these contracts.
    pub fn gate(&self, name: &str, contracts: &[&str]) {
        let entry = |wanted: &&str| format!("\n[[contracts]]\ncontract = \"{wanted}\"\n");
        let contracts: String = contracts.iter().map(entry).collect();
        self.write(&format!("gates/{name}.toml"), contracts);
    }

    /// Writes the public key of a new key to the trusted keys of the project.
    pub fn trust(&self, name: &str) -> SecretKey {
        let key = SecretKey::generate().unwrap();
        self.write(&format!("trust/{name}.pub"), key.public().to_pem().unwrap());
        key
    }

    pub fn store(&self) -> Store {
        Store::new(self.folder.path().join("store"))
    }

    pub fn project(&self) -> Project {
        Project::open(&self.path("")).unwrap()
    }

    pub fn packages(&self) -> LocalPackages {
        LocalPackages::new(Some(self.project()), Some(self.store()))
    }

    /// Puts a package into the store, as if it had been fetched from the source `ours`.
    pub fn pull(&self, package: &Package) {
        self.store().put(package.bytes()).unwrap();
        self.store().cache_metadata("ours", &listed(package)).unwrap();
    }

    /// Locks packages for the gate `letters`.
    pub fn lock(&self, packages: &[&Package]) {
        self.project().write_lock(&lock_of(packages)).unwrap();
    }
}

pub fn lock_of(packages: &[&Package]) -> LockFile {
    let id = |package: &&Package| package.metadata().package.clone();
    let gate = LockedGate { prompt: None, contracts: packages.iter().map(id).collect() };
    let entry = |package: &&Package| {
        (id(package), LockedPackage::new(&listed(package), "ours".into(), None))
    };
    LockFile {
        gates: [("letters".to_owned(), gate)].into(),
        packages: packages.iter().map(entry).collect(),
    }
}

/// Returns the package as an unsigned one is listed.
pub fn listed(package: &Package) -> ListedPackage {
    let metadata = package.metadata().clone();
    ListedPackage { metadata, signature: None, yanked: None, forced_reason: None }
}

/// Returns a component that has a manifest and nothing else.
pub fn component(id: &str, description: &str) -> Vec<u8> {
    let PackageId { name, version } = id.parse().unwrap();
    let contract = serde_json::json!({
        "name": name.to_string(), "version": version, "description": description,
        "license": "MIT", "wit": "0.1.0",
    });
    let contract: ContractFile = serde_json::from_value(contract).unwrap();
    let schema = serde_json::json!({"type": "object"});
    let manifest = Manifest { contract, config_schema: schema, warm_up: Vec::new() };
    let mut component = b"\0asm\x0d\0\x01\0".to_vec();
    embed_manifest(&mut component, &manifest).unwrap();
    component
}

pub fn contract(id: &str) -> Package {
    contract_with(id, "Calm.")
}

/// Returns a contract whose bytes depend on the description.
pub fn contract_with(id: &str, description: &str) -> Package {
    let bytes = component(id, description);
    let manifest = read_manifest(&bytes).unwrap();
    Package::from_contract(bytes, &manifest).unwrap()
}

/// Returns the path of the only blob in a store.
pub fn only_blob(store: &Store) -> PathBuf {
    fn blobs(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => blobs(&path, found),
                false => found.push(path),
            }
        }
    }
    let mut found = Vec::new();
    blobs(&store.folder().join("sha256"), &mut found);
    let [only] = <[_; 1]>::try_from(found).unwrap();
    only
}
