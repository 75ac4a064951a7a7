//! The API server's own documents of its types, where they were recorded:
//! what `kubectl explain` reads (<https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3>).

use std::io::Read;

use serde_json::{Value, json};

/// Made by the example `pack`, like the scenarios.
const PACK: &[u8] = include_bytes!("../recordings/openapi.tar.zst");
/// The group versions in the pack.
const RECORDED: [&str; 3] = ["api/v1", "apis/apps/v1", "apis/batch/v1"];

/// `GET /openapi/v3`.
pub(crate) fn index() -> Value {
    let paths: serde_json::Map<String, Value> = RECORDED
        .iter()
        .map(|path| {
            let url = format!("/openapi/v3/{path}");
            ((*path).to_owned(), json!({"serverRelativeURL": url}))
        })
        .collect();
    json!({"paths": paths})
}

/// `GET /openapi/v3/PATH`, if it was recorded.
pub(crate) fn document(path: &str) -> Option<Vec<u8>> {
    let wanted = format!("{path}.json");
    let decoder = zstd::stream::read::Decoder::with_buffer(PACK).ok()?;
    let mut archive = tar::Archive::new(decoder);
    for entry in archive.entries().ok()? {
        let mut entry = entry.ok()?;
        if entry.path().ok()?.to_str() == Some(wanted.as_str()) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).ok()?;
            return Some(bytes);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_index_names_is_there() {
        for path in RECORDED {
            let document: Value = serde_json::from_slice(&document(path).unwrap()).unwrap();
            assert!(document["components"]["schemas"].is_object(), "{path}");
        }
        assert_eq!(document("apis/none/v1"), None);
    }
}
