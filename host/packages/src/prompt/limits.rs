//! Limits of reading and rendering prompts. Authors of prompts are not always trusted, and a prompt
//! that exceeds one of these limits is most likely an accident.

/// Models read a few hundred thousand tokens, which is about this much text.
pub const FILE_BYTES_MAX: usize = 1 << 20;
/// Real schemas have a handful of levels; the reader recurses once per level.
pub(super) const FRONT_MATTER_DEPTH_MAX: usize = 32;
/// Deeper nesting is unreadable; the renderer recurses once per block.
pub(super) const BLOCK_DEPTH_MAX: usize = 32;
/// Depth of partials within partials; the renderer recurses once per partial.
pub(super) const PARTIAL_DEPTH_MAX: usize = 8;
/// Each partial of a prompt is a file to read.
pub(super) const PARTIALS_MAX: usize = 64;
/// Number of template nodes that are checked or rendered. Nested loops, and partials that include
/// others several times, multiply.
pub(super) const STEPS_MAX: usize = 1_000_000;
/// Same as the largest subject: the input of a model is about as large as its output.
pub(super) const RENDERED_BYTES_MAX: usize = 16 << 20;
/// From 2^53 on a float cannot represent every whole number, so the printed number could differ
/// from the given one.
pub(super) const EXACT_NUMBER_MAX: f64 = 9_007_199_254_740_992.0;
/// Wider indentation makes JSON harder to read.
pub(super) const INDENT_MAX: u64 = 8;
/// A folder with more files is most likely not a folder of prompts.
pub(super) const FOLDER_FILES_MAX: usize = 10_000;
/// Number of errors reported per prompt: enough to work on before the next run.
pub(super) const ERRORS_MAX: usize = 100;
/// Number of steps of a validation up to which its errors are listed. Each step may end in one, which
/// takes a kilobyte.
pub(super) const LISTED_STEPS_MAX: u64 = 200_000;
/// Number of names that a message lists before it only counts the rest.
pub(super) const NAMES_SHOWN_MAX: usize = 20;
