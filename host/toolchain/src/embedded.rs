//! Files that `build.rs` embeds: the WIT, the SDKs, the templates and the JavaScript runtime.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
