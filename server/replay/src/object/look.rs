//! One value out of a JSON text, without parsing the rest.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// The value at a JSON Pointer, which enters objects only.
pub(super) fn at(text: &str, pointer: &str) -> Option<Value> {
    let path: Vec<&str> = pointer.split('/').skip(1).collect();
    let mut found = None;
    let down = Down {
        path: &path,
        found: &mut found,
    };
    // It ends with an error as soon as the value is found.
    let _ = down.deserialize(&mut serde_json::Deserializer::from_str(text));
    found
}

/// The way down to the value.
struct Down<'p, 'o> {
    path: &'p [&'p str],
    found: &'o mut Option<Value>,
}

impl<'de> DeserializeSeed<'de> for Down<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.path.is_empty() {
            *self.found = Some(serde::Deserialize::deserialize(deserializer)?);
            return Err(D::Error::custom("the rest is of no interest"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Down<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((wanted, rest)) = self.path.split_first() else {
            return Ok(());
        };
        while let Some(is_it) = map.next_key_seed(Is(wanted))? {
            if is_it {
                return map.next_value_seed(Down {
                    path: rest,
                    found: self.found,
                });
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Whether a key is the one that is looked for.
struct Is<'k>(&'k str);

impl<'de> DeserializeSeed<'de> for Is<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Is<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_what_the_pointer_says() {
        let object = json!({"a": [1, {"b": 2}], "b": {"a": "text", "c": null, "d": {"e": true}, "long \"key\"": 7}, "c": 1.5, "d": "x"});
        let text = object.to_string();
        for pointer in [
            "/b/a",
            "/b/c",
            "/b/d/e",
            "/b/d",
            "/a",
            "/a/b",
            "/c/d",
            "/d/e",
            "/x",
            "/b/x",
            "/b/a/x",
            "/b/long \"key\"",
            "",
        ] {
            assert_eq!(
                at(&text, pointer).as_ref(),
                object.pointer(pointer),
                "{pointer}"
            );
        }
        assert_eq!(at("{\"a\":", "/a/b"), None);
    }
}
