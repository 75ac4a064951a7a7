//! One object as the API server has it, for those who want to see all of it.

use podside_diagnosis::facts::Kind;
use podside_diagnosis::facts::clean::clean_json;
use podside_model::ObjectRef;
use serde_json::Value;

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::kind::{api_version, named, object_path};
use crate::list::unparsed;
use crate::redact;
use crate::secret::SecretShape;

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
        let mut read = parse(kind, &answer.body).map_err(|error| Error::Garbled {
            what: format!("GET {path}"),
            reason: unparsed(kind, &error),
        })?;
        if let Some(Value::Object(metadata)) = read.pointer_mut("/metadata") {
            metadata.remove("managedFields");
        }
        clean_json(&mut read);
        redact::object(&mut read, &mut redact::Always);
        // JSON that stood in a text has been read and written anew, without its escapes.
        clean_json(&mut read);
        Ok(read)
    }
}

fn parse(kind: Kind, body: &[u8]) -> serde_json::Result<Value> {
    if kind == Kind::Secret {
        let mut object = serde_json::from_slice::<SecretShape>(body)?.into_object();
        if let Some(Value::Object(values)) = object.get_mut("data") {
            for value in values.values_mut() {
                *value = redact::HIDDEN.into();
            }
        }
        return Ok(object);
    }
    let mut object: Value = serde_json::from_slice(body)?;
    if let Value::Object(fields) = &mut object {
        fields
            .entry("apiVersion")
            .or_insert_with(|| api_version(kind).into());
        fields.entry("kind").or_insert_with(|| kind.name().into());
    }
    Ok(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_keys_and_no_values() {
        let body =
            br#"{"metadata":{"name":"db"},"type":"Opaque","data":{"password":"aHVudGVyMg=="}}"#;
        let secret = parse(Kind::Secret, body).unwrap();
        assert_eq!(secret["data"]["password"], redact::HIDDEN);
        assert!(!secret.to_string().contains("aHVudGVyMg"));
    }
}
