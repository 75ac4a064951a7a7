//! The store from outside: the contract, bad files, and a process that is killed.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod backup;
mod bad_files;
mod contract;
mod creations;
mod dropped;
mod full_disk;
mod groups;
mod kill;
mod links;
mod sample;
mod search;
