//! Lists of objects as tools write them to files, one kind a file.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{folder, tree::Tree};
use crate::{
    error::{ReplayError, Result},
    fields::Fields,
};

/// The objects of one file: a List, an array, or a single object. Items of a
/// typed list do not say what they are; the list does, or `assumed`
/// (`apiVersion`, `kind`) does.
pub(super) fn objects(
    tree: &mut Tree,
    file: &str,
    assumed: Option<(&str, &str)>,
) -> Result<Vec<Arc<Value>>> {
    let mut document = tree.json(file)?.unwrap_or_default();
    let list_kind = document
        .text("/kind")
        .strip_suffix("List")
        .map(str::to_owned);
    let api_version = document.text("/apiVersion").to_owned();
    let items = match &mut document {
        Value::Array(items) => std::mem::take(items),
        Value::Null => Vec::new(),
        Value::Object(map) => match map.get_mut("items") {
            Some(Value::Array(items)) => std::mem::take(items),
            Some(Value::Null) => Vec::new(),
            _ if list_kind.is_some() => Vec::new(),
            _ => vec![document],
        },
        _ => {
            return Err(ReplayError::whole(
                file,
                "it holds neither a list nor an object",
            ));
        }
    };
    let told = match &list_kind {
        Some(kind) if !kind.is_empty() => Some((api_version.as_str(), kind.as_str())),
        _ => assumed,
    };
    items
        .into_iter()
        .enumerate()
        .map(|(index, mut item)| {
            if let (Some((api_version, kind)), Some(map)) = (told, item.as_object_mut()) {
                let missing =
                    |v: Option<&Value>| v.and_then(Value::as_str).is_none_or(str::is_empty);
                if missing(map.get("kind")) {
                    map.insert("kind".to_owned(), json!(kind));
                }
                if missing(map.get("apiVersion")) {
                    map.insert("apiVersion".to_owned(), json!(api_version));
                }
            }
            folder::check(&item)
                .map_err(|what| ReplayError::whole(file, format!("item {index} {what}")))?;
            Ok(Arc::new(item))
        })
        .collect()
}
