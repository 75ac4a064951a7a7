//! Cluster text made safe to keep, compare and show.
//!
//! Names, messages and log lines are written by whoever may create an object, so
//! they can hold terminal escapes, bidirectional overrides or a megabyte of text.
//! Everything passes through [`clean`] on its way into a fact, and through
//! [`clean_json`] where JSON is shown without becoming one.

use std::borrow::Cow;

use podside_model::legible::{legible, legible_up_to};
use serde_json::{Map, Value};

/// The longest name, key, path or short value that is kept, in bytes. Kubernetes
/// names end at 253 bytes and label values at 63; images and paths are longer.
pub const SHORT: usize = 1024;

/// The longest message that is kept, in bytes. Termination messages end at 4 KiB.
pub const LONG: usize = 4096;

/// `text` as it may be shown ([`legible`](podside_model::legible)), cut at `limit` bytes.
///
/// Line feeds and tabs stay: messages and logs need them. A cut ends in `…`, so
/// that nobody takes the rest for the whole.
pub fn clean(text: &str, limit: usize) -> Cow<'_, str> {
    legible_up_to(text, limit)
}

/// Every text in `value` as it may be shown, the keys of its objects included.
///
/// serde_json nests at most 128 levels, which bounds the recursion.
pub fn clean_json(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(cleaned) = legible(text) {
                *text = cleaned;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(clean_json),
        Value::Object(fields) => {
            fields.values_mut().for_each(clean_json);
            if fields
                .keys()
                .any(|key| matches!(legible(key), Cow::Owned(_)))
            {
                *fields = with_clean_keys(std::mem::take(fields));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The fields under keys that may be shown. Two that differed only in what is left out
/// stay two.
fn with_clean_keys(fields: Map<String, Value>) -> Map<String, Value> {
    let mut cleaned = Map::new();
    for (key, value) in fields {
        let mut key = legible(&key).into_owned();
        while cleaned.contains_key(&key) {
            key.push('′');
        }
        cleaned.insert(key, value);
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn escapes_and_controls_are_removed_and_a_cut_is_seen() {
        assert_eq!(clean("\u{1b}[31mred\u{1b}[0m\r\u{7}", 64), "red");
        assert_eq!(clean("a\u{200b}b", 64), "a[U+200B]b");
        assert_eq!(clean("日本語日本語", 10), "日本…");
    }

    #[test]
    fn every_text_of_an_object_is_cleaned_and_none_is_lost() {
        let mut object = json!({
            "a": ["x\u{202e}", {"b\u{1b}[2J": "\u{9b}", "b": 1}],
            "n": null,
        });
        clean_json(&mut object);
        assert_eq!(object, json!({"a": ["x", {"b": 1, "b′": ""}], "n": null}));
    }
}
