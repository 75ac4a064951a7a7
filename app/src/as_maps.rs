//! Reading structs from JSON objects alone.
//!
//! What serde derives for a struct reads it from a list of its fields too, which nothing sends
//! here. Each way is compiled for every type, so one way makes the wasm smaller. A struct asks
//! its deserializer for a map instead, and so does what it holds.

use serde::Deserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

/// Reads a value from JSON; a struct that is a list of its fields is an error.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(AsMaps(&mut json))?;
    json.end()?;
    Ok(value)
}

/// What deserializes, with structs asked for as maps: in the place of each trait of serde that
/// hands the deserializer on.
struct AsMaps<T>(T);

/// Hands the question for one form on as it is.
macro_rules! plain {
    ($($ask:ident)+) => {
        $(fn $ask<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$ask(visitor)
        })+
    };
}

/// Hands the question for a form that holds others on.
macro_rules! holding {
    ($($ask:ident)+) => {
        $(fn $ask<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$ask(AsMaps(visitor))
        })+
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for AsMaps<D> {
    type Error = D::Error;

    plain! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_f32
        deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_bytes
        deserialize_byte_buf deserialize_unit deserialize_identifier deserialize_ignored_any
    }

    holding! { deserialize_any deserialize_option deserialize_seq deserialize_map }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(AsMaps(visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, AsMaps(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(len, AsMaps(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, len, AsMaps(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, AsMaps(visitor))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Hands a value on that holds no other.
macro_rules! found {
    ($($visit:ident: $kind:ty;)+) => {
        $(fn $visit<E: Error>(self, value: $kind) -> Result<V::Value, E> {
            self.0.$visit(value)
        })+
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for AsMaps<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.expecting(f)
    }

    found! {
        visit_bool: bool;
        visit_i64: i64;
        visit_u64: u64;
        visit_f64: f64;
        visit_str: &str;
        visit_borrowed_str: &'de str;
        visit_string: String;
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(AsMaps(from))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, from: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(AsMaps(from))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(AsMaps(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(AsMaps(fields))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(AsMaps(variant))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for AsMaps<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(AsMaps(from))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for AsMaps<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(AsMaps(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for AsMaps<A> {
    type Error = A::Error;

    // A key is a text, which holds nothing.
    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(AsMaps(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for AsMaps<A> {
    type Error = A::Error;
    type Variant = AsMaps<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let (name, variant) = self.0.variant_seed(seed)?;
        Ok((name, AsMaps(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for AsMaps<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(AsMaps(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, AsMaps(visitor))
    }

    // In JSON the fields of a variant stand as a value of its own.
    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.newtype_variant_seed(Fields(visitor))
    }
}

/// The fields of a variant, read by a visitor.
struct Fields<V>(V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Fields<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<V::Value, D::Error> {
        from.deserialize_map(AsMaps(self.0))
    }
}

#[cfg(test)]
mod tests {
    use podside_model::view::{Content, Row, Value};
    use podside_model::{Liveness, ObjectRef, Severity, StripSpan, StripState};
    use serde::Serialize;

    use super::*;

    #[track_caller]
    fn stays<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: T) {
        let text = serde_json::to_string(&value).unwrap();
        assert_eq!(read::<T>(&text).unwrap(), value, "{text}");
    }

    #[test]
    fn every_form_is_read_as_it_was_written() {
        let object = ObjectRef::namespaced("Pod", "shop", "web \"é\\n\"");
        stays(Some(vec![object.clone()]));
        stays(None::<ObjectRef>);
        stays((1_u64, -2_i64, true, "a".to_owned()));
        stays(Severity::Info);
        stays(StripSpan {
            until: "2026-11-20T20:28:59Z".parse().unwrap(),
            state: StripState::Broken(Severity::Warning),
        });
        stays(Liveness::Loading {
            read: 6,
            of: 14,
            kind: "Pods".to_owned(),
        });
        stays(Content::Rows(vec![Row {
            label: "Node".to_owned(),
            nested: true,
            values: vec![Value::Object(object), Value::Text(String::new())],
        }]));
        stays(Err::<String, crate::PortalError>(
            crate::PortalError::NotFound {
                what: "x".to_owned(),
            },
        ));
    }

    #[test]
    fn a_struct_as_a_list_and_what_follows_a_value_are_errors() {
        assert!(read::<ObjectRef>(r#"["", "Pod", "shop", "web", null]"#).is_err());
        assert!(read::<ObjectRef>(r#"{"kind": "Pod"}"#).is_err());
        assert!(read::<bool>("true false").is_err());
        assert!(read::<bool>("").is_err());
    }
}
