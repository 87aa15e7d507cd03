//! Compares the parts of the SDKs that follow the canonical ABI by hand with the WIT.

mod boundary;
mod layouts;
mod signatures;
