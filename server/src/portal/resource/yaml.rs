use std::fmt::Write;

use serde_json::Value;

/// An object as YAML in `kubectl`'s shape: two spaces a level, lists at the level
/// of their key. With a JSON Pointer (RFC 6901), also the first and last line of the
/// value that it names, counted from 1.
pub(super) fn yaml(object: &Value, pointer: Option<&str>) -> (String, Option<(usize, usize)>) {
    let mut writer = Writer {
        text: String::new(),
        line: 1,
        marked: None,
    };
    let wanted: Option<Vec<String>> = pointer.and_then(|pointer| {
        let rest = pointer.strip_prefix('/')?;
        Some(rest.split('/').map(unescape).collect())
    });
    match object {
        Value::Object(_) | Value::Array(_) if !is_empty(object) => {
            writer.nested(object, 0, wanted.as_deref());
        }
        _ => {
            writer.scalar(object, 0);
            writer.end_line();
        }
    }
    (writer.text, writer.marked)
}

/// `~1` is a slash and `~0` a tilde (RFC 6901, section 4).
fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

struct Writer {
    text: String,
    line: usize,
    marked: Option<(usize, usize)>,
}

impl Writer {
    /// A map or list that is not empty, from the start of a line.
    fn nested(&mut self, value: &Value, indent: usize, wanted: Option<&[String]>) {
        match value {
            Value::Object(map) => {
                for (at, (key, value)) in map.iter().enumerate() {
                    // The first key of a list's item stands after its dash.
                    if at > 0 || self.text.ends_with('\n') || self.text.is_empty() {
                        self.indent(indent);
                    }
                    self.entry(key, value, indent, wanted);
                }
            }
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    if at > 0 || self.text.ends_with('\n') || self.text.is_empty() {
                        self.indent(indent);
                    }
                    let (found, below) = step(wanted, &at.to_string());
                    let first = self.line;
                    self.text.push_str("- ");
                    if is_empty(item) {
                        self.scalar(item, indent + 2);
                        self.end_line();
                    } else {
                        self.nested(item, indent + 2, below);
                    }
                    self.mark(found, first);
                }
            }
            scalar => {
                self.scalar(scalar, indent);
                self.end_line();
            }
        }
    }

    fn entry(&mut self, key: &str, value: &Value, indent: usize, wanted: Option<&[String]>) {
        let (found, below) = step(wanted, key);
        let first = self.line;
        self.plain_or_quoted(key);
        self.text.push(':');
        match value {
            Value::Object(_) if !is_empty(value) => {
                self.end_line();
                self.nested(value, indent + 2, below);
            }
            Value::Array(_) if !is_empty(value) => {
                self.end_line();
                self.nested(value, indent, below);
            }
            scalar => {
                self.text.push(' ');
                self.scalar(scalar, indent + 2);
                self.end_line();
            }
        }
        self.mark(found, first);
    }

    fn scalar(&mut self, value: &Value, indent: usize) {
        match value {
            Value::Null => self.text.push_str("null"),
            Value::Bool(truth) => self.text.push_str(if *truth { "true" } else { "false" }),
            Value::Number(number) => {
                // Writing to a string does not fail.
                let _ = write!(self.text, "{number}");
            }
            Value::String(text) if is_block(text) => self.block(text, indent),
            Value::String(text) => self.plain_or_quoted(text),
            Value::Array(_) => self.text.push_str("[]"),
            Value::Object(_) => self.text.push_str("{}"),
        }
    }

    /// A text of several lines as a literal block scalar.
    fn block(&mut self, text: &str, indent: usize) {
        let body = text.trim_end_matches('\n');
        let chomping = match text.len() - body.len() {
            0 => "|-",
            1 => "|",
            _ => "|+",
        };
        self.text.push_str(chomping);
        let lines = if chomping == "|+" {
            text.strip_suffix('\n').unwrap_or(text)
        } else {
            body
        };
        for line in lines.split('\n') {
            self.end_line();
            if !line.is_empty() {
                self.indent(indent);
                self.text.push_str(line);
            }
        }
    }

    fn plain_or_quoted(&mut self, text: &str) {
        if is_plain(text) {
            self.text.push_str(text);
        } else {
            // JSON's strings are double-quoted scalars of YAML 1.2.
            self.text
                .push_str(&Value::String(text.to_owned()).to_string());
        }
    }

    fn indent(&mut self, indent: usize) {
        self.text.extend(std::iter::repeat_n(' ', indent));
    }

    fn end_line(&mut self) {
        self.text.push('\n');
        self.line += 1;
    }

    fn mark(&mut self, found: bool, first: usize) {
        if found {
            self.marked = Some((first, self.line - 1));
        }
    }
}

/// Whether `key` is the last token that is wanted, and what is wanted below it.
fn step<'a>(wanted: Option<&'a [String]>, key: &str) -> (bool, Option<&'a [String]>) {
    match wanted {
        Some([last]) if last == key => (true, None),
        Some([next, below @ ..]) if next == key => (false, Some(below)),
        _ => (false, None),
    }
}

/// Whether a value stands on the line of its key: a scalar, or an empty map or list.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => true,
    }
}

/// Whether a text can be a block scalar: several lines, none of which begins with
/// a space that would be taken for indentation, and no control characters.
fn is_block(text: &str) -> bool {
    text.trim_end_matches('\n').contains('\n')
        && !text.starts_with([' ', '\n', '\t'])
        && !text
            .chars()
            .any(|c| c.is_control() && c != '\n' && c != '\t')
}

/// Whether a text can stand without quotes: nothing in it could be read as syntax,
/// as a number, as a date or as a word such as `yes`.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 13] = [
        "null", "~", "true", "false", "yes", "no", "on", "off", "y", "n", "-", ".nan", ".inf",
    ];
    let Some(first) = text.chars().next() else {
        return false;
    };
    let risky_start = first.is_ascii_digit()
        || matches!(
            first,
            '-' | '+'
                | '.'
                | '?'
                | ':'
                | ','
                | '['
                | ']'
                | '{'
                | '}'
                | '#'
                | '&'
                | '*'
                | '!'
                | '|'
                | '>'
                | '\''
                | '"'
                | '%'
                | '@'
                | '`'
                | '='
                | '<'
                | '~'
                | ' '
        );
    let number_like = risky_start && first.is_ascii_digit() && is_number_like(text);
    let bad_start =
        risky_start && !first.is_ascii_digit() && !(first == '-' && is_word_after_dash(text));
    !number_like
        && !bad_start
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.chars().any(char::is_control)
        && !WORDS.contains(&text.to_lowercase().as_str())
}

/// Whether a text that begins with a digit could be read as a number or a date.
fn is_number_like(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_ascii_hexdigit()
            || matches!(c, '.' | '+' | '-' | '_' | ':' | 'x' | 'o' | 'T' | 'Z' | ' ')
    })
}

/// `-flag` may stand bare, `- item` and `-1` may not.
fn is_word_after_dash(text: &str) -> bool {
    text.trim_start_matches('-')
        .starts_with(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_text_has_kubectls_shape() {
        let object = json!({
            "kind": "Pod",
            "metadata": {"annotations": {}, "labels": {"app": "x", "on": "true", "v": "1.2", "sha": "1e5"}},
            "spec": {"containers": [{"args": ["-c", "a: b"], "image": "r:5000/x@sha256:1", "name": "w"}, {"name": "v"}]},
            "status": {"at": "2026-11-20T20:28:41Z", "none": null},
        });
        let (text, _) = yaml(&object, None);
        assert_eq!(
            text,
            "kind: Pod\nmetadata:\n  annotations: {}\n  labels:\n    app: x\n    \"on\": \"true\"\n    sha: \"1e5\"\n    v: \"1.2\"\nspec:\n  containers:\n  - args:\n    - -c\n    - \"a: b\"\n    image: r:5000/x@sha256:1\n    name: w\n  - name: v\nstatus:\n  at: \"2026-11-20T20:28:41Z\"\n  none: null\n"
        );
    }

    #[test]
    fn the_lines_of_a_pointer_are_found() {
        let object = json!({"a": {"b/c": [{"d": 1, "e": 2}, {"d": 3}]}, "z": "1\n2\n"});
        let (text, marked) = yaml(&object, Some("/a/b~1c/0/e"));
        let (first, last) = marked.unwrap();
        assert_eq!((first, last), (4, 4));
        assert_eq!(text.lines().nth(first - 1), Some("    e: 2"));
        assert_eq!(yaml(&object, Some("/a/b~1c/0")).1, Some((3, 4)));
        assert_eq!(yaml(&object, Some("/a")).1, Some((1, 5)));
        assert_eq!(yaml(&object, Some("/z")).1, Some((6, 8)));
        assert_eq!(yaml(&object, Some("/none")).1, None);
        assert_eq!(yaml(&object, Some("")).1, None);
    }

    #[test]
    fn any_text_reads_back_as_it_was() {
        let odd = [
            "",
            " a",
            "a ",
            "a\nb",
            "a\nb\n",
            "a\n\n b\n\n",
            " a\nb",
            "\n",
            "\t",
            "- a",
            "-",
            "a: b",
            "a #b",
            "#a",
            "yes",
            "No",
            "1",
            "1.5",
            "0x1f",
            "2026-01-01",
            "12:30",
            "{a}",
            "[a",
            "*a",
            "&a",
            "!a",
            "a:",
            "~",
            "null",
            "é\u{1}",
            "%a",
            "@a",
            "`a",
            "key=value",
            "=",
            "<<",
            ">=1",
            "-flag",
            "--flag=1",
            "-1",
            "1a2b",
            "日本語",
            "a\r\nb",
            "'a'",
            "\"a\"",
            "a\tb\nc",
            "... ",
            "---",
        ];
        for text in odd {
            for value in [
                json!(text),
                json!({"k": text}),
                json!([text, {"k": [text]}]),
                json!({text: 1}),
            ] {
                let (yaml, _) = yaml(&value, None);
                let read: Value = serde_saphyr::from_str(&yaml)
                    .unwrap_or_else(|error| panic!("{text:?} became {yaml:?}: {error}"));
                assert_eq!(read, value, "{yaml:?}");
            }
        }
    }
}
