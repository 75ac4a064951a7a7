//! Phrases that several tables share.

use serde_json::Value;

use crate::fields::Fields;

/// `text`, or `otherwise` where it is empty.
pub(super) fn or(text: &str, otherwise: &str) -> String {
    if text.is_empty() { otherwise } else { text }.to_owned()
}

/// A string map as `a=1,b=2`; `<none>` if empty.
pub(super) fn labels(object: &Value, pointer: &str) -> String {
    let pairs: Vec<String> = object
        .pairs(pointer)
        .into_iter()
        .map(|(k, v)| format!("{k}={v}"))
        .collect();
    or(&pairs.join(","), "<none>")
}

/// A LabelSelector as a selector is written; `<none>` if it is empty.
pub(super) fn selector(object: &Value, pointer: &str) -> String {
    let mut terms: Vec<(String, String)> = object
        .pairs(&format!("{pointer}/matchLabels"))
        .into_iter()
        .map(|(k, v)| (k.to_owned(), format!("{k}={v}")))
        .collect();
    for expression in object.list(&format!("{pointer}/matchExpressions")) {
        let key = expression.text("/key");
        let mut values: Vec<&str> = expression
            .list("/values")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        values.sort_unstable();
        let values = values.join(",");
        let term = match expression.text("/operator") {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "Exists" => key.to_owned(),
            "DoesNotExist" => format!("!{key}"),
            other => format!("{key} {other} ({values})"),
        };
        terms.push((key.to_owned(), term));
    }
    terms.sort();
    let terms: Vec<String> = terms.into_iter().map(|(_, term)| term).collect();
    or(&terms.join(","), "<none>")
}

/// The first `max` entries, and how many more there are.
pub(super) fn first_few(entries: &[String], max: usize, separator: &str, none: &str) -> String {
    let shown: Vec<&str> = entries.iter().take(max).map(String::as_str).collect();
    let shown = shown.join(separator);
    match entries.len().checked_sub(max) {
        Some(more) if more > 0 => format!("{shown} + {more} more..."),
        _ => or(&shown, none),
    }
}

/// A Quantity or IntOrString as it is written.
pub(super) fn scalar(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Names and images of a Pod template's containers.
pub(super) fn containers(object: &Value, pod_spec: &str) -> (String, String) {
    let of = |field: &str| {
        object
            .list(&format!("{pod_spec}/containers"))
            .iter()
            .map(|c| c.text(field).to_owned())
            .collect::<Vec<_>>()
            .join(",")
    };
    (of("/name"), of("/image"))
}

/// The short form of access modes (`RWO`).
pub(super) fn access_modes(object: &Value, pointer: &str) -> String {
    let has = |mode: &str| {
        object
            .list(pointer)
            .iter()
            .any(|m| m.as_str() == Some(mode))
    };
    [
        ("ReadWriteOnce", "RWO"),
        ("ReadOnlyMany", "ROX"),
        ("ReadWriteMany", "RWX"),
        ("ReadWriteOncePod", "RWOP"),
    ]
    .into_iter()
    .filter(|(mode, _)| has(mode))
    .map(|(_, short)| short)
    .collect::<Vec<_>>()
    .join(",")
}

/// Whether a condition of this type has status `True`.
pub(super) fn condition(object: &Value, kind: &str) -> bool {
    object
        .list("/status/conditions")
        .iter()
        .any(|c| c.text("/type") == kind && c.text("/status") == "True")
}
