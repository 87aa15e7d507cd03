//! What the binary carries, so that it works alone, anywhere.

include!(concat!(env!("OUT_DIR"), "/carried.rs"));
