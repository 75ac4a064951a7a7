//! One object of a recording, kept as text.
//!
//! A tree of values takes ten times the memory of its text, and most objects are only ever
//! handed on. So the text is kept, with what it is found by beside it, and looked into
//! ([`Object::at`]) or parsed ([`Object::value`]) when somebody asks for more.

mod look;

use std::cmp::Ordering;
use std::fmt::{self, Write};
use std::sync::Arc;

use serde_json::{Map, Value, json};

/// An object as the API gave it. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Object(Arc<Kept>);

#[derive(PartialEq, Eq)]
struct Kept {
    api_version: Box<str>,
    kind: Box<str>,
    namespace: Box<str>,
    name: Box<str>,
    revision: u64,
    /// A JSON object in one line, without `apiVersion` and `kind`, as it stands in a list.
    text: Box<str>,
}

impl Object {
    /// The object that a value is. What is no object becomes an empty one, which has no
    /// name and no kind.
    pub(crate) fn new(mut value: Value) -> Self {
        let text = |value: Option<&Value>| -> Box<str> {
            value.and_then(Value::as_str).unwrap_or_default().into()
        };
        let (api_version, kind) = (text(value.get("apiVersion")), text(value.get("kind")));
        let of_metadata = |key| text(value.get("metadata").and_then(|it| it.get(key)));
        let (namespace, name) = (of_metadata("namespace"), of_metadata("name"));
        let revision = of_metadata("resourceVersion").parse();
        if let Value::Object(fields) = &mut value {
            fields.remove("apiVersion");
            fields.remove("kind");
        } else {
            value = json!({});
        }
        Self(Arc::new(Kept {
            api_version,
            kind,
            namespace,
            name,
            revision: revision.unwrap_or(0),
            // What is a value can be written.
            text: serde_json::to_string(&value).unwrap_or_default().into(),
        }))
    }

    /// The object of `apiVersion`, `kind`, namespace and name with the rest of its text.
    pub(crate) fn of_parts(parts: [&str; 4], revision: u64, text: &str) -> Self {
        let [api_version, kind, namespace, name] = parts.map(Box::from);
        Self(Arc::new(Kept {
            api_version,
            kind,
            namespace,
            name,
            revision,
            text: text.into(),
        }))
    }

    /// `apiVersion`.
    pub fn api_version(&self) -> &str {
        &self.0.api_version
    }

    /// `kind`.
    pub fn kind(&self) -> &str {
        &self.0.kind
    }

    /// `metadata.namespace`; empty for a cluster-scoped object.
    pub fn namespace(&self) -> &str {
        &self.0.namespace
    }

    /// `metadata.name`.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is, whatever it says.
    pub(crate) fn identity(&self) -> Identity {
        Identity(self.clone())
    }

    /// `metadata.resourceVersion` as a number; 0 where it is none.
    pub(crate) fn revision(&self) -> u64 {
        self.0.revision
    }

    /// The object without its `apiVersion` and `kind`, as lists hold it: in one line.
    pub(crate) fn text(&self) -> &str {
        &self.0.text
    }

    /// How many bytes of text it holds.
    pub(crate) fn size(&self) -> u64 {
        let Kept {
            api_version,
            kind,
            namespace,
            name,
            revision: _,
            text,
        } = &*self.0;
        let all = [api_version, kind, namespace, name, text];
        all.iter().map(|text| text.len() as u64).sum()
    }

    /// All of it, parsed.
    pub fn value(&self) -> Value {
        // It was written by `new`, so it can be read.
        let mut fields: Map<String, Value> = serde_json::from_str(self.text()).unwrap_or_default();
        for (name, text) in [("apiVersion", self.api_version()), ("kind", self.kind())] {
            if !text.is_empty() {
                fields.insert(name.to_owned(), json!(text));
            }
        }
        Value::Object(fields)
    }

    /// The value at a JSON Pointer below the object, such as `/spec/nodeName`; `None` where
    /// there is none. Only that value is parsed. Lists are not entered.
    pub(crate) fn at(&self, pointer: &str) -> Option<Value> {
        look::at(self.text(), pointer)
    }

    /// When it was created, if it says.
    pub(crate) fn created(&self) -> Option<jiff::Timestamp> {
        let created = self.at("/metadata/creationTimestamp")?;
        created.as_str()?.parse().ok()
    }
}

/// What an object is, as a key: two states of one object are equal.
#[derive(Clone, Debug)]
pub(crate) struct Identity(pub(crate) Object);

impl Identity {
    fn parts(&self) -> [&str; 4] {
        let Self(object) = self;
        [
            object.api_version(),
            object.kind(),
            object.namespace(),
            object.name(),
        ]
    }
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for Identity {}

impl PartialOrd for Identity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Identity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts().cmp(&other.parts())
    }
}

/// All of it as JSON, in one line.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut is_first = true;
        f.write_char('{')?;
        for (name, text) in [("kind", self.kind()), ("apiVersion", self.api_version())] {
            if !text.is_empty() {
                let comma = if is_first { "" } else { "," };
                write!(f, "{comma}\"{name}\":{}", json!(text))?;
                is_first = false;
            }
        }
        let rest = self.text().strip_prefix('{').unwrap_or("}");
        if !is_first && rest != "}" {
            f.write_char(',')?;
        }
        f.write_str(rest)
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_it_was_made_of() {
        for value in [
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a\n\"", "namespace": "n", "resourceVersion": "7"}, "spec": {"x": [1, null]}}),
            json!({"kind": "Pod"}),
            json!({"metadata": {"name": "a"}}),
            json!({}),
        ] {
            let object = Object::new(value.clone());
            assert_eq!(object.value(), value);
            let text = object.to_string();
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
            assert!(!text.contains('\n'), "{text}");
        }
        let object =
            Object::new(json!({"kind": "Pod", "metadata": {"name": "a", "resourceVersion": "12"}}));
        assert_eq!(
            (object.kind(), object.name(), object.revision()),
            ("Pod", "a", 12)
        );
        assert_eq!(Object::new(json!([7])).value(), json!({}));
    }
}
