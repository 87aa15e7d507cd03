//! TLS, with a certificate that only `SSL_CERT_FILE` vouches for. It is a setting of a whole
//! process, so that each case is one.

use std::path::Path;
use std::process::{Command, Output};

use crate::debian::Registry;
use crate::{artefact, client, push, repository};

const ADDRESS: &str = "TOLLGATE_TEST_ADDRESS";

/// Keys and certificates as a company makes them for itself. `0.0.0.0` is this machine by a name
/// that plain HTTP is not spoken to.
fn certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2".split(' '))
        .args("-keyout key.pem -out certificate.pem -subj /CN=test".split(' '))
        .args(
            "-addext subjectAltName=IP:0.0.0.0 -addext basicConstraints=critical,CA:FALSE"
                .split(' '),
        )
        .current_dir(folder)
        .output()
        .expect("`openssl` is missing: on Debian, apt install openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

fn push_from(address: &str, certificates: Option<&Path>) -> Output {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "tls::in_a_process_of_its_own", "--nocapture", "--ignored"]);
    child.env(ADDRESS, address.replace("127.0.0.1", "0.0.0.0")).env_remove("SSL_CERT_DIR");
    match certificates {
        Some(file) => child.env("SSL_CERT_FILE", file),
        None => child.env_remove("SSL_CERT_FILE"),
    };
    child.output().unwrap()
}

#[test]
fn who_vouches_for_a_registry_is_for_the_machine_to_say() {
    let folder = tempfile::tempdir().unwrap();
    certificate(folder.path());
    let file = folder.path().join("certificate.pem");
    let registry = Registry::with_tls(&file, &folder.path().join("key.pem"));
    let trusted = push_from(&registry.address, Some(&file));
    assert!(trusted.status.success(), "{}", String::from_utf8_lossy(&trusted.stdout));
    let strange = push_from(&registry.address, None);
    let told = String::from_utf8_lossy(&strange.stderr);
    assert!(!strange.status.success(), "nobody vouches for it");
    assert!(told.contains("Certificate(") || told.contains("Client("), "{told}");
}

#[test]
#[ignore = "run by the test above"]
fn in_a_process_of_its_own() {
    use tollgate_library::registry::Overwrite;
    let Ok(address) = std::env::var(ADDRESS) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let artefact = artefact(b"over TLS");
        push(&client(), &repository(&address), "1.0.0", &artefact, Overwrite::Never).await.unwrap();
    });
}
