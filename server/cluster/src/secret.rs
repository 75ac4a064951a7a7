//! Secrets without their values.
//!
//! What is parsed of a Secret is who it is and what its keys are called. Values are
//! passed over by the parser: they are never decoded, and no type here can hold one.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

/// The annotation in which `kubectl apply` keeps what it sent: the values too.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A Secret as far as it may be read.
#[derive(Debug, Deserialize)]
#[expect(
    clippy::zero_sized_map_values,
    reason = "a map whose values the parser passes over"
)]
pub(crate) struct SecretShape {
    #[serde(default)]
    metadata: Map<String, Value>,
    #[serde(default, rename = "type")]
    kind_of_secret: Option<String>,
    #[serde(default)]
    immutable: Option<bool>,
    #[serde(default)]
    data: Option<BTreeMap<String, IgnoredAny>>,
}

impl SecretShape {
    /// The object that stands for the Secret from here on: every value is null.
    pub(crate) fn into_object(mut self) -> Value {
        // Only Kubernetes' own annotations stay: tools keep whole copies in theirs.
        if let Some(Value::Object(annotations)) = self.metadata.get_mut("annotations") {
            annotations.retain(|key, _| key != LAST_APPLIED && key.contains("kubernetes.io/"));
        }
        let data: Map<String, Value> = self
            .data
            .unwrap_or_default()
            .into_keys()
            .map(|key| (key, Value::Null))
            .collect();
        json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": self.metadata,
            "type": self.kind_of_secret,
            "immutable": self.immutable,
            "data": data,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_survives() {
        let text = r#"{"metadata":{"name":"db","annotations":{
            "kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"password\":\"aHVudGVyMg==\"}}",
            "example.com/copy":"hunter2",
            "kubernetes.io/service-account.name":"ci"}},
            "type":"Opaque","data":{"password":"aHVudGVyMg==","odd":{"a":1}},"stringData":{"x":"hunter2"}}"#;
        let object = serde_json::from_str::<SecretShape>(text)
            .unwrap()
            .into_object();
        let kept = object.to_string();
        assert!(
            !kept.contains("aHVudGVyMg") && !kept.contains("hunter2"),
            "{kept}"
        );
        assert_eq!(object["data"], json!({"password": null, "odd": null}));
        assert_eq!(
            object["metadata"]["annotations"]["kubernetes.io/service-account.name"],
            "ci"
        );
    }
}
