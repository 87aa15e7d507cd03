//! Memory use of large blobs, which are never held as a whole.

use std::process::Command;

use crate::fake_server::{FakeServer, respond_head};
use crate::{client, repository};

const BLOB_BYTES: usize = 64 << 20;
const PIECE: &[u8] = &[7; 1 << 16];
/// Far less than the blob, but more than buffers and noise.
const GROWTH_KIBIBYTES_MAX: u64 = 12 << 10;
const ADDRESS: &str = "TOLLGATE_TEST_ADDRESS";

fn large() -> impl Iterator<Item = &'static [u8]> {
    std::iter::repeat_n(PIECE, BLOB_BYTES / PIECE.len())
}

#[test]
fn a_large_blob_is_never_in_memory_as_a_whole() {
    let server = FakeServer::start(|asked, stream| {
        use std::io::Write;
        match asked.method.as_str() {
            "HEAD" => respond_head(stream, 404, &[]),
            "POST" => {
                respond_head(stream, 202, &[("location", "/upload"), ("content-length", "0")])
            }
            "PUT" => respond_head(stream, 201, &[("content-length", "0")]),
            _ => {
                respond_head(stream, 200, &[("content-length", &BLOB_BYTES.to_string())]);
                large().all(|piece| stream.write_all(piece).is_ok());
            }
        }
    });
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "memory::runs_in_its_own_process", "--nocapture", "--ignored"])
        .env(ADDRESS, &server.address)
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    assert_eq!(server.requests().iter().map(|one| one.body.len()).max(), Some(BLOB_BYTES));
}

#[test]
#[ignore = "started by the test above"]
fn runs_in_its_own_process() {
    use std::io::Write;
    use tollgate_packages::registry::{Blob, Overwrite};
    let Ok(address) = std::env::var(ADDRESS) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (client, repository) = (client(), repository(&address));
    let mut source = tempfile::NamedTempFile::new().unwrap();
    large().for_each(|piece| source.write_all(piece).unwrap());
    runtime.block_on(async {
        // Make a first request before measuring, because it allocates buffers that are kept.
        client
            .fetch_blob(&repository, &crate::blob(b""), &mut crate::file(), &mut |_| ())
            .await
            .unwrap();
        client.list_tags(&repository).await.unwrap_err();
        let before = peak_kibibytes();
        let blob = Blob::file("application/wasm", source.path()).unwrap();
        let mut to = tempfile::tempfile().unwrap();
        client.fetch_blob(&repository, blob.descriptor(), &mut to, &mut |_| ()).await.unwrap();
        let mut artefact = crate::artefact(b"");
        artefact.layers = vec![blob];
        let tag = "1.0.0".parse().unwrap();
        let mut sent = Vec::new();
        let mut progress = |count| sent.push(count);
        client.push(&repository, &tag, &artefact, Overwrite::Always, &mut progress).await.unwrap();
        assert!(sent.is_sorted() && sent.len() > 10, "{sent:?}");
        let growth = peak_kibibytes() - before;
        println!("the peak grew by {growth} KiB");
        assert!(growth < GROWTH_KIBIBYTES_MAX, "the peak grew by {growth} KiB");
    });
}

fn peak_kibibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
