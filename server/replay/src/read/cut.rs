//! Cutting a file into its objects without parsing them.

use std::fmt;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::{
    budget::{Budget, Limit},
    objects::BESIDE,
};
use crate::error::ReplayError;

/// What a file holds, cut but not parsed.
pub(super) struct Document<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a [u8],
    pub(super) parts: Parts<'a>,
    is_object: bool,
}

/// The parts of a document.
#[derive(Default)]
pub(super) struct Parts<'a> {
    pub(super) kind: String,
    pub(super) api_version: String,
    pub(super) items: Items<'a>,
}

#[derive(Default)]
pub(super) enum Items<'a> {
    /// There is no list.
    #[default]
    None,
    /// It is null, as Go writes an empty one.
    Null,
    Listed(Vec<&'a RawValue>),
}

impl<'a> Document<'a> {
    /// Cuts a file's text into its objects.
    pub(super) fn cut(
        file: &'a str,
        text: &'a [u8],
        budget: &mut Budget,
    ) -> Result<Self, ReplayError> {
        let mut reader = serde_json::Deserializer::from_slice(text);
        let mut met = None;
        let cutting = Cutting {
            budget,
            met: &mut met,
        };
        let first = text.trim_ascii_start().first();
        let parts = match first {
            Some(b'[') => cutting.deserialize(&mut reader).map(|items| Parts {
                items,
                ..Parts::default()
            }),
            Some(b'{') => reader.deserialize_map(CuttingList(cutting)),
            _ => IgnoredAny::deserialize(&mut reader).map(|_| Parts::default()),
        };
        let is_object = first == Some(&b'{');
        match parts.and_then(|parts| reader.end().map(|()| parts)) {
            Ok(parts) => Ok(Self {
                file,
                text,
                parts,
                is_object,
            }),
            Err(error) => Err(match met {
                Some(limit) => ReplayError::too_large(file, limit),
                // Who parses one part at a time is not deep in all of them.
                None if Budget::is_too_deep(text) => ReplayError::too_large(file, Limit::Nesting),
                None => ReplayError::json(file, 0, &error),
            }),
        }
    }

    /// Whether it is a list, be it an empty one: an object with an array `items`.
    pub(super) fn is_list(&self) -> bool {
        self.is_object && matches!(self.parts.items, Items::Listed(_))
    }
}

/// Cuts a list into its items, as many as the budget allows.
struct Cutting<'b> {
    budget: &'b mut Budget,
    /// The bound that was met.
    met: &'b mut Option<Limit>,
}

impl<'de> DeserializeSeed<'de> for Cutting<'_> {
    type Value = Items<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Items<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Cutting<'_> {
    type Value = Items<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Items<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            self.budget.keep(BESIDE).map_err(|limit| {
                *self.met = Some(limit);
                A::Error::custom("too many")
            })?;
            items.push(item);
        }
        Ok(Items::Listed(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Items<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Items::None)
    }

    fn visit_unit<E>(self) -> Result<Items<'de>, E> {
        Ok(Items::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Items<'de>, E> {
        Ok(Items::None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Items<'de>, E> {
        Ok(Items::None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Items<'de>, E> {
        Ok(Items::None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Items<'de>, E> {
        Ok(Items::None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Items<'de>, E> {
        Ok(Items::None)
    }
}

/// Reads what a list says of itself, and cuts it.
struct CuttingList<'b>(Cutting<'b>);

impl<'de> Visitor<'de> for CuttingList<'_> {
    type Value = Parts<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parts<'de>, A::Error> {
        let Self(Cutting { budget, met }) = self;
        let mut parts = Parts::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "kind" => parts.kind = text_of(map.next_value()?),
                "apiVersion" => parts.api_version = text_of(map.next_value()?),
                "items" => {
                    parts.items = map.next_value_seed(Cutting {
                        budget: &mut *budget,
                        met: &mut *met,
                    })?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(parts)
    }
}

/// A string; empty for what is none.
fn text_of(value: &RawValue) -> String {
    serde_json::from_str(value.get()).unwrap_or_default()
}
