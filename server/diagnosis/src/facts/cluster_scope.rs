use super::condition::{self, Condition};
use super::fields::Fields;
use super::meta::Meta;
use super::sharing::Str;

/// A Namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// `metadata`.
    pub meta: Meta,
    /// `status.phase`: `Active` or `Terminating`; empty when absent.
    pub phase: Str,
    /// `spec.finalizers`.
    pub finalizers: Box<[Str]>,
    /// `status.conditions`, which say what holds up a deletion.
    pub conditions: Box<[Condition]>,
}

/// A PriorityClass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriorityClass {
    /// `metadata`.
    pub meta: Meta,
    /// `value`.
    pub value: i64,
    /// `globalDefault`.
    pub is_default: bool,
}

/// A RuntimeClass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeClass {
    /// `metadata`.
    pub meta: Meta,
    /// `handler`.
    pub handler: Str,
}

/// An APIService: a part of the API, perhaps served by an extension such as
/// metrics-server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiService {
    /// `metadata`; the name is `VERSION.GROUP`.
    pub meta: Meta,
    /// Namespace and name of the Service that serves it; `None` when the API server does.
    pub service: Option<(Str, Str)>,
    /// `status.conditions`.
    pub conditions: Box<[Condition]>,
}

impl Namespace {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let status = object.at("status");
        Self {
            meta: Meta::read(object, true),
            phase: status.name("phase"),
            finalizers: object.at("spec").strs("finalizers").into(),
            conditions: condition::read(status),
        }
    }

    /// The condition of that type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        condition::find(&self.conditions, kind)
    }
}

impl PriorityClass {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        Self {
            meta: Meta::read(object, true),
            value: object.int("value").unwrap_or(0),
            is_default: object.is("globalDefault"),
        }
    }
}

impl RuntimeClass {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        Self {
            meta: Meta::read(object, true),
            handler: object.name("handler"),
        }
    }
}

impl ApiService {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let service = object.at("spec").at("service");
        Self {
            meta: Meta::read(object, true),
            service: service
                .exists()
                .then(|| (service.name("namespace"), service.name("name"))),
            conditions: condition::read(object.at("status")),
        }
    }
}
