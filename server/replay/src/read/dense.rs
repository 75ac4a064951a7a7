//! An object's text without white space, without making values of it.
//!
//! What a parser would refuse is refused here too: the text that comes out can be read by
//! anybody, whatever the file held.

use std::fmt;
use std::io::Write;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Writes the object in `text` to `out`, in one line and without its `apiVersion` and
/// `kind`, which are kept beside it.
pub(super) fn write(text: &str, out: &mut Vec<u8>) -> serde_json::Result<()> {
    out.clear();
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.deserialize_map(Root(out))?;
    reader.end()
}

/// The object itself.
struct Root<'o>(&'o mut Vec<u8>);

impl<'de> Visitor<'de> for Root<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self(out) = self;
        let start = out.len();
        out.push(b'{');
        loop {
            // A key that is not kept is taken back with its comma.
            let before = out.len();
            if before > start + 1 {
                out.push(b',');
            }
            let key = out.len();
            if map.next_key_seed(Dense(out))?.is_none() {
                out.truncate(before);
                break;
            }
            if matches!(out.get(key..), Some(br#""apiVersion""# | br#""kind""#)) {
                out.truncate(before);
                map.next_value::<IgnoredAny>()?;
            } else {
                out.push(b':');
                map.next_value_seed(Dense(out))?;
            }
        }
        out.push(b'}');
        Ok(())
    }
}

/// Any value in it.
struct Dense<'o>(&'o mut Vec<u8>);

impl Dense<'_> {
    fn plain<E: Error>(self, value: impl fmt::Display) -> Result<(), E> {
        write!(self.0, "{value}").map_err(E::custom)
    }
}

impl<'de> DeserializeSeed<'de> for Dense<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Dense<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self(out) = self;
        out.push(b'{');
        let mut is_first = true;
        loop {
            let before = out.len();
            if !is_first {
                out.push(b',');
            }
            if map.next_key_seed(Dense(out))?.is_none() {
                out.truncate(before);
                break;
            }
            is_first = false;
            out.push(b':');
            map.next_value_seed(Dense(out))?;
        }
        out.push(b'}');
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self(out) = self;
        out.push(b'[');
        let mut is_first = true;
        loop {
            let before = out.len();
            if !is_first {
                out.push(b',');
            }
            if seq.next_element_seed(Dense(out))?.is_none() {
                out.truncate(before);
                break;
            }
            is_first = false;
        }
        out.push(b']');
        Ok(())
    }

    /// Text that stands in the file as it is meant needs no escapes here either.
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        let Self(out) = self;
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        serde_json::to_writer(self.0, text).map_err(E::custom)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.plain(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.plain(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.plain(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        serde_json::to_writer(self.0, &value).map_err(E::custom)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.plain("null")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn dense(text: &str) -> serde_json::Result<String> {
        let mut out = b"left over".to_vec();
        write(text, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn what_is_meant_stays_and_its_form_goes() {
        for (text, wanted) in [
            ("{ }", "{}"),
            ("{\n \"kind\": \"Pod\",\n\t\"apiVersion\" : \"v1\" }", "{}"),
            (
                r#"{"kind":"Pod","a":{"kind":"x","apiVersion":{}},"apiVersion":"v1","b":[ ],"c":[{} , 1,-2 ,1.50,1e3,null,true]}"#,
                r#"{"a":{"kind":"x","apiVersion":{}},"b":[],"c":[{},1,-2,1.5,1000.0,null,true]}"#,
            ),
            (
                r#"{"a\"\n":"\u00e9\\\u0001 é","b":"","\u006bind":7}"#,
                "{\"a\\\"\\n\":\"é\\\\\\u0001 é\",\"b\":\"\"}",
            ),
        ] {
            assert_eq!(dense(text).unwrap(), wanted, "{text}");
        }
        for refused in [
            "[]",
            "7",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":1e999}",
            "{} x",
            "{\"a\":",
        ] {
            assert!(dense(refused).is_err(), "{refused}");
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 60, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map(".{0,6}", inner, 0..8)
                    .prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_says_what_a_parser_reads(value in any_json()) {
            let object = serde_json::json!({"a": value});
            let indented = serde_json::to_string_pretty(&object).unwrap();
            // Some numbers lose their last digit when they are parsed.
            let parsed: Value = serde_json::from_str(&indented).unwrap();
            prop_assert_eq!(dense(&indented).unwrap(), parsed.to_string());
        }
    }
}
