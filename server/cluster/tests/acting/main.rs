//! What Podside does in a cluster, played by a served recording: each action as it goes well,
//! and each way in which it is not done.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod adding;
mod creating;
mod ending;
mod rights;
mod running;
mod sending;
mod stage;
mod stub;
mod trying;
