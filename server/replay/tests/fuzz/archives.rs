//! Archives with bytes of them changed: tar alone, with gzip, with zstd.

use std::fs;
use std::sync::LazyLock;

use podside_replay::practice;
use proptest::prelude::*;

use super::{cases, read};

/// One small recording, packed in each way.
static VALID: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let recording = practice::open("healthy-headless-service").unwrap();
    let mut packed = Vec::new();
    for name in ["a.tar.gz", "a.tar.zst"] {
        let path = folder.path().join(name);
        recording.write(&path).unwrap();
        packed.push((name, fs::read(path).unwrap()));
    }
    let tar = zstd::decode_all(&packed[1].1[..]).unwrap();
    packed.push(("a.tar", tar));
    packed
});

#[derive(Clone, Debug)]
enum Change {
    Set(prop::sample::Index, Vec<u8>),
    Cut(prop::sample::Index),
    Moved(prop::sample::Index, prop::sample::Index, usize),
    Added(Vec<u8>),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        6 => (at(), prop::collection::vec(any::<u8>(), 1..9)).prop_map(|(at, bytes)| Change::Set(at, bytes)),
        1 => at().prop_map(Change::Cut),
        2 => (at(), at(), 1..2000_usize).prop_map(|(from, to, length)| Change::Moved(from, to, length)),
        1 => prop::collection::vec(any::<u8>(), 1..600).prop_map(Change::Added),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Set(at, with) => {
            let at = at.index(bytes.len());
            for (byte, with) in bytes[at..].iter_mut().zip(with) {
                *byte = *with;
            }
        }
        Change::Cut(at) => bytes.truncate(at.index(bytes.len()).max(1)),
        Change::Moved(from, to, length) => {
            let from = from.index(bytes.len());
            let part = bytes[from..(from + length).min(bytes.len())].to_vec();
            let to = to.index(bytes.len());
            bytes.splice(to..to, part);
        }
        Change::Added(with) => bytes.extend_from_slice(with),
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn any_archive_is_read_or_refused(which in 0..3_usize, changes in prop::collection::vec(change(), 0..5), headers in any::<bool>()) {
        let (name, valid) = &VALID[which];
        let mut bytes = valid.clone();
        for change in &changes {
            // In a plain archive most bytes are content: now and then a header is aimed at.
            match change {
                Change::Set(at, with) if headers && *name == "a.tar" => {
                    let block = at.index(bytes.len() / 512) * 512;
                    for (byte, with) in bytes[block..].iter_mut().skip(at.index(300)).zip(with) {
                        *byte = *with;
                    }
                }
                change => apply(&mut bytes, change),
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let read = read(&path);
        if changes.is_empty() {
            prop_assert!(read.is_some());
        }
    }
}
