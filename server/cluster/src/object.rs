//! One object as the API server has it, for those who want to see all of it.

use podside_diagnosis::facts::Kind;
use podside_diagnosis::facts::clean::clean_json;
use podside_model::ObjectRef;
use serde_json::Value;

use crate::answer::{Answer, Asked};
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::kind::{named, object_path};
use crate::secret::SecretShape;

/// What stands in the place of the value of a Secret, which is never read.
pub const HIDDEN: &str = "(hidden)";

/// The largest object that is read. etcd holds none above 1.5 MiB by default.
const LARGEST: usize = 8 * 1024 * 1024;

impl Connection {
    /// An object without what nobody reads (`metadata.managedFields`) and without
    /// what looks secret; a Secret has its keys and no values.
    ///
    /// # Errors
    /// When its kind is not one that Podside reads, it does not exist, or may not be
    /// seen.
    pub async fn object(&self, object: &ObjectRef) -> Result<Value> {
        let kind = named(&object.kind).ok_or_else(|| Error::NotFound {
            what: object.kind.clone(),
            message: "Podside does not read objects of this kind".to_owned(),
        })?;
        let path = object_path(kind, object.namespace.as_deref(), &object.name)?;
        let answer = self.get_up_to(&path, LARGEST).await?;
        let asked = Asked::one(kind, object.namespace.as_deref(), &object.name);
        let mut read = read(kind, &answer, &asked)?;
        if let Some(Value::Object(metadata)) = read.pointer_mut("/metadata") {
            metadata.remove("managedFields");
        }
        clean_json(&mut read);
        podside_redact::object(&mut read, &mut podside_redact::Tokens);
        hide_keys(&mut read);
        // JSON that stood in a text has been read and written anew, without its escapes.
        clean_json(&mut read);
        Ok(read)
    }
}

fn read(kind: Kind, answer: &Answer, asked: &Asked) -> Result<Value> {
    if kind == Kind::Secret {
        let mut object = answer.object::<SecretShape>(asked)?.into_object();
        if let Some(Value::Object(values)) = object.get_mut("data") {
            for value in values.values_mut() {
                *value = HIDDEN.into();
            }
        }
        return Ok(object);
    }
    answer.object(asked)
}

/// Hides what looks like a secret in the names of fields too: those of labels,
/// annotations and data are free.
fn hide_keys(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(hide_keys),
        Value::Object(fields) => {
            fields.values_mut().for_each(hide_keys);
            let telling: Vec<String> = fields
                .keys()
                .filter(|key| !podside_redact::find(key).is_empty())
                .cloned()
                .collect();
            for key in telling {
                if let Some(value) = fields.remove(&key) {
                    fields.insert(podside_redact::hide(&key).into_owned(), value);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;

    use super::*;

    #[test]
    fn a_secret_has_keys_and_no_values() {
        let body = Bytes::from_static(
            br#"{"kind":"Secret","apiVersion":"v1","metadata":{"name":"db","namespace":"shop"},"type":"Opaque","data":{"password":"aHVudGVyMg=="}}"#,
        );
        let answer = Answer::new("GET /x".into(), body, None, &Arc::default());
        let asked = Asked::one(Kind::Secret, Some("shop"), "db");
        let secret = read(Kind::Secret, &answer, &asked).unwrap();
        assert_eq!(secret["data"]["password"], HIDDEN);
        assert!(!secret.to_string().contains("aHVudGVyMg"));
    }
}
