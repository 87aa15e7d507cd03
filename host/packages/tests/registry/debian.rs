//! Debian's `docker-registry`, started empty on a free port and stopped at the end of the test.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

const PROGRAM: &str = "docker-registry";
/// Another program may take the port before the registry does, so several are tried.
const PORTS_TRIED: usize = 5;
const START_CHECKS_MAX: usize = 1_000;
const START_CHECK_PAUSE: Duration = Duration::from_millis(20);

pub struct DebianRegistry {
    process: Child,
    pub address: String,
    folder: tempfile::TempDir,
}

impl DebianRegistry {
    pub fn start() -> Self {
        Self::start_with("", "", None)
    }

    /// Starts a registry that requires a user and password, given as a line of `htpasswd`.
    pub fn with_password(line: &str) -> Self {
        let auth = "auth:\n  htpasswd:\n    realm: test\n    path: FOLDER/htpasswd\n";
        Self::start_with("", auth, Some(line))
    }

    /// Starts a registry with TLS.
    pub fn with_tls(certificate: &Path, key: &Path) -> Self {
        let (certificate, key) = (certificate.display(), key.display());
        let tls = format!("  tls:\n    certificate: {certificate}\n    key: {key}\n");
        Self::start_with(&tls, "", None)
    }

    /// Returns the folder with its data. Only used by the tests of the tool.
    #[allow(dead_code)]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn start_with(http: &str, auth: &str, passwords: Option<&str>) -> Self {
        let start = |_| Self::start_on_free_port(http, auth, passwords);
        (0..PORTS_TRIED).find_map(start).expect("the registry did not start")
    }

    fn start_on_free_port(http: &str, auth: &str, passwords: Option<&str>) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let config = folder.path().join("config.yml");
        let storage = folder.path().join("storage");
        let text = format!(
            "version: 0.1\nlog:\n  level: error\nstorage:\n  delete:\n    enabled: true\n  \
             filesystem:\n    rootdirectory: {}\nhttp:\n  addr: {address}\n  secret: test\n\
             {http}{}",
            storage.display(),
            auth.replace("FOLDER", &folder.path().display().to_string())
        );
        fs::write(folder.path().join("htpasswd"), passwords.unwrap_or_default()).unwrap();
        fs::write(&config, text).unwrap();
        let process = Command::new(program())
            .arg("serve")
            .arg(config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut registry = Self { process, address, folder };
        registry.is_up().then_some(registry)
    }

    fn is_up(&mut self) -> bool {
        for _ in 0..START_CHECKS_MAX {
            if self.process.try_wait().unwrap().is_some() {
                return false;
            }
            if TcpStream::connect(&self.address).is_ok() {
                return true;
            }
            sleep(START_CHECK_PAUSE);
        }
        false
    }
}

impl Drop for DebianRegistry {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Finds the installed program, or the one that `cargo xtask test` unpacked.
fn program() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let unpacked = target.join("registry/usr/bin").join(PROGRAM);
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let installed = std::env::split_paths(&folders).map(|folder| folder.join(PROGRAM));
    installed.chain([unpacked]).find(|program| program.is_file()).unwrap_or_else(|| {
        panic!(
            "`{PROGRAM}` is missing: run `cargo xtask test`, or on Debian, apt install {PROGRAM}"
        )
    })
}
