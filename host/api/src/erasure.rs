//! Results of erasing contents.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::erasure::ErasureResult;
use tollgate_model::FormatVersion;

/// Result of erasing contents from the ledger.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ErasureDocument {
    pub format: FormatVersion<1>,
    /// Number of contents that were erased.
    pub erased: u64,
    /// Number of contents that are kept although their retention has expired, because a run that is held needs them.
    pub needed: u64,
    /// Files that still have bytes of erased contents, because another process reads the ledger as it was before.
    /// Erasing again after it has ended removes them.
    pub files_in_use: Vec<String>,
}

impl From<&ErasureResult> for ErasureDocument {
    fn from(result: &ErasureResult) -> Self {
        let files = result.files_in_use.iter();
        Self {
            format: FormatVersion,
            erased: result.erased as u64,
            needed: result.needed as u64,
            files_in_use: files.map(|file| file.display().to_string()).collect(),
        }
    }
}
