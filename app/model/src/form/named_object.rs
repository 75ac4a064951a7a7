use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{ObjectRef, kind_and_group};

/// The word that stands for "no namespace", in forms and in addresses.
pub const NO_NAMESPACE: &str = "-";

/// The longest part of a name, in bytes (Kubernetes documentation, "Object Names and IDs").
const LONGEST: usize = 253;

/// An object in one word, as forms send it: `KIND.GROUP/NAMESPACE/NAME`, with `-` for the namespace
/// of what has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NamedObject(pub ObjectRef);

impl fmt::Display for NamedObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = &self.0;
        let namespace = object.namespace.as_deref().unwrap_or(NO_NAMESPACE);
        write!(f, "{}/{namespace}/{}", object.kind_in_group(), object.name)
    }
}

/// The text names no object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnObject;

impl fmt::Display for NotAnObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object is named KIND/NAMESPACE/NAME")
    }
}

impl std::error::Error for NotAnObject {}

impl FromStr for NamedObject {
    type Err = NotAnObject;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '/');
        let mut part = || {
            parts.next().filter(|part| {
                !part.is_empty()
                    && part.len() <= LONGEST
                    && !part.contains(|c: char| c.is_control() || c == '/')
            })
        };
        let (Some(kind), Some(namespace), Some(name)) = (part(), part(), part()) else {
            return Err(NotAnObject);
        };
        // An address of before kinds had groups leaves the group out.
        let (kind, group) = kind_and_group(kind);
        Ok(Self(ObjectRef {
            kind: kind.to_owned(),
            group: group.to_owned(),
            namespace: (namespace != NO_NAMESPACE).then(|| namespace.to_owned()),
            name: name.to_owned(),
            container: None,
        }))
    }
}

impl TryFrom<String> for NamedObject {
    type Error = NotAnObject;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<NamedObject> for String {
    fn from(object: NamedObject) -> Self {
        object.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_named_in_three_parts() {
        for object in [
            ObjectRef::namespaced("Pod", "shop", "cart"),
            ObjectRef::cluster("Node", "n1"),
            ObjectRef::namespaced("StatefulSet", "shop", "cart"),
            ObjectRef::namespaced("StatefulSet", "shop", "cart").in_group("apps.kruise.io"),
        ] {
            let word = NamedObject(object.clone()).to_string();
            assert_eq!(word.parse(), Ok(NamedObject(object)), "{word}");
        }
        let long = format!("Pod/shop/{}", "a".repeat(254));
        for wrong in [
            "",
            "Pod",
            "Pod/shop",
            "Pod//cart",
            "Pod/shop/a/b",
            "Pod/shop/a\nb",
            &long,
        ] {
            assert_eq!(wrong.parse::<NamedObject>(), Err(NotAnObject), "{wrong:?}");
        }
    }
}
