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
use crate::gates::quote_names;
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
    /// The project names sources for the namespace, and nothing else that it trusts says that it is the package.
    #[error(
        "`{package}` comes from {source_label}, but `{}` takes `{}` only from {}",
        .file.display(), .package.name.namespace(), quote_names(.named)
    )]
    OtherSource {
        package: Box<PackageId>,
        source_label: String,
        /// The project's file, which names the sources.
        file: PathBuf,
        /// Names of the sources that list the namespace.
        named: Vec<String>,
    },
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

/// Returns the trusted key that signed a package from a source, or `None` if it needs no signature. Fails as
/// [`verify_signature`] does, or if the project names other sources for its namespace. What is signed as the project
/// requires may come from any source, and the namespace of the standard contracts has rules of its own.
pub(crate) fn verify_trust(
    project: Option<&Project>,
    listed: &ListedPackage,
    source_label: &str,
) -> Result<Option<KeyId>, SignatureError> {
    let signer = verify_signature(project, listed, source_label);
    let package = &listed.metadata.package;
    if let Some(project) = project
        && !matches!(signer, Ok(Some(_)))
        && package.name.namespace() != standard::NAMESPACE
    {
        project.check_source(package, source_label)?;
    }
    signer
}

/// Returns the trusted key that signed a package, or `None` if it needs no signature. Fails if a required signature is
/// missing, or if the package is in the namespace of the standard contracts and neither one of them nor signed.
/// `place` says where it was found.
pub(crate) fn verify_signature(
    project: Option<&Project>,
    listed: &ListedPackage,
    place: &str,
) -> Result<Option<KeyId>, SignatureError> {
    let PackageMetadata { package, digest, .. } = &listed.metadata;
    let is_standard = package.name.namespace() == standard::NAMESPACE;
    // The tool alone stores packages under this label, so an earlier version of it included this one.
    let was_included = place == BundledSource::LABEL;
    if standard::find_exact(package, *digest, place)?.is_some() || is_standard && was_included {
        return Ok(None);
    }
    let signer = project.map(|project| project.find_signer(listed)).transpose()?.flatten();
    if is_standard && signer.is_none() {
        let (package, place) = (Box::new(package.clone()), place.to_owned());
        return Err(StandardContractError::NotIncluded { package, place }.into());
    }
    Ok(signer)
}

impl Project {
    /// Fails if the project names sources for the namespace of a package, and the one with this label is not among
    /// them.
    fn check_source(&self, package: &PackageId, source_label: &str) -> Result<(), SignatureError> {
        let namespace = package.name.namespace();
        let sources = self.settings.source.iter();
        let named: Vec<_> = sources.filter(|entry| entry.is_named_for(namespace)).collect();
        if named.is_empty() || named.iter().any(|entry| entry.has_label(source_label)) {
            return Ok(());
        }
        Err(SignatureError::OtherSource {
            package: Box::new(package.clone()),
            source_label: source_label.to_owned(),
            file: self.file_path(),
            named: named.iter().map(|entry| entry.name.clone()).collect(),
        })
    }

    /// Returns the trusted key that signed a package, or `None` if the project requires no signature for its
    /// namespace. Fails if a required signature is missing.
    fn find_signer(&self, listed: &ListedPackage) -> Result<Option<KeyId>, SignatureError> {
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
    let envelope = match files::read(&file) {
        Err(error) if error.is_missing() => return Ok(None),
        bytes => Envelope::parse(&bytes?),
    };
    envelope.map(Some).map_err(|source| SignatureError::SignatureFile { file, source })
}
