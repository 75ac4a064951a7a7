use jiff::Timestamp;

use super::fields::Fields;
use super::sharing::Str;

/// One of an object's `status.conditions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Its index in the object.
    pub index: usize,
    /// `type`.
    pub kind: Str,
    /// `status`: `True`, `False` or `Unknown`.
    pub status: Str,
    /// `reason`; empty when absent.
    pub reason: Str,
    /// `message`.
    pub message: Option<Str>,
    /// `lastTransitionTime`.
    pub changed: Option<Timestamp>,
    /// `lastHeartbeatTime` (Nodes) or `lastProbeTime`.
    pub heartbeat: Option<Timestamp>,
}

impl Condition {
    /// Whether `status` is `True`.
    pub fn is_true(&self) -> bool {
        &*self.status == "True"
    }

    /// Whether `status` is `False`.
    pub fn is_false(&self) -> bool {
        &*self.status == "False"
    }

    /// JSON Pointer of one of its fields.
    pub fn path(&self, field: &str) -> String {
        format!("/status/conditions/{}/{field}", self.index)
    }
}

/// The condition of that type.
pub fn find<'a>(conditions: &'a [Condition], kind: &str) -> Option<&'a Condition> {
    conditions.iter().find(|c| &*c.kind == kind)
}

/// `conditions` of a `status`.
pub(crate) fn read(status: Fields<'_>) -> Box<[Condition]> {
    status
        .list("conditions")
        .map(|(index, c)| Condition {
            index,
            kind: c.name("type"),
            status: c.name("status"),
            reason: c.name("reason"),
            message: c.message("message"),
            changed: c.time("lastTransitionTime"),
            heartbeat: c
                .time("lastHeartbeatTime")
                .or_else(|| c.time("lastProbeTime")),
        })
        .collect()
}
