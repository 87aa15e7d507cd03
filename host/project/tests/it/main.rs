//! A project in a folder, its packages in a store, and their sources, as other crates use them.

mod common;
mod gates;
mod local;
mod sources;
