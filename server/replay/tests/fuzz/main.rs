//! What holds for whatever bytes are given as a recording: it is read or refused, with the
//! recording named and the rest of the text bounded; what was read is written and read
//! again as the same.
//!
//! A few cases run with the other tests. `make soak` runs many, by PROPTEST_CASES.
#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod archives;
mod files;

use std::fs;
use std::path::Path;

use podside_replay::Recording;
use proptest::prelude::ProptestConfig;

/// So many cases, unless PROPTEST_CASES says another number.
fn cases(few: u32) -> ProptestConfig {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = few;
    }
    config
}

/// Opens what lies there; what could be opened survives being written and read.
fn read(path: &Path) -> Option<Recording> {
    let recording = match Recording::open(path) {
        Ok(recording) => recording,
        Err(error) => {
            let said = error.to_string();
            assert!(said.contains(&path.display().to_string()), "{said}");
            assert!(said.len() < 2000, "{} B: {said}", said.len());
            return None;
        }
    };
    assert!(recording.recorded_start() <= recording.recorded_end());
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.tar.gz");
    // A name in it may be none of a file.
    if recording.write(&copy).is_ok() {
        let again = Recording::open(&copy).unwrap();
        assert_eq!(again.objects(), recording.objects());
        assert_eq!(again.changes().len(), recording.changes().len());
        assert_eq!(
            again.logs().keys().collect::<Vec<_>>(),
            recording.logs().keys().collect::<Vec<_>>()
        );
        for (key, log) in recording.logs() {
            assert_eq!(again.logs()[key].current, log.current);
            assert_eq!(again.logs()[key].previous, log.previous);
        }
        let parts = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(parts, 1, "the copy alone is left");
    }
    Some(recording)
}
