use std::fmt;

use serde_json::Value;

use super::clean::{SHORT, clean};
use super::fields::Fields;
use super::sharing::Str;

/// A port by number or by name, as probes, Services and Ingresses name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortRef {
    /// A port number.
    Number(i64),
    /// The name of a port.
    Name(Str),
}

impl PortRef {
    pub(crate) fn read(parent: Fields<'_>, key: &str) -> Option<Self> {
        match parent.value(key)? {
            Value::Number(number) => number.as_i64().map(Self::Number),
            Value::String(name) if !name.is_empty() => Some(name.parse().map_or_else(
                |_| Self::Name(parent.sharing().str(&clean(name, SHORT))),
                Self::Number,
            )),
            _ => None,
        }
    }
}

impl fmt::Display for PortRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}
