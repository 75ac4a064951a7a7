use std::collections::BTreeMap;
use std::fmt;

use super::fields::Fields;
use super::sharing::Str;

/// A label selector (`LabelSelector` in the API). `None` of its parts selects all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Selector {
    /// Whether the object has the selector at all: an absent one selects nothing,
    /// an empty one everything.
    pub present: bool,
    /// `matchLabels`.
    pub labels: BTreeMap<Str, Str>,
    /// `matchExpressions`.
    pub expressions: Box<[Requirement]>,
}

/// One requirement on a label.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requirement {
    /// The label's key.
    pub key: Str,
    /// `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt` or `Lt`.
    pub operator: Str,
    /// The values.
    pub values: Box<[Str]>,
}

impl Selector {
    pub(crate) fn read(selector: Fields<'_>) -> Self {
        Self {
            present: selector.exists(),
            labels: selector.map("matchLabels"),
            expressions: Requirement::list(selector, "matchExpressions"),
        }
    }

    /// Whether an object with these labels is selected.
    pub fn matches(&self, labels: &BTreeMap<Str, Str>) -> bool {
        self.present
            && contains(labels, &self.labels)
            && self
                .expressions
                .iter()
                .all(|r| r.matches(labels.get(&r.key).map(|v| &**v)))
    }

    /// Whether it selects everything.
    pub fn is_all(&self) -> bool {
        self.present && self.labels.is_empty() && self.expressions.is_empty()
    }
}

/// Whether `labels` holds every pair of `wanted`.
pub fn contains(labels: &BTreeMap<Str, Str>, wanted: &BTreeMap<Str, Str>) -> bool {
    wanted.iter().all(|(k, v)| labels.get(k) == Some(v))
}

/// `a=b,c=d`, as kubectl writes a selector.
pub fn join(labels: &BTreeMap<Str, Str>) -> String {
    labels
        .iter()
        .map(|(k, v)| format!("{k}={v}"))
        .collect::<Vec<_>>()
        .join(",")
}

impl Requirement {
    pub(crate) fn list(parent: Fields<'_>, key: &str) -> Box<[Self]> {
        parent
            .list(key)
            .map(|(_, r)| Self {
                key: r.name("key"),
                operator: r.name("operator"),
                values: r.strs("values").into(),
            })
            .collect()
    }

    /// Whether a label with this value, or its absence, satisfies the requirement.
    /// An operator that is not known satisfies nothing, as in the API server.
    pub fn matches(&self, value: Option<&str>) -> bool {
        let listed = value.is_some_and(|v| self.values.iter().any(|w| &**w == v));
        let compared = || {
            let limit: i64 = self.values.first()?.parse().ok()?;
            Some(value?.parse::<i64>().ok()?.cmp(&limit))
        };
        match &*self.operator {
            "In" => listed,
            "NotIn" => !listed,
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            "Gt" => compared().is_some_and(std::cmp::Ordering::is_gt),
            "Lt" => compared().is_some_and(std::cmp::Ordering::is_lt),
            _ => false,
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.values.join(", ");
        match &*self.operator {
            "In" if self.values.len() == 1 => write!(f, "{}={values}", self.key),
            "In" => write!(f, "{} in ({values})", self.key),
            "NotIn" => write!(f, "{} notin ({values})", self.key),
            "Exists" => f.write_str(&self.key),
            "DoesNotExist" => write!(f, "!{}", self.key),
            "Gt" => write!(f, "{} > {values}", self.key),
            "Lt" => write!(f, "{} < {values}", self.key),
            other => write!(f, "{} {other} ({values})", self.key),
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self
            .labels
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        parts.extend(self.expressions.iter().map(ToString::to_string));
        f.write_str(&parts.join(","))
    }
}
