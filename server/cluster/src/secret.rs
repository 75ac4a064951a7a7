//! Secrets without their values.
//!
//! Of all Secrets only the metadata is asked for ([`LIST`], [`WATCH`]), of single ones that
//! a rule asks about the names of the keys and the type as well ([`read`]). Values, and
//! annotations, which may hold copies of them, are passed over by the parser: they are never
//! decoded, and no type here can hold one.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use podside_diagnosis::facts::{Fact, Kind, Secret, Sharing, from_object_of};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::answer::{Asked, Head, Item, METADATA};
use crate::connection::Connection;
use crate::discovery::Resource;
use crate::error::{Error, Result};

/// What a list of Secrets is asked for as: their metadata
/// (<https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources>).
/// A server that knows no other form gives them whole, and the values are passed over.
pub(crate) const LIST: &str =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

/// The same for a watch, whose events hold one object each.
pub(crate) const WATCH: &str =
    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

/// The largest Secret that is read. etcd holds none above 1.5 MiB by default.
const LARGEST: usize = 8 * 1024 * 1024;

/// The annotations that are read: which ServiceAccount a token is of.
const KEPT_ANNOTATIONS: [&str; 2] = [
    "kubernetes.io/service-account.name",
    "kubernetes.io/service-account.uid",
];

/// A Secret as far as it may be read.
#[derive(Debug, Deserialize)]
#[expect(
    clippy::zero_sized_map_values,
    reason = "a map whose values the parser passes over"
)]
pub(crate) struct SecretShape {
    #[serde(default)]
    kind: Option<String>,
    #[serde(default, rename = "apiVersion")]
    api_version: Option<String>,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default, rename = "type")]
    kind_of_secret: Option<String>,
    #[serde(default)]
    immutable: Option<bool>,
    #[serde(default)]
    data: Option<BTreeMap<String, IgnoredAny>>,
}

impl SecretShape {
    /// The object that stands for the Secret from here on: every value is null. One of which
    /// only the metadata was given has neither data nor type.
    pub(crate) fn into_object(self) -> Value {
        if self.kind.as_deref() == Some(METADATA) {
            return json!({"apiVersion": "v1", "kind": "Secret", "metadata": self.metadata});
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

impl Item for SecretShape {
    fn head(&self) -> Head<'_> {
        let text = |key: &str| {
            let value = self.metadata.0.get(key);
            value.and_then(Value::as_str).unwrap_or_default()
        };
        Head {
            kind: self.kind.as_deref().unwrap_or_default(),
            api_version: self.api_version.as_deref().unwrap_or_default(),
            name: text("name"),
            namespace: text("namespace"),
        }
    }
}

/// `metadata` with those annotations only that are in [`KEPT_ANNOTATIONS`].
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
struct Metadata(Map<String, Value>);

/// Those of the annotations.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
struct Annotations(Map<String, Value>);

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Metadata;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("metadata")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Metadata, A::Error> {
                let mut kept = Map::new();
                while let Some(field) = map.next_key::<String>()? {
                    let value = if field == "annotations" {
                        let annotations: Option<Annotations> = map.next_value()?;
                        Value::Object(annotations.unwrap_or_default().0)
                    } else {
                        map.next_value()?
                    };
                    kept.insert(field, value);
                }
                Ok(Metadata(kept))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

impl<'de> Deserialize<'de> for Annotations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Annotations;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("annotations")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Annotations, A::Error> {
                let mut kept = Map::new();
                while let Some(key) = map.next_key::<String>()? {
                    if KEPT_ANNOTATIONS.contains(&key.as_str()) {
                        kept.insert(key, map.next_value()?);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Annotations(kept))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// Reads one Secret: its type and the names of its keys.
///
/// # Errors
/// When it does not exist, may not be seen, or what answers is something else.
pub(crate) async fn read(
    connection: &Connection,
    namespace: &str,
    name: &str,
    sharing: &Sharing,
) -> Result<Arc<Secret>> {
    let path = Resource::of(Kind::Secret).object_path(Some(namespace), name)?;
    let answer = connection.get_up_to(&path, LARGEST).await?;
    let asked = Asked::one(Kind::Secret, Some(namespace), name);
    let object = answer.object::<SecretShape>(&asked)?.into_object();
    match from_object_of(Kind::Secret, &object, sharing) {
        Some(Fact::Secret(secret)) => Ok(secret),
        _ => Err(Error::Garbled {
            what: answer.what,
            reason: "it is no Secret".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value in all places where one may stand.
    const VALUES: &str = r#""metadata":{"name":"db","resourceVersion":"7","annotations":{
        "kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"password\":\"aHVudGVyMg==\"}}",
        "example.com/copy":"hunter2", "copy.kubernetes.io/of": "hunter2",
        "kubernetes.io/service-account.name":"ci"}},
        "type":"Opaque","data":{"password":"aHVudGVyMg==","odd":{"a":1}},"stringData":{"x":"hunter2"}"#;

    fn kept(kind: &str) -> Value {
        let shape: SecretShape =
            serde_json::from_str(&format!("{{\"kind\":\"{kind}\",{VALUES}}}")).unwrap();
        let parsed = format!("{shape:?}");
        let object = shape.into_object();
        for text in [parsed, object.to_string()] {
            let tells = text.contains("aHVudGVyMg") || text.contains("hunter2");
            assert!(!tells, "{text}");
        }
        object
    }

    #[test]
    fn no_value_survives() {
        let object = kept("Secret");
        assert_eq!(object["data"], json!({"password": null, "odd": null}));
        assert_eq!(object["type"], "Opaque");
        assert_eq!(
            object["metadata"]["annotations"],
            json!({"kubernetes.io/service-account.name": "ci"})
        );
    }

    #[test]
    fn of_metadata_no_keys_are_known() {
        let read = |kind: &str| match from_object_of(Kind::Secret, &kept(kind), &Sharing::default())
        {
            Some(Fact::Secret(secret)) => secret,
            other => panic!("{other:?}"),
        };
        let (whole, metadata) = (read("Secret"), read(METADATA));
        assert_eq!(whole.keys.as_ref().map(|keys| keys.len()), Ok(2));
        assert!(metadata.keys.is_err() && metadata.kind.is_empty());
        assert_eq!(*metadata.version, *"7");
        assert_eq!(metadata.with_keys(&whole), *whole);
    }

    #[test]
    fn metadata_of_another_form_is_none() {
        for odd in ["7", "[]", r#"{"annotations":7}"#] {
            let text = format!("{{\"metadata\":{odd}}}");
            assert!(serde_json::from_str::<SecretShape>(&text).is_err(), "{odd}");
        }
        let null = serde_json::from_str::<SecretShape>(r#"{"metadata":{"annotations":null}}"#);
        assert_eq!(
            null.unwrap().into_object()["metadata"]["annotations"],
            json!({})
        );
    }
}
