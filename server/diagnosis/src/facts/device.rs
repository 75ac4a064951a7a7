//! Devices that Pods claim
//! (<https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/>).

use super::condition::{self, Condition};
use super::fields::Fields;
use super::meta::Meta;
use super::sharing::Str;

/// A ResourceClaim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceClaim {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.devices.requests[].name`.
    pub requests: Box<[Str]>,
    /// Whether it has a `status.allocation`.
    pub allocated: bool,
    /// `status.allocation.devices.results`, each with what its driver says of it.
    pub devices: Box<[AllocatedDevice]>,
    /// `status.reservedFor`.
    pub reserved_for: Box<[ResourceConsumer]>,
}

/// A device that was found for a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllocatedDevice {
    /// Its index in `status.allocation.devices.results`.
    pub index: usize,
    /// `request`.
    pub request: Str,
    /// `driver`.
    pub driver: Str,
    /// `pool`.
    pub pool: Str,
    /// `device`.
    pub device: Str,
    /// Its index in `status.devices`; `None` while its driver has said nothing.
    pub status_index: Option<usize>,
    /// `status.devices[].conditions`, whose pointers begin at the device's status.
    pub conditions: Box<[Condition]>,
}

/// Who may use a claim now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceConsumer {
    /// `apiGroup`; empty for the core group.
    pub group: Str,
    /// `resource`: the plural name, such as `pods`.
    pub resource: Str,
    /// `name`.
    pub name: Str,
    /// `uid`.
    pub uid: Str,
}

impl ResourceClaim {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        let allocation = status.at("allocation");
        Self {
            meta: Meta::read(object, false),
            requests: spec
                .at("devices")
                .list("requests")
                .map(|(_, request)| request.name("name"))
                .collect(),
            allocated: allocation.exists(),
            devices: allocation
                .at("devices")
                .list("results")
                .map(|(index, it)| device(index, it, status))
                .collect(),
            reserved_for: status
                .list("reservedFor")
                .map(|(_, it)| ResourceConsumer {
                    group: it.name("apiGroup"),
                    resource: it.name("resource"),
                    name: it.name("name"),
                    uid: it.name("uid"),
                })
                .collect(),
        }
    }
}

fn device(index: usize, it: Fields<'_>, status: Fields<'_>) -> AllocatedDevice {
    let (driver, pool, device) = (it.name("driver"), it.name("pool"), it.name("device"));
    let is_it = |told: Fields<'_>| {
        told.name("driver") == driver && told.name("pool") == pool && told.name("device") == device
    };
    let known = status.list("devices").find(|(_, told)| is_it(*told));
    AllocatedDevice {
        index,
        request: it.name("request"),
        status_index: known.map(|(index, _)| index),
        conditions: known
            .map(|(_, told)| condition::read(told))
            .unwrap_or_default(),
        driver,
        pool,
        device,
    }
}
