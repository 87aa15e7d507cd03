//! What a prompt may cost. Whoever writes one is not always whom we trust, and a prompt that
//! is far from these bounds is an accident.

/// A model reads some hundred thousand tokens, which is about this much text.
pub const FILE_BYTES_MAX: usize = 1 << 20;
/// Schemas are a handful of levels deep; what reads them calls itself for each.
pub(super) const FRONT_MATTER_DEPTH_MAX: usize = 32;
/// Nobody can follow more blocks within blocks; what renders them calls itself for each.
pub(super) const BLOCK_DEPTH_MAX: usize = 32;
/// Partials within partials, for the same reason.
pub(super) const PARTIAL_DEPTH_MAX: usize = 8;
/// How many partials a prompt may be made of: each is a file to read.
pub(super) const PARTIALS_MAX: usize = 64;
/// How often a part of a template is looked at or rendered. Partials that name each other
/// twice, and loops within loops, multiply.
pub(super) const STEPS_MAX: usize = 1_000_000;
/// The largest subject has this size too: what goes into a model is about as large as what
/// comes out.
pub(super) const RENDERED_BYTES_MAX: usize = 16 << 20;
/// From here on a float skips whole numbers: what would be printed is not what was given.
pub(super) const EXACT_NUMBER_MAX: f64 = 9_007_199_254_740_992.0;
/// JSON that is indented further is not to be read by anybody.
pub(super) const INDENT_MAX: u64 = 8;
/// A folder of more files is the wrong folder.
pub(super) const FOLDER_FILES_MAX: usize = 10_000;
/// Whoever reads of so many faults in one prompt fixes these first.
pub(super) const FAULTS_MAX: usize = 100;
/// How many names a message repeats.
pub(super) const NAMES_SHOWN_MAX: usize = 20;
