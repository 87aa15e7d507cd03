//! Decisions as a whole, whatever comes in, and the documents that say how they are made.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod causes;
mod common;
mod decides;
mod documents;
mod invented;
mod life;
mod properties;
