//! Lenient reading of API objects.
//!
//! A field that is missing, null or of another type than expected counts as
//! absent, so that no object, however odd, can stop the reading of the others.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::clean::{LONG, SHORT, clean};
use super::quantity::Quantity;
use super::sharing::{Sharing, Str};

/// The longest list or map that is read. The API server's own limits are lower;
/// what is beyond them is not worth memory.
const MOST: usize = 4096;

/// One JSON object, or nothing where an object was expected.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    map: Option<&'a Map<String, Value>>,
    sharing: &'a Sharing,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(value: &'a Value, sharing: &'a Sharing) -> Self {
        Self {
            map: value.as_object(),
            sharing,
        }
    }

    pub(crate) fn sharing(self) -> &'a Sharing {
        self.sharing
    }

    /// Whether there is an object here at all, were it an empty one.
    pub(crate) fn exists(self) -> bool {
        self.map.is_some()
    }

    pub(crate) fn value(self, key: &str) -> Option<&'a Value> {
        self.map?.get(key).filter(|v| !v.is_null())
    }

    pub(crate) fn at(self, key: &str) -> Self {
        Self {
            map: self.value(key).and_then(Value::as_object),
            sharing: self.sharing,
        }
    }

    /// The text as it stands, for parsing only: it has not been cleaned.
    pub(crate) fn raw(self, key: &str) -> Option<&'a str> {
        self.value(key)?.as_str()
    }

    /// A short text: a name, a reason, a path. Shared, as most recur.
    pub(crate) fn str(self, key: &str) -> Option<Str> {
        Some(self.sharing.str(&clean(self.raw(key)?, SHORT)))
    }

    /// A short text that is not empty.
    pub(crate) fn filled(self, key: &str) -> Option<Str> {
        self.str(key).filter(|s| !s.is_empty())
    }

    /// A short text, empty when absent.
    pub(crate) fn name(self, key: &str) -> Str {
        self.str(key).unwrap_or_else(|| self.sharing.str(""))
    }

    /// A short text that no other object has, such as a uid: it is not looked up among those
    /// that recur. Empty when absent.
    pub(crate) fn unique(self, key: &str) -> Str {
        match self.raw(key) {
            Some(text) if !text.is_empty() => Str::from(clean(text, SHORT)),
            _ => self.sharing.str(""),
        }
    }

    /// A message: longer, and not shared, as messages differ.
    pub(crate) fn message(self, key: &str) -> Option<Str> {
        let text = clean(self.raw(key)?, LONG);
        (!text.is_empty()).then(|| self.sharing.str(&text))
    }

    pub(crate) fn int(self, key: &str) -> Option<i64> {
        self.value(key)?.as_i64()
    }

    /// A count: a whole number that is not negative and fits 32 bits.
    pub(crate) fn count(self, key: &str) -> Option<u32> {
        self.int(key).and_then(|n| u32::try_from(n).ok())
    }

    pub(crate) fn flag(self, key: &str) -> Option<bool> {
        self.value(key)?.as_bool()
    }

    pub(crate) fn is(self, key: &str) -> bool {
        self.flag(key) == Some(true)
    }

    pub(crate) fn time(self, key: &str) -> Option<Timestamp> {
        self.raw(key)?.parse().ok()
    }

    pub(crate) fn quantity(self, key: &str) -> Option<Quantity> {
        Quantity::read(self.value(key)?, self.sharing)
    }

    /// The objects of a list with their index; what is not an object is passed
    /// over and keeps its index, so that pointers into the list stay right.
    pub(crate) fn list(self, key: &str) -> impl Iterator<Item = (usize, Fields<'a>)> {
        self.values(key).filter_map(move |(i, v)| {
            let fields = Self::of(v, self.sharing);
            fields.exists().then_some((i, fields))
        })
    }

    pub(crate) fn values(self, key: &str) -> impl Iterator<Item = (usize, &'a Value)> {
        self.value(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate()
            .take(MOST)
    }

    /// The texts of a list.
    pub(crate) fn strs(self, key: &str) -> Vec<Str> {
        self.values(key)
            .filter_map(|(_, v)| v.as_str())
            .map(|s| self.sharing.str(&clean(s, SHORT)))
            .collect()
    }

    /// A map of texts, such as labels.
    pub(crate) fn map(self, key: &str) -> BTreeMap<Str, Str> {
        self.entries(key)
            .filter_map(|(k, v)| {
                Some((
                    self.sharing.str(&clean(k, SHORT)),
                    self.sharing.str(&clean(v.as_str()?, SHORT)),
                ))
            })
            .collect()
    }

    /// A map of quantities, such as resource requests.
    pub(crate) fn quantities(self, key: &str) -> BTreeMap<Str, Quantity> {
        self.entries(key)
            .filter_map(|(k, v)| {
                Some((
                    self.sharing.str(&clean(k, SHORT)),
                    Quantity::read(v, self.sharing)?,
                ))
            })
            .collect()
    }

    /// The members of a map that are texts, as they are written.
    pub(crate) fn texts(self, key: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.entries(key)
            .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
    }

    /// The names of a map's keys; its values are not looked at.
    pub(crate) fn keys(self, key: &str) -> impl Iterator<Item = Str> {
        self.entries(key)
            .map(move |(k, _)| self.sharing.str(&clean(k, SHORT)))
    }

    /// The names of this object's own fields.
    pub(crate) fn own_keys(self) -> impl Iterator<Item = Str> {
        self.map
            .into_iter()
            .flatten()
            .take(MOST)
            .map(move |(k, _)| self.sharing.str(&clean(k, SHORT)))
    }

    fn entries(self, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.at(key).map.into_iter().flatten().take(MOST)
    }
}
