//! The columns that a CustomResourceDefinition names for its kind
//! (<https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#additional-printer-columns>).

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::age;
use crate::fields::Fields;

/// The most columns of a kind.
const MOST: usize = 64;

/// A column of a custom resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Printed {
    name: String,
    kind: String,
    format: String,
    description: String,
    priority: i64,
    path: Vec<Step>,
}

/// A step of a path, of those of kubectl's JSONPath that printer columns use.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Field(String),
    Index(usize),
    /// The first of a list of which a field has a value, `[?(@.type=="Ready")]`.
    With(Vec<String>, String),
}

/// The columns of one version of a definition's `spec`; none where they cannot be read.
pub(crate) fn of_spec(spec: &Value, version: &str) -> Arc<[Printed]> {
    let versions = spec.list("/versions").iter();
    let mut of_version = versions.filter(|it| it.text("/name") == version);
    let columns = of_version
        .next()
        .map_or(&[][..], |it| it.list("/additionalPrinterColumns"));
    columns.iter().take(MOST).filter_map(column).collect()
}

fn column(column: &Value) -> Option<Printed> {
    Some(Printed {
        name: column.text("/name").to_owned(),
        kind: column.text("/type").to_owned(),
        format: column.text("/format").to_owned(),
        description: column.text("/description").to_owned(),
        priority: column.number("/priority").unwrap_or(0),
        path: path(column.text("/jsonPath"))?,
    })
}

impl Printed {
    /// Its `columnDefinition`.
    pub(super) fn definition(&self) -> Value {
        json!({
            "name": self.name, "type": self.kind, "format": self.format,
            "description": self.description, "priority": self.priority,
        })
    }

    /// What stands in it for an object; null where there is nothing.
    pub(super) fn cell(&self, object: &Value, now: Timestamp) -> Value {
        let mut at = object;
        for step in &self.path {
            let Some(next) = step.of(at) else {
                return Value::Null;
            };
            at = next;
        }
        match (self.kind.as_str(), at) {
            ("date", Value::String(moment)) => json!(age::since(moment, now)),
            ("string", Value::String(_)) => at.clone(),
            ("string", other) => json!(other.to_string()),
            _ => at.clone(),
        }
    }
}

impl Step {
    fn of<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        match self {
            Self::Field(name) => value.get(name),
            Self::Index(at) => value.get(at),
            Self::With(field, wanted) => value.as_array()?.iter().find(|item| {
                let mut at = Some(*item);
                for name in field {
                    at = at.and_then(|it| it.get(name));
                }
                at.and_then(Value::as_str) == Some(wanted)
            }),
        }
    }
}

/// Reads a path; `None` for one that is more than fields, places and `==`.
fn path(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = text.trim();
    rest = rest
        .strip_prefix('{')
        .and_then(|it| it.strip_suffix('}'))
        .unwrap_or(rest);
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let end = if inside.starts_with("?(") {
                inside.find(")]")? + 1
            } else {
                inside.find(']')?
            };
            steps.push(bracket(inside.get(..end)?)?);
            rest = inside.get(end + 1..)?;
            continue;
        }
        let (name, after) = field(rest.strip_prefix('.')?);
        if name.is_empty() {
            return None;
        }
        steps.push(Step::Field(name));
        rest = after;
    }
    Some(steps)
}

/// A field's name, in which `\.` is a dot of its own, and what follows.
fn field(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '\\' if !escaped => escaped = true,
            '.' | '[' if !escaped => return (name, text.get(at..).unwrap_or_default()),
            c => {
                name.push(c);
                escaped = false;
            }
        }
    }
    (name, "")
}

fn bracket(inside: &str) -> Option<Step> {
    if let Some(filter) = inside
        .strip_prefix("?(")
        .and_then(|it| it.strip_suffix(')'))
    {
        let (field, wanted) = filter.split_once("==")?;
        let names = field
            .trim()
            .strip_prefix("@.")?
            .split('.')
            .map(str::to_owned);
        return Some(Step::With(
            names.collect(),
            unquoted(wanted.trim())?.to_owned(),
        ));
    }
    match inside.parse() {
        Ok(at) => Some(Step::Index(at)),
        Err(_) => unquoted(inside).map(|name| Step::Field(name.to_owned())),
    }
}

fn unquoted(text: &str) -> Option<&str> {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(kind: &str, path: &str) -> Printed {
        let spec = json!({"versions": [{"name": "v1", "additionalPrinterColumns": [
            {"name": "X", "type": kind, "jsonPath": path}]}]});
        let columns = of_spec(&spec, "v1");
        assert_eq!(of_spec(&spec, "v2").len(), 0);
        columns.first().cloned().unwrap()
    }

    #[test]
    fn a_column_says_what_its_path_leads_to() {
        let object = json!({
            "metadata": {"creationTimestamp": "2026-11-20T10:00:00Z", "annotations": {"a.b/c": "d"}},
            "spec": {"size": 3, "on": true, "hosts": ["one", "two"]},
            "status": {"conditions": [{"type": "Synced", "status": "True"}, {"type": "Ready", "status": "False"}]},
        });
        let now = "2026-11-20T10:05:00Z".parse().unwrap();
        let cell = |kind: &str, path: &str| printed(kind, path).cell(&object, now);
        assert_eq!(
            cell("string", r#".status.conditions[?(@.type=="Ready")].status"#),
            "False"
        );
        assert_eq!(
            cell("string", ".status.conditions[?(@.type=='Synced')].status"),
            "True"
        );
        assert_eq!(cell("date", ".metadata.creationTimestamp"), "5m");
        assert_eq!(cell("integer", "{.spec.size}"), 3);
        assert_eq!(cell("string", ".spec.on"), "true");
        assert_eq!(cell("string", ".spec.hosts[1]"), "two");
        assert_eq!(cell("string", r".metadata.annotations.a\.b/c"), "d");
        assert_eq!(cell("string", ".metadata.annotations['a.b/c']"), "d");
        assert_eq!(cell("string", ".spec.none.at.all"), Value::Null);
    }

    #[test]
    fn a_path_that_cannot_be_read_is_no_column() {
        for odd in [
            "spec",
            ".",
            "..x",
            ".a[",
            ".a[?(x)]",
            ".a[*]",
            ".a[?(@.b>1)]",
            ".a[?(@.b=='c'",
        ] {
            assert_eq!(path(odd), None, "{odd}");
        }
        assert_eq!(path(""), Some(Vec::new()));
    }
}
