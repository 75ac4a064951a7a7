use super::fields::Fields;
use super::meta::Meta;
use super::sharing::Str;

/// A ConfigMap: the names of its keys. Its values are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigMap {
    /// `metadata`.
    pub meta: Meta,
    /// The keys of `data` and `binaryData`.
    pub keys: Box<[Str]>,
    /// `immutable`.
    pub immutable: bool,
}

/// A Secret: the names of its keys. Its values are never read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// `metadata`.
    pub meta: Meta,
    /// The keys of `data`. `None` when only the Secret's metadata could be read.
    pub keys: Option<Box<[Str]>>,
    /// `type`, such as `kubernetes.io/tls`; empty when absent.
    pub kind: Str,
}

impl ConfigMap {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        Self {
            meta: Meta::read(object, true),
            keys: object
                .keys("data")
                .chain(object.keys("binaryData"))
                .collect(),
            immutable: object.is("immutable"),
        }
    }

    /// Whether it has the key.
    pub fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|k| &**k == key)
    }
}

impl Secret {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        // An object of which only the metadata was fetched has neither data nor type;
        // a Secret always has a type.
        let whole = object.value("data").is_some() || object.value("type").is_some();
        Self {
            meta: Meta::read(object, true),
            keys: whole.then(|| {
                object
                    .keys("data")
                    .chain(object.keys("stringData"))
                    .collect()
            }),
            kind: object.name("type"),
        }
    }

    /// Whether it has the key, as far as its keys could be read.
    pub fn has(&self, key: &str) -> Option<bool> {
        Some(self.keys.as_ref()?.iter().any(|k| &**k == key))
    }
}
