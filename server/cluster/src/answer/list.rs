//! A list, read in one pass: each object is checked and made into something else as it is
//! parsed, so that the values of one object at a time are in memory.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;

use super::{Asked, ListMeta};

/// What an object is and which one; what it does not say is empty.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    pub(crate) kind: &'a str,
    pub(crate) api_version: &'a str,
    pub(crate) name: &'a str,
    pub(crate) namespace: &'a str,
}

/// An object of a list.
pub(crate) trait Item: DeserializeOwned {
    /// What it says of itself.
    fn head(&self) -> Head<'_>;
}

impl Item for Value {
    fn head(&self) -> Head<'_> {
        let metadata = self.get("metadata");
        Head {
            kind: text(self.get("kind")),
            api_version: text(self.get("apiVersion")),
            name: metadata
                .and_then(|it| it.get("name")?.as_str())
                .unwrap_or_default(),
            namespace: text(metadata.and_then(|it| it.get("namespace"))),
        }
    }
}

/// A text as it stands; what is none is told from one that is left out.
fn text(value: Option<&Value>) -> &str {
    match value {
        None | Some(Value::Null) => "",
        Some(value) => value.as_str().unwrap_or("?"),
    }
}

/// A list as it was read, not yet known to be what was asked for.
pub(super) struct Read<U> {
    pub(super) kind: String,
    pub(super) api_version: String,
    pub(super) metadata: Option<ListMeta>,
    /// `None` when they are left out, which null is not.
    pub(super) items: Option<Vec<U>>,
    /// What is wrong with the first item that is not what was asked for.
    pub(super) fault: Option<String>,
}

/// Reads a list, and makes something of each of its objects that was asked for.
pub(super) fn read_list<T: Item, U>(
    body: &[u8],
    asked: &Asked,
    make: impl FnMut(T) -> Option<U>,
) -> serde_json::Result<Read<U>> {
    let reading = Reading {
        asked,
        make,
        of: PhantomData,
    };
    // Looked at as a whole it is seen to be UTF-8 much faster than string by string.
    match str::from_utf8(body) {
        Ok(text) => whole(serde_json::Deserializer::from_str(text), reading),
        Err(_) => whole(serde_json::Deserializer::from_slice(body), reading),
    }
}

fn whole<'de, R: serde_json::de::Read<'de>, V: Visitor<'de>>(
    mut reader: serde_json::Deserializer<R>,
    reading: V,
) -> serde_json::Result<V::Value> {
    let read = reader.deserialize_map(reading)?;
    reader.end()?;
    Ok(read)
}

/// The reader of a list.
struct Reading<'a, T, F> {
    asked: &'a Asked,
    make: F,
    of: PhantomData<T>,
}

impl<'de, T: Item, U, F: FnMut(T) -> Option<U>> Visitor<'de> for Reading<'_, T, F> {
    type Value = Read<U>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Read<U>, A::Error> {
        let mut read = Read {
            kind: String::new(),
            api_version: String::new(),
            metadata: None,
            items: None,
            fault: None,
        };
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "kind" => read.kind = map.next_value()?,
                "apiVersion" => read.api_version = map.next_value()?,
                "metadata" => read.metadata = map.next_value()?,
                "items" => {
                    let items = Items {
                        asked: self.asked,
                        make: &mut self.make,
                        fault: &mut read.fault,
                        of: PhantomData,
                    };
                    read.items = Some(map.next_value_seed(items)?);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(read)
    }
}

/// The reader of its objects.
struct Items<'a, T, F> {
    asked: &'a Asked,
    make: &'a mut F,
    fault: &'a mut Option<String>,
    of: PhantomData<T>,
}

impl<'de, T: Item, U, F: FnMut(T) -> Option<U>> DeserializeSeed<'de> for Items<'_, T, F> {
    type Value = Vec<U>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<U>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Item, U, F: FnMut(T) -> Option<U>> Visitor<'de> for Items<'_, T, F> {
    type Value = Vec<U>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the objects of a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<U>, A::Error> {
        let mut made = Vec::new();
        while let Some(item) = seq.next_element::<T>()? {
            if self.fault.is_some() {
                continue;
            }
            match self.asked.is_item(&item.head()) {
                Ok(()) => made.extend((self.make)(item)),
                Err(fault) => *self.fault = Some(fault),
            }
        }
        Ok(made)
    }

    fn visit_unit<E>(self) -> Result<Vec<U>, E> {
        Ok(Vec::new())
    }
}
