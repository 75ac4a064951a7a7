use std::collections::BTreeMap;

use super::fields::Fields;
use super::meta::Meta;
use super::quantity::Quantity;
use super::sharing::Str;

/// A ResourceQuota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceQuota {
    /// `metadata`.
    pub meta: Meta,
    /// `status.hard`, or `spec.hard` before the first status.
    pub hard: BTreeMap<Str, Quantity>,
    /// `status.used`.
    pub used: BTreeMap<Str, Quantity>,
}

/// A LimitRange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitRange {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.limits`.
    pub limits: Box<[Limit]>,
}

/// One of a LimitRange's `limits`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its index in the object.
    pub index: usize,
    /// `type`: `Container`, `Pod` or `PersistentVolumeClaim`.
    pub kind: Str,
    /// `max`, by resource.
    pub max: BTreeMap<Str, Quantity>,
    /// `min`, by resource.
    pub min: BTreeMap<Str, Quantity>,
    /// `default` limits, by resource.
    pub default: BTreeMap<Str, Quantity>,
    /// `defaultRequest`, by resource.
    pub default_request: BTreeMap<Str, Quantity>,
    /// `maxLimitRequestRatio`, by resource.
    pub max_ratio: BTreeMap<Str, Quantity>,
}

impl ResourceQuota {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let status = object.at("status");
        let hard = status.quantities("hard");
        Self {
            meta: Meta::read(object, true),
            hard: if hard.is_empty() {
                object.at("spec").quantities("hard")
            } else {
                hard
            },
            used: status.quantities("used"),
        }
    }
}

impl LimitRange {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        Self {
            meta: Meta::read(object, true),
            limits: object
                .at("spec")
                .list("limits")
                .map(|(index, l)| Limit {
                    index,
                    kind: l.name("type"),
                    max: l.quantities("max"),
                    min: l.quantities("min"),
                    default: l.quantities("default"),
                    default_request: l.quantities("defaultRequest"),
                    max_ratio: l.quantities("maxLimitRequestRatio"),
                })
                .collect(),
        }
    }
}
