//! What holds for whatever is sent to the portal: an answer that can be read, of bounded
//! length, never that something broke; and after it the portal serves as before.
//!
//! A few cases run with the other tests. `make soak` runs many, by PROPTEST_CASES.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../serving/mod.rs"]
mod serving;

mod log_streams;
mod requests;

use proptest::prelude::ProptestConfig;

use serving::Serving;

/// So many cases, unless PROPTEST_CASES says another number.
fn cases(few: u32) -> ProptestConfig {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = few;
    }
    config
}

/// Whether it still serves.
fn serves(serving: &Serving) {
    let answer = serving.get("/healthz");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}
