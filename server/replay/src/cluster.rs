//! One served cluster: its resources, objects, logs, rights and clock.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::{
    access::Access, acting::Acting, catalogue::Catalogue, fields::Fields, logs::RecordedLog,
    recording::LogKey, store::Store,
};

/// Everything a request can see.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) catalogue: Catalogue,
    pub(crate) store: Store,
    pub(crate) logs: BTreeMap<LogKey, RecordedLog>,
    pub(crate) access: Access,
    /// What was done, and the commands that can be run.
    pub(crate) acting: Acting,
    pub(crate) token: String,
    /// `host:port` that clients reach this at.
    pub(crate) address: String,
    pub(crate) version: Value,
    /// Whether a recording tells the version, so that it is no mere assumption.
    pub(crate) version_known: bool,
    /// Whether it is the version that the built-in resources are of.
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

    /// The second number of the API server's version, where it tells one.
    pub(crate) fn minor_version(&self) -> Option<u32> {
        let version = self.version.text("/gitVersion").strip_prefix("v1.")?;
        let end = version.find(|c: char| !c.is_ascii_digit());
        version.get(..end.unwrap_or(version.len()))?.parse().ok()
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
