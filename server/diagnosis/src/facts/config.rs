use podside_model::Why;
use podside_redact::hide_named;

use super::clean::{SHORT, clean};
use super::fields::Fields;
use super::meta::Meta;
use super::sharing::Str;
use crate::hosts::{self, NamedHost};

/// The most hosts that are kept of one ConfigMap.
const MOST_HOSTS: usize = 32;

/// A ConfigMap: the names of its keys, and the hosts that its values name. The values
/// themselves are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigMap {
    /// `metadata`.
    pub meta: Meta,
    /// The keys of `data` and `binaryData`.
    pub keys: Box<[Str]>,
    /// The hosts that the values of `data` name; at most 32.
    pub(crate) hosts: Box<[KeyHost]>,
    /// `immutable`.
    pub immutable: bool,
}

/// A host that a value of a ConfigMap names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyHost {
    /// The key.
    pub(crate) key: Str,
    /// The host.
    pub(crate) host: NamedHost,
    /// The line of the value that names it, with what looks secret in it hidden.
    pub(crate) line: Str,
    /// Whether the value has no other line.
    pub(crate) is_whole: bool,
}

/// A Secret: the names of its keys, where a rule asked for them. Its values never become
/// part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// `metadata`.
    pub meta: Meta,
    /// `metadata.resourceVersion`: another one means that the keys may be others; empty when
    /// absent.
    pub version: Str,
    /// The keys of `data`, or why they are not known: [`Why::NotSeen`] while only the
    /// metadata was read.
    pub keys: Result<Box<[Str]>, Why>,
    /// `type`, such as `kubernetes.io/tls`; empty when absent, and while the keys are not
    /// known.
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
            hosts: object
                .texts("data")
                .flat_map(|(key, value)| {
                    let found = hosts::in_value(key, value);
                    found.into_iter().map(move |host| {
                        let line = value.lines().find(|line| line.contains(&host.host));
                        let line = clean(line.unwrap_or_default(), SHORT).into_owned();
                        KeyHost {
                            key: object.sharing().str(&clean(key, SHORT)),
                            host,
                            is_whole: line == value,
                            line: Str::from(&*hide_named(key, &line)),
                        }
                    })
                })
                .take(MOST_HOSTS)
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
        let version = object.at("metadata").raw("resourceVersion");
        Self {
            meta: Meta::read(object, true),
            // Not shared: no other object has it, and it changes.
            version: Str::from(clean(version.unwrap_or_default(), SHORT)),
            keys: if whole {
                let keys = object.keys("data").chain(object.keys("stringData"));
                Ok(keys.collect())
            } else {
                Err(Why::NotSeen)
            },
            kind: object.name("type"),
        }
    }

    /// The same Secret with the keys and the type that were read of it.
    #[must_use]
    pub fn with_keys(&self, read: &Self) -> Self {
        Self {
            keys: read.keys.clone(),
            kind: read.kind.clone(),
            ..self.clone()
        }
    }

    /// The same Secret, whose keys could not be read.
    #[must_use]
    pub fn without_keys(&self, why: Why) -> Self {
        Self {
            keys: Err(why),
            ..self.clone()
        }
    }
}
