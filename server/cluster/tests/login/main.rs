//! How Podside logs in: with the credentials that a kubeconfig names, had once for a
//! connection, wherever they come from. What works in kubectl works here.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod api;
mod home;
mod kubeconfigs;
mod plugins;
mod proxies;
