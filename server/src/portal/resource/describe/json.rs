use serde_json::{Map, Value};

/// Reading JSON that may hold anything: what is not there, or not what was
/// expected, is nothing.
pub(super) trait Json {
    /// The value at a JSON Pointer; null when there is none.
    fn at(&self, pointer: &str) -> &Value;
    /// The string, number or boolean at a pointer, as text. An empty string is nothing.
    fn text(&self, pointer: &str) -> Option<String>;
    /// The list at a pointer.
    fn list(&self, pointer: &str) -> &[Value];
    /// The map at a pointer.
    fn map(&self, pointer: &str) -> Option<&Map<String, Value>>;
}

impl Json for Value {
    fn at(&self, pointer: &str) -> &Value {
        self.pointer(pointer).unwrap_or(&Value::Null)
    }

    fn text(&self, pointer: &str) -> Option<String> {
        plain(self.at(pointer))
    }

    fn list(&self, pointer: &str) -> &[Value] {
        self.at(pointer).as_array().map_or(&[], Vec::as_slice)
    }

    fn map(&self, pointer: &str) -> Option<&Map<String, Value>> {
        self.at(pointer).as_object().filter(|map| !map.is_empty())
    }
}

/// A scalar as text.
pub(super) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => (!text.is_empty()).then(|| text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// `a=1` for each entry, in the order of the keys.
pub(super) fn pairs(map: &Map<String, Value>) -> impl Iterator<Item = String> + '_ {
    map.iter().map(|(key, value)| {
        let value = plain(value).unwrap_or_default();
        format!("{key}={value}")
    })
}
