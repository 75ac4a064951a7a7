use std::borrow::Cow;
use std::fmt;

use podside_model::legible::legible;
use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::Value;

use super::{Style, plain, styled};

/// Names under which a JSON line carries its message, best first.
const MESSAGES: [&str; 4] = ["msg", "message", "event", "log"];

/// Names of fields that have their own column: the level and the time.
const IN_COLUMNS: [&str; 11] = [
    "level",
    "lvl",
    "severity",
    "levelname",
    "log.level",
    "time",
    "ts",
    "timestamp",
    "@timestamp",
    "datetime",
    "t",
];

/// Names under which a JSON line says what failed.
const ERRORS: [&str; 3] = ["error", "err", "exception"];

/// What a line shows: its text as it is, or a JSON object as its message and fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Display<'a> {
    /// Plain text, perhaps with colours.
    Text(&'a str),
    /// A JSON object.
    Json {
        /// The message.
        message: String,
        /// The fields as `name=value`, what failed first.
        fields: String,
    },
}

/// A part of what a line shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Whether it belongs to the fields of a JSON line.
    pub is_field: bool,
    /// Its colours.
    pub style: Style,
}

impl<'a> Display<'a> {
    /// What a line shows. A JSON object without a message is shown as it is.
    pub fn of(line: &'a str) -> Self {
        if !line.starts_with('{') {
            return Self::Text(line);
        }
        let Some(mut fields) = fields(line) else {
            return Self::Text(line);
        };
        let position = |names: &[&str], fields: &[(String, Value)]| {
            names.iter().find_map(|name| {
                fields
                    .iter()
                    .position(|(key, value)| key == name && value.is_string())
            })
        };
        let Some(at) = position(&MESSAGES, &fields) else {
            return Self::Text(line);
        };
        let (_, message) = fields.remove(at);
        fields.retain(|(key, value)| value.is_object() || !IN_COLUMNS.contains(&key.as_str()));
        if let Some(error) = position(&ERRORS, &fields) {
            let error = fields.remove(error);
            fields.insert(0, error);
        }
        let shown = fields
            .iter()
            .map(|(key, value)| format!("{key}={}", bare(value)));
        Self::Json {
            message: in_one_row(&bare(&message)),
            fields: in_one_row(&shown.collect::<Vec<_>>().join(" ")),
        }
    }

    /// All that is shown, without colours: what is searched.
    pub fn text(&self) -> Cow<'a, str> {
        match self {
            Self::Text(line) => plain(line),
            Self::Json { message, fields } => Cow::Owned(format!("{message} {fields}")),
        }
    }

    /// The parts in order.
    pub fn parts(&self) -> Vec<(Part, &str)> {
        let part = |is_field, style| Part { is_field, style };
        match self {
            Self::Text(line) => styled(line)
                .into_iter()
                .map(|(style, text)| (part(false, style), text))
                .collect(),
            Self::Json { message, fields } => vec![
                (part(false, Style::default()), message.as_str()),
                (part(true, Style::default()), " "),
                (part(true, Style::default()), fields.as_str()),
            ],
        }
    }
}

/// A text of a JSON line as it may be shown: JSON's own escapes hid from the cleaning of
/// the line what they stand for. Line feeds and tabs become spaces, for a line is one row.
fn in_one_row(text: &str) -> String {
    legible(&text.replace(['\n', '\t'], " ")).into_owned()
}

/// A value without the quotes of a string.
fn bare(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// The fields of a JSON object in the order in which they are written; `None` for
/// anything else.
fn fields(line: &str) -> Option<Vec<(String, Value)>> {
    struct InOrder;
    impl<'de> Visitor<'de> for InOrder {
        type Value = Vec<(String, Value)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut fields = Vec::new();
            while let Some(field) = map.next_entry()? {
                fields.push(field);
            }
            Ok(fields)
        }
    }
    let mut reader = serde_json::Deserializer::from_str(line);
    let fields = reader.deserialize_map(InOrder).ok()?;
    reader.end().ok()?;
    Some(fields)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_json_line_is_its_message_and_then_its_fields_with_the_error_first() {
        let line = r#"{"time":"2026-11-20T20:28:37Z","level":"ERROR","msg":"upstream request failed","url":"http://orders-api/","error":"dial tcp: refused","status":502,"tags":["a"]}"#;
        let display = Display::of(line);
        assert_eq!(
            display.text(),
            r#"upstream request failed error=dial tcp: refused url=http://orders-api/ status=502 tags=["a"]"#
        );
        assert_eq!(display.parts().len(), 3);
    }

    #[test]
    fn what_is_no_json_object_with_a_message_stays_as_it_is() {
        for line in [
            "hello",
            "{",
            r#"{"a":1}"#,
            r#"{"msg":"x"} tail"#,
            r#"{"msg":1}"#,
            "[1]",
        ] {
            assert_eq!(Display::of(line), Display::Text(line), "{line}");
        }
        let deep = format!(r#"{{"msg":"x","a":{}"#, "[".repeat(100_000));
        assert_eq!(Display::of(&deep), Display::Text(&deep));
    }

    #[test]
    fn line_feeds_within_a_message_do_not_break_the_row() {
        assert_eq!(Display::of("{\"msg\":\"a\\nb\\u001b[31m\"}").text(), "a b ");
    }

    #[test]
    fn what_json_escapes_is_shown_as_any_other_text() {
        let line = r#"{"msg":"a\u202eb\u200b","\u001b[2Jkey":["\u009b"]}"#;
        assert_eq!(Display::of(line).text(), r#"ab[U+200B] key=[""]"#);
    }

    proptest! {
        #[test]
        fn any_line_is_shown(line in "\\PC{0,80}|\\{[\"msg:,a\\\\u0{}\\[\\] ]{0,60}") {
            let display = Display::of(&line);
            let joined: String = display.parts().into_iter().map(|(_, t)| t).collect();
            prop_assert_eq!(joined, display.text().into_owned());
        }
    }
}
