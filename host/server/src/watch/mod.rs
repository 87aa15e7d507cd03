//! Watching: tells when the files of a project have changed and settled.
