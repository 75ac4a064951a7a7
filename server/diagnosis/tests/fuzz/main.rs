//! What holds for whatever bytes a cluster, a log or a file brings: nothing panics, what is
//! kept and said is bounded, and the same is always said of the same.
//!
//! A few cases run with the other tests. `make soak` runs many, by PROPTEST_CASES.
#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod fields;
mod hostile;
mod log_lines;
mod objects;
mod runbooks;

use proptest::prelude::ProptestConfig;

/// So many cases, unless PROPTEST_CASES says another number.
fn cases(few: u32) -> ProptestConfig {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = few;
    }
    config
}
