//! The standard contracts, embedded in the binary so that it works on its own.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
