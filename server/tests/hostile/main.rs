//! Hostile text in everything that a cluster, a recording's name, an address, a form, a
//! file or a kubeconfig can bring is inert and legible in every answer of the real router
//! and in everything that is printed; and a secret in it is in none of them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod answer;
mod commands;
mod kept;
#[expect(dead_code, reason = "the pages' own tests use all of it")]
#[path = "../../../app/tests/pages/outline.rs"]
mod outline;
mod pages;
mod portal;
mod recording;
mod secrets;
#[path = "../serving/mod.rs"]
mod serving;
mod sharing;
mod text;
