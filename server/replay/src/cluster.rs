//! One served cluster: its resources, objects, logs, rights and clock.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::{
    access::Access, catalogue::Catalogue, logs::RecordedLog, recording::LogKey, store::Store,
};

/// Everything a request can see.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) catalogue: Catalogue,
    pub(crate) store: Store,
    pub(crate) logs: BTreeMap<LogKey, RecordedLog>,
    pub(crate) access: Access,
    pub(crate) token: String,
    /// `host:port` that clients reach this at.
    pub(crate) address: String,
    pub(crate) version: Value,
    /// Whether the recording leaves its version to the built-in one.
    pub(crate) built_in_version: bool,
    /// The cluster's "now" when it stands still; the wall clock otherwise.
    pub(crate) fixed_now: Option<Timestamp>,
    /// Whether logs and objects are still to come.
    pub(crate) alive: bool,
    /// Set when the server stops: every stream ends then.
    pub(crate) stopping: CancellationToken,
}

impl Cluster {
    /// The time that ages are counted to.
    pub(crate) fn now(&self) -> Timestamp {
        self.fixed_now.unwrap_or_else(Timestamp::now)
    }

    /// The `Date` header, where the cluster's time is not the wall clock.
    pub(crate) fn http_date(&self) -> Option<String> {
        self.fixed_now.map(|now| {
            now.to_zoned(TimeZone::UTC)
                .strftime("%a, %d %b %Y %H:%M:%S GMT")
                .to_string()
        })
    }
}
