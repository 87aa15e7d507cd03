//! Verifying a ledger with the keys that are trusted for its checkpoints: its events, contents, checkpoints, derived tables
//! and file.

use std::cell::RefCell;

use tollgate_ledger::{
    Checkpoint, LedgerError, LedgerReader, ProjectionDifference, VerificationReport,
};
use tollgate_packages::trust::{KeyId, PublicKey};

use crate::host::Host;

/// Result of verifying a ledger or an export.
#[derive(Debug)]
pub struct LedgerVerification {
    pub report: VerificationReport,
    /// Every checkpoint, with the trusted key that signed it; `None` if no trusted key did.
    pub checkpoints: Vec<(Checkpoint, Option<KeyId>)>,
    /// Differences between the projections and the events; empty for an export.
    pub differences: Vec<ProjectionDifference>,
    /// Errors that the database reports about its file; empty for an export.
    pub page_errors: Vec<String>,
    /// Whether contents were verified.
    pub contents_checked: bool,
}

/// Checks the signatures of checkpoints, and keeps which trusted key signed each of them.
pub struct CheckpointSignatures<'a> {
    trusted: &'a [PublicKey],
    found: RefCell<Vec<(Checkpoint, Option<KeyId>)>>,
}

impl LedgerVerification {
    /// Returns whether no fault, difference or page error was found.
    pub fn is_sound(&self) -> bool {
        self.report.is_sound() && self.differences.is_empty() && self.page_errors.is_empty()
    }
}

impl<'a> CheckpointSignatures<'a> {
    pub fn new(trusted: &'a [PublicKey]) -> Self {
        Self { trusted, found: RefCell::default() }
    }

    /// Returns whether a trusted key signed the message of a checkpoint.
    pub fn is_signed(&self, checkpoint: &Checkpoint, message: &[u8]) -> bool {
        let same_key = self.trusted.iter().filter(|key| key.id().as_str() == checkpoint.key);
        let mut valid = same_key.filter(|key| key.verifies(message, &checkpoint.signature));
        let by = valid.next().map(PublicKey::id);
        let is_signed = by.is_some();
        self.found.borrow_mut().push((checkpoint.clone(), by));
        is_signed
    }

    /// Returns every checkpoint that was checked, with the key that signed it.
    pub fn into_checkpoints(self) -> Vec<(Checkpoint, Option<KeyId>)> {
        self.found.into_inner()
    }
}

/// Verifies everything that a ledger has: its events, contents and derived tables, the checkpoints in it and those that
/// were kept elsewhere, and its file.
pub fn verify_ledger(
    view: &dyn LedgerReader,
    kept_checkpoints: &[Checkpoint],
    trusted: &[PublicKey],
) -> Result<LedgerVerification, LedgerError> {
    let signatures = CheckpointSignatures::new(trusted);
    let is_signed =
        |checkpoint: &Checkpoint, message: &[u8]| signatures.is_signed(checkpoint, message);
    let report = view.verify(kept_checkpoints, &is_signed)?;
    // Projections of changed events differ as well, which adds nothing to the faults already found.
    let differences = if report.is_sound() { view.check_projections()? } else { Vec::new() };
    let page_errors = view.examine_storage().unwrap_or_else(|error| vec![error.to_string()]);
    let checkpoints = signatures.into_checkpoints();
    let contents_checked = true;
    Ok(LedgerVerification { report, checkpoints, differences, page_errors, contents_checked })
}

impl Host {
    /// Verifies everything that the ledger has, as [`verify_ledger`] does. It blocks while it reads.
    pub fn verify_signed_ledger(
        &self,
        trusted: &[PublicKey],
    ) -> Result<LedgerVerification, LedgerError> {
        self.shared.read(|reader| verify_ledger(reader, &[], trusted))
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::Ruling;
    use tollgate_packages::trust::SecretKey;

    use super::*;
    use crate::test_host::TestHost;

    #[tokio::test]
    async fn a_checkpoint_counts_if_a_trusted_key_signed_it() {
        let test = TestHost::new();
        let [auditor, stranger] = [(); 2].map(|()| SecretKey::generate().unwrap());
        assert_eq!(test.host.sign_checkpoint(&auditor).unwrap(), None, "nothing is recorded yet");
        test.record_run("Hello", Ruling::Allow).await;
        let host = test.host.clone();
        let (keys, id) = ([auditor.public()], auditor.public().id());
        let sign = tokio::task::spawn_blocking(move || {
            host.sign_checkpoint(&auditor).unwrap();
            (host.verify_signed_ledger(&keys).unwrap(), host)
        });
        let (verified, host) = sign.await.unwrap();
        assert!(verified.is_sound(), "{:?}", verified.report.faults);
        let [(checkpoint, by)] = &verified.checkpoints[..] else { panic!("{verified:?}") };
        assert_eq!((checkpoint.seq, by.as_ref()), (1, Some(&id)));
        assert_eq!(verified.report.checkpoints, 1);

        let by_stranger = host.verify_signed_ledger(&[stranger.public()]).unwrap();
        assert!(!by_stranger.is_sound());
        assert_eq!(by_stranger.checkpoints[0].1, None);
        let copy = verified.checkpoints[0].0.clone();
        let forged = Checkpoint { signature: vec![0; 64], ..copy.clone() };
        let signatures = CheckpointSignatures::new(&[]);
        assert!(!signatures.is_signed(&copy, b"message"));
        assert!(!signatures.is_signed(&forged, b"message"));
        assert_eq!(signatures.into_checkpoints(), [(copy, None), (forged, None)]);
    }
}
