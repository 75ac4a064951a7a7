use jiff::Timestamp;
use podside_model::ObjectRef;
use podside_model::view::{Row, Value};
use serde_json::Value as Any;

use super::json::{Json, pairs};

/// The rows of one section while they are being gathered.
#[derive(Debug, Default)]
pub(super) struct Rows(Vec<Row>);

impl Rows {
    /// A row with these values; shown as "none" when there are none.
    pub(super) fn row(&mut self, label: &str, values: Vec<Value>) -> &mut Self {
        self.push(label, false, values)
    }

    /// A row that belongs to the one above; left out when it has no value.
    pub(super) fn nested(&mut self, label: &str, values: Vec<Value>) -> &mut Self {
        if values.is_empty() {
            return self;
        }
        self.push(label, true, values)
    }

    /// The scalar at a pointer, as words; left out when it is not there.
    pub(super) fn text(&mut self, label: &str, object: &Any, pointer: &str) -> &mut Self {
        match object.text(pointer) {
            Some(text) => self.row(label, vec![Value::Text(text)]),
            None => self,
        }
    }

    /// The scalar at a pointer, as a word of the cluster; left out when not there.
    pub(super) fn mono(&mut self, label: &str, object: &Any, pointer: &str) -> &mut Self {
        match object.text(pointer) {
            Some(text) => self.row(label, vec![Value::Mono(text)]),
            None => self,
        }
    }

    /// The moment at a pointer; left out when it is not there.
    pub(super) fn moment(&mut self, label: &str, object: &Any, pointer: &str) -> &mut Self {
        match moment(object, pointer) {
            Some(at) => self.row(label, vec![Value::Moment(at)]),
            None => self,
        }
    }

    /// The map at a pointer as `key=value`; shown as "none" when it is empty.
    pub(super) fn labels(&mut self, label: &str, object: &Any, pointer: &str) -> &mut Self {
        let values = object
            .map(pointer)
            .map(|map| pairs(map).map(Value::Label).collect())
            .unwrap_or_default();
        self.row(label, values)
    }

    pub(super) fn finish(self) -> Vec<Row> {
        self.0
    }

    fn push(&mut self, label: &str, nested: bool, values: Vec<Value>) -> &mut Self {
        self.0.push(Row {
            label: label.to_owned(),
            nested,
            values,
        });
        self
    }
}

/// The RFC 3339 moment at a pointer.
pub(super) fn moment(object: &Any, pointer: &str) -> Option<Timestamp> {
    object.text(pointer)?.parse().ok()
}

/// A reference to an object in the namespace of `beside`.
pub(super) fn neighbour(kind: &str, name: String, beside: &Any) -> Value {
    Value::Object(ObjectRef {
        namespace: beside.text("/metadata/namespace"),
        ..ObjectRef::cluster(kind, name)
    })
}

/// A label selector as `kubectl` prints it (Kubernetes API, `LabelSelector`).
pub(super) fn selector(object: &Any, pointer: &str) -> Vec<Value> {
    let selector = object.at(pointer);
    let equal = selector.map("/matchLabels").into_iter().flat_map(pairs);
    let expressions = selector.list("/matchExpressions").iter().map(|expression| {
        let key = expression.text("/key").unwrap_or_default();
        let values: Vec<String> = expression
            .list("/values")
            .iter()
            .filter_map(super::json::plain)
            .collect();
        let values = values.join(", ");
        match expression.text("/operator").as_deref() {
            Some("In") => format!("{key} in ({values})"),
            Some("NotIn") => format!("{key} notin ({values})"),
            Some("DoesNotExist") => format!("!{key}"),
            _ => key,
        }
    });
    equal.chain(expressions).map(Value::Label).collect()
}
