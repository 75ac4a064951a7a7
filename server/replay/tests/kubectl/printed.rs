//! What a kubectl 1.36 printed of the recorded cluster, by scenario and file.

use std::{collections::BTreeMap, io::Read};

/// Scenario, then file, then text.
pub(crate) type Printed = BTreeMap<String, BTreeMap<String, String>>;

/// Read the pack that `examples/pack.rs` made.
pub(crate) fn printed() -> Printed {
    let pack = include_bytes!("../data/printed.tar.zst");
    let decoder = zstd::stream::read::Decoder::with_buffer(pack.as_slice()).unwrap();
    let mut printed = Printed::new();
    for entry in tar::Archive::new(decoder).entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_str().unwrap().to_owned();
        let (scenario, file) = path.split_once('/').unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        printed
            .entry(scenario.to_owned())
            .or_default()
            .insert(file.to_owned(), text);
    }
    printed
}
