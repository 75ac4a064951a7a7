//! What holds for whatever an API server answers and a kubeconfig says: nothing panics, an
//! error is one plain text, and no value of a Secret is in anything that comes of it.
//!
//! A few cases run with the other tests. `make soak` runs many, by PROPTEST_CASES.
#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod answers;
mod kubeconfigs;
mod liar;

use proptest::prelude::ProptestConfig;

/// So many cases, unless PROPTEST_CASES says another number.
fn cases(few: u32) -> ProptestConfig {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = few;
    }
    config
}

/// What an error says is one text for a person: bounded, without control characters.
fn is_plain(said: &str) {
    assert!(said.len() <= 8 * 1024, "{} B: {said}", said.len());
    assert!(
        !said.contains(|c: char| c.is_control() && c != '\n'),
        "{said:?}"
    );
}
