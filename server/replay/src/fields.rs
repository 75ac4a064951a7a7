//! Reading fields of a JSON object by JSON Pointer, with the zero value of
//! Go's API types where a field is absent: printers and selectors are defined
//! on those types, so an absent string is "" and an absent number 0.

use serde_json::Value;

/// Typed reads of optional fields.
pub(crate) trait Fields {
    /// The string at `pointer`, or "".
    fn text(&self, pointer: &str) -> &str;
    /// The whole number at `pointer`, if there is one.
    fn number(&self, pointer: &str) -> Option<i64>;
    /// The array at `pointer`, or an empty one.
    fn list(&self, pointer: &str) -> &[Value];
    /// Whether `pointer` holds `true`.
    fn flag(&self, pointer: &str) -> bool;
    /// Whether something other than null is at `pointer`.
    fn has(&self, pointer: &str) -> bool;
    /// The pairs of the string map at `pointer`, in key order.
    fn pairs(&self, pointer: &str) -> Vec<(&str, &str)>;
    /// How many entries the map at `pointer` has.
    fn map_len(&self, pointer: &str) -> usize;
}

impl Fields for Value {
    fn text(&self, pointer: &str) -> &str {
        self.pointer(pointer).and_then(Value::as_str).unwrap_or("")
    }

    fn number(&self, pointer: &str) -> Option<i64> {
        self.pointer(pointer).and_then(Value::as_i64)
    }

    fn list(&self, pointer: &str) -> &[Value] {
        self.pointer(pointer)
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }

    fn flag(&self, pointer: &str) -> bool {
        self.pointer(pointer).and_then(Value::as_bool) == Some(true)
    }

    fn has(&self, pointer: &str) -> bool {
        self.pointer(pointer).is_some_and(|v| !v.is_null())
    }

    fn pairs(&self, pointer: &str) -> Vec<(&str, &str)> {
        self.pointer(pointer)
            .and_then(Value::as_object)
            .map(|map| {
                let mut pairs: Vec<_> = map
                    .iter()
                    .filter_map(|(k, v)| v.as_str().map(|v| (k.as_str(), v)))
                    .collect();
                pairs.sort_unstable();
                pairs
            })
            .unwrap_or_default()
    }

    fn map_len(&self, pointer: &str) -> usize {
        self.pointer(pointer)
            .and_then(Value::as_object)
            .map_or(0, serde_json::Map::len)
    }
}
