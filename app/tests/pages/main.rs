//! Pages rendered as the server does, against a Portal with known answers.
//!
//! Every page that is rendered is left in Cargo's directory for tests' files under
//! `pages/`, to be looked at.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a fixture that cannot be made fails its test"
)]

mod broken;
mod events;
mod fixture;
mod forms;
mod history;
mod hostile;
mod investigation;
mod kept;
mod leftovers;
mod logs;
mod objects;
mod outline;
mod problem;
mod render;
mod resource;
mod runbook;
mod share;
mod sharing;
mod sources;
mod triage;
mod triage_unwell;
