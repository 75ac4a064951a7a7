//! Values that no honest cluster sends.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// What is written where a reader looks for something of its own form.
const ODD: [&str; 34] = [
    "",
    " ",
    "0",
    "-1",
    "1e309",
    "9223372036854775808",
    "0.000000000000000000000000000001Ei",
    "100m",
    "-3Gi",
    "1Ki1",
    "*/0 * * * *",
    "@every -1s",
    "61 25 32 13 8",
    "TZ=Nowhere/None * * * * *",
    "a,b notin (c",
    "!a",
    "registry.example:99999/a/b:c@sha256:zz",
    "UPPER/case:",
    "://",
    "http://[::1",
    "2026-13-45T99:99:99Z",
    "+999999-01-01T00:00:00Z",
    "</title><script>alert(1)</script>",
    "{{{pod}}}",
    "\u{1b}]0;x\u{7}\u{9b}31m",
    "\u{202e}gpj.exe",
    "\u{e0041}\u{200b}",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "%00%ff",
    "\0",
    "日本語",
    "[]",
    "spec.containers{",
];

/// A text: odd, random, or long.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(&ODD[..]).prop_map(str::to_owned),
        3 => ".{0,30}",
        1 => ("\\PC", 0..3000_usize).prop_map(|(c, times)| c.repeat(times)),
    ]
}

/// A value of any form.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let key = prop_oneof![
            text(),
            "name|kind|status|items|metadata".prop_map(String::from)
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Something that is done to an object: at a place, with a value.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    Replaced(Vec<prop::sample::Index>, Value),
    Added(Vec<prop::sample::Index>, String, Value),
    Repeated(Vec<prop::sample::Index>, usize),
}

pub(crate) fn faults() -> impl Strategy<Value = Vec<Fault>> {
    let place = || prop::collection::vec(any::<prop::sample::Index>(), 1..9);
    let fault = prop_oneof![
        4 => (place(), value()).prop_map(|(place, value)| Fault::Replaced(place, value)),
        1 => (place(), text(), value()).prop_map(|(place, key, value)| Fault::Added(place, key, value)),
        1 => (place(), 0..200_usize).prop_map(|(place, times)| Fault::Repeated(place, times)),
    ];
    prop::collection::vec(fault, 0..6)
}

/// The object with the fault in it.
pub(crate) fn spoil(object: &mut Value, fault: &Fault) {
    match fault {
        Fault::Replaced(place, value) => *at(object, place) = value.clone(),
        Fault::Added(place, key, value) => match at(object, place) {
            Value::Object(map) => {
                map.insert(key.clone(), value.clone());
            }
            other => *other = json!({ key.as_str(): value }),
        },
        Fault::Repeated(place, times) => {
            if let Value::Array(list) = at(object, place)
                && let Some(first) = list.first().cloned()
            {
                list.extend(std::iter::repeat_n(first, *times));
            }
        }
    }
}

/// A place in the object, as deep as the way leads.
fn at<'a>(mut value: &'a mut Value, way: &[prop::sample::Index]) -> &'a mut Value {
    for step in way {
        let empty = match value {
            Value::Object(map) => map.is_empty(),
            Value::Array(list) => list.is_empty(),
            _ => true,
        };
        if empty {
            break;
        }
        value = match value {
            Value::Object(map) => {
                let chosen = step.index(map.len());
                map.values_mut().nth(chosen).unwrap()
            }
            Value::Array(list) => {
                let chosen = step.index(list.len());
                &mut list[chosen]
            }
            _ => unreachable!("it is not empty"),
        };
    }
    value
}

/// An object of a kind with this content.
pub(crate) fn object(api_version: &str, kind: &str, content: Value) -> Value {
    let mut object = Map::new();
    object.insert("apiVersion".into(), api_version.into());
    object.insert("kind".into(), kind.into());
    object.insert(
        "metadata".into(),
        json!({"name": "web", "namespace": "a", "uid": kind, "labels": {"app": "web"}, "generation": 2,
            "creationTimestamp": "2026-01-01T11:00:00Z"}),
    );
    if let Value::Object(content) = content {
        object.extend(content);
    }
    Value::Object(object)
}
