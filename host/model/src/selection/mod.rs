//! Parts of JSON documents that contracts judge as subjects of their own.
//!
//! A [`PointerPattern`] says which parts, [`select_parts`] finds them in a document, and a [`CheckedPart`] records which
//! one was judged.

mod document_part;
mod pointer_pattern;
mod raw_members;
mod select_parts;

pub use document_part::{CheckedPart, OutputPlace, PartProblem};
pub use pointer_pattern::{PointerPattern, PointerPatternError};
pub use select_parts::{PARTS_MAX, SelectedPart, find_part, select_parts};
