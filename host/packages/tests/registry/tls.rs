//! TLS with a certificate that only `SSL_CERT_FILE` trusts. The variable applies to a whole
//! process, so each case is run in one.

use std::path::Path;
use std::process::{Command, Output};

use crate::debian::DebianRegistry;
use crate::{artefact, client, push, repository};

const ADDRESS: &str = "TOLLGATE_TEST_ADDRESS";

/// Creates a key and a self-signed certificate, as companies do for internal servers. `0.0.0.0`
/// reaches this machine, but is not a loopback address that plain HTTP would be used for.
fn create_certificate(folder: &Path) {
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
    child.args(["--exact", "tls::runs_in_its_own_process", "--nocapture", "--ignored"]);
    child.env(ADDRESS, address.replace("127.0.0.1", "0.0.0.0")).env_remove("SSL_CERT_DIR");
    match certificates {
        Some(file) => child.env("SSL_CERT_FILE", file),
        None => child.env_remove("SSL_CERT_FILE"),
    };
    child.output().unwrap()
}

#[test]
fn trusts_certificates_of_the_machine_only() {
    let folder = tempfile::tempdir().unwrap();
    create_certificate(folder.path());
    let file = folder.path().join("certificate.pem");
    let registry = DebianRegistry::with_tls(&file, &folder.path().join("key.pem"));
    let trusted = push_from(&registry.address, Some(&file));
    assert!(trusted.status.success(), "{}", String::from_utf8_lossy(&trusted.stdout));
    let strange = push_from(&registry.address, None);
    let stderr = String::from_utf8_lossy(&strange.stderr);
    assert!(!strange.status.success(), "nothing trusts the certificate");
    let is_tls_error = stderr.contains("UntrustedCertificate(") || stderr.contains("TlsSetup(");
    assert!(is_tls_error, "{stderr}");
}

#[test]
#[ignore = "started by the test above"]
fn runs_in_its_own_process() {
    use tollgate_packages::registry::Overwrite;
    let Ok(address) = std::env::var(ADDRESS) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let artefact = artefact(b"over TLS");
        push(&client(), &repository(&address), "1.0.0", &artefact, Overwrite::Never).await.unwrap();
    });
}
