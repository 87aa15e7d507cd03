//! Signatures of packages: those in a file beside a component or prompt (`NAME.wasm.sig`), and those that a project
//! requires. The standard contracts need none, and nothing else is taken for one of them.

use std::fmt;
use std::path::{Path, PathBuf};

use tollgate_packages::package::{ListedPackage, Package, PackageId, PackageMetadata};
use tollgate_packages::source::BundledSource;
use tollgate_packages::trust::{
    Envelope, EnvelopeError, KeyId, PackageStatement, PublicKey, SecretKey, SignedStatement,
    StatementError,
};

use crate::files::{self, FileError};
use crate::project::{Project, ProjectError};
use crate::standard::{self, StandardContractError};

/// Reason why a signature cannot be made, read or accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Standard(#[from] StandardContractError),
    #[error("`{package}` is not signed, but {required}")]
    Unsigned { package: Box<PackageId>, required: Box<RequiredSignature> },
    #[error("`{package}` is not signed by a trusted key, but {required}")]
    Untrusted { package: Box<PackageId>, required: Box<RequiredSignature> },
    #[error("cannot read `{}` as a signature", .file.display())]
    SignatureFile { file: PathBuf, source: EnvelopeError },
    #[error("cannot read the signature of `{package}`")]
    Statement { package: Box<PackageId>, source: StatementError },
    #[error(
        "the signature belongs to {} with {}, but this package is {} with {}",
        .stated.package, .stated.digest, .actual.package, .actual.digest
    )]
    OtherPackage { stated: Box<PackageStatement>, actual: Box<PackageStatement> },
    #[error("the signature cannot be written as JSON")]
    Unwritable(#[source] serde_json::Error),
}

/// A signature that a project requires. Displayed as a clause, without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredSignature {
    /// The project's file, which requires it.
    pub file: PathBuf,
    /// Names of the keys, one of which must have signed.
    pub keys: Vec<String>,
    pub namespace: String,
}

impl fmt::Display for RequiredSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, keys, namespace } = self;
        let keys = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" or ");
        write!(f, "`{}` requires a signature by {keys} for `{namespace}`", file.display())
    }
}

/// Returns the trusted key that signed a package, or `None` if it needs no signature. Fails if a required signature is
/// missing, or if the package is in the namespace of the standard contracts and neither one of them nor signed.
/// `source` is the label of the source that it came from, or says where else it was found.
pub(crate) fn verify_trust(
    project: Option<&Project>,
    listed: &ListedPackage,
    source: &str,
) -> Result<Option<KeyId>, SignatureError> {
    let PackageMetadata { package, digest, .. } = &listed.metadata;
    let is_standard = package.name.namespace() == standard::NAMESPACE;
    // The tool alone stores packages under this label, so an earlier version of it included this one.
    let was_included = source == BundledSource::LABEL;
    if standard::find_exact(package, *digest, source)?.is_some() || is_standard && was_included {
        return Ok(None);
    }
    let signer = project.map(|project| project.verify_signature(listed)).transpose()?.flatten();
    if is_standard && signer.is_none() {
        let (package, place) = (Box::new(package.clone()), source.to_owned());
        return Err(StandardContractError::NotIncluded { package, place }.into());
    }
    Ok(signer)
}

impl Project {
    /// Returns the trusted key that signed a package, or `None` if the project requires no signature for its
    /// namespace. Fails if a required signature is missing.
    fn verify_signature(&self, listed: &ListedPackage) -> Result<Option<KeyId>, SignatureError> {
        let package = &listed.metadata.package;
        let namespace = package.name.namespace();
        let Some(keys) = self.required_keys(namespace)? else { return Ok(None) };
        let required = || {
            Box::new(RequiredSignature {
                file: self.file_path(),
                keys: keys.iter().map(|trusted| trusted.name.clone()).collect(),
                namespace: namespace.to_owned(),
            })
        };
        let package = || Box::new(package.clone());
        let Some(envelope) = &listed.signature else {
            return Err(SignatureError::Unsigned { package: package(), required: required() });
        };
        let public: Vec<_> = keys.iter().map(|trusted| trusted.key.clone()).collect();
        let signers = verified_signers(&listed.metadata, envelope, &public)?;
        let untrusted = || SignatureError::Untrusted { package: package(), required: required() };
        signers.into_iter().next().map(Some).ok_or_else(untrusted)
    }
}

/// Returns which of these keys have signed a package. Fails if the signature belongs to another package.
pub fn verified_signers(
    about: &PackageMetadata,
    envelope: &Envelope,
    keys: &[PublicKey],
) -> Result<Vec<KeyId>, SignatureError> {
    let signed = SignedStatement::open(envelope, keys).map_err(|source| {
        SignatureError::Statement { package: Box::new(about.package.clone()), source }
    })?;
    let actual = about.statement();
    if signed.statement != actual {
        let (stated, actual) = (Box::new(signed.statement), Box::new(actual));
        return Err(SignatureError::OtherPackage { stated, actual });
    }
    Ok(signed.signers)
}

/// Returns the path of a package's signature file.
pub fn signature_path(package: &Path) -> PathBuf {
    let mut name = package.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

/// Signs a package and adds the signature to those that its signature file already has. Returns the path of that
/// file.
pub fn sign(package: &Package, file: &Path, key: &SecretKey) -> Result<PathBuf, SignatureError> {
    let path = signature_path(file);
    let statement = package.metadata().statement();
    let new = statement.sign(key).map_err(SignatureError::Unwritable)?;
    // Earlier signatures of different bytes are dropped.
    let joined = read_signature(file)?.and_then(|old| old.merged_with(new.clone()));
    let json = joined.unwrap_or(new).to_json().map_err(SignatureError::Unwritable)?;
    files::write(&path, &json)?;
    Ok(path)
}

/// Reads the signatures of a package, or `None` if there is no signature file.
pub fn read_signature(package: &Path) -> Result<Option<Envelope>, SignatureError> {
    let file = signature_path(package);
    if !file.is_file() {
        return Ok(None);
    }
    let envelope = Envelope::parse(&files::read(&file)?);
    envelope.map(Some).map_err(|source| SignatureError::SignatureFile { file, source })
}
