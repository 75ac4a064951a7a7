//! The store from outside: the contract, bad files, and a process that is killed.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod bad_files;
mod contract;
mod kill;
mod links;
mod sample;
