use podside_diagnosis::facts::Kind;
use podside_model::kind_and_group;
use podside_model::log::{Cursor, SourceId};

use crate::error::{Error, Result};
use crate::path::segment;

/// What is to be read, as a reader asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogQuery {
    /// The namespace.
    pub namespace: String,
    /// Whose Pods; all of the namespace when empty.
    pub targets: Vec<LogTarget>,
    /// Only the containers of this name.
    pub container: Option<String>,
    /// Of which runs of the containers.
    pub instances: Instances,
    /// From when on.
    pub since: Since,
    /// Only the last so many lines of each container.
    pub tail: Option<u32>,
    /// Whether to go on as the containers write.
    pub follow: bool,
}

impl LogQuery {
    /// Whether only runs that have ended are read.
    pub(crate) fn is_previous(&self) -> bool {
        self.instances == Instances::Previous
    }

    /// Refuses names that cannot be those of Kubernetes objects, before anything is
    /// asked with them.
    pub fn check(&self) -> Result<()> {
        segment(&self.namespace)?;
        if let Some(container) = &self.container {
            check_label(container)?;
        }
        for target in &self.targets {
            match target {
                LogTarget::Pod(name) | LogTarget::Workload { name, .. } => check_subdomain(name)?,
                LogTarget::Selector(selector) => check_selector(selector)?,
            }
        }
        check_label(&self.namespace)
    }
}

/// Whose log is to be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LogTarget {
    /// One Pod.
    Pod(String),
    /// All Pods that a workload's (or Service's) selector selects.
    Workload {
        /// One of [`LogTarget::WORKLOADS`].
        kind: Kind,
        /// `metadata.name`.
        name: String,
    },
    /// All Pods with these labels, in the API's own notation, such as `app=web`.
    Selector(String),
}

impl LogTarget {
    /// The kinds whose selector is followed.
    pub const WORKLOADS: [Kind; 6] = [
        Kind::Deployment,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::ReplicaSet,
        Kind::Job,
        Kind::Service,
    ];

    /// Reads `KIND.GROUP/NAME`, as `Pod/web-1` or `Deployment.apps/web`; Kubernetes' own
    /// kinds are known without their group.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || Error::InvalidName {
            name: text.chars().take(64).collect(),
        };
        let (kind, name) = text.split_once('/').ok_or_else(wrong)?;
        check_subdomain(name)?;
        let (kind, group) = kind_and_group(kind);
        let kind = Kind::find(kind, group).ok_or_else(wrong)?;
        if kind == Kind::Pod {
            return Ok(Self::Pod(name.to_owned()));
        }
        if !Self::WORKLOADS.contains(&kind) {
            return Err(wrong());
        }
        Ok(Self::Workload {
            kind,
            name: name.to_owned(),
        })
    }
}

/// Of which runs of a container the log is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Instances {
    /// The run that there is now, and with `follow` those that come after it.
    #[default]
    Current,
    /// The run before.
    Previous,
    /// The run before, then as [`Instances::Current`].
    Both,
}

/// From when on lines are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Since {
    /// From the beginning of the log.
    #[default]
    All,
    /// Of the last so many seconds.
    Seconds(u32),
}

/// What is to be read of one container.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) namespace: String,
    pub(crate) source: SourceId,
    pub(crate) instances: Instances,
    pub(crate) since: Since,
    pub(crate) tail: Option<u32>,
    pub(crate) follow: bool,
    /// How often the container had been started again when it was found.
    pub(crate) restarts: Option<i32>,
    /// What the reader has read before, and for how many milliseconds it was away.
    pub(crate) resume: Option<(Cursor, u64)>,
}

/// A DNS label (RFC 1123), as names of namespaces and containers are.
fn check_label(name: &str) -> Result<()> {
    if name.len() <= 63 && !name.contains('.') {
        check_subdomain(name)
    } else {
        Err(invalid(name))
    }
}

/// A DNS subdomain (RFC 1123), as names of Pods and workloads are.
fn check_subdomain(name: &str) -> Result<()> {
    let part_is_valid = |part: &str| {
        let is_edge =
            |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        is_edge(part.chars().next())
            && is_edge(part.chars().next_back())
            && part.chars().all(|c| c == '-' || is_edge(Some(c)))
    };
    if name.len() <= 253 && name.split('.').all(part_is_valid) {
        Ok(())
    } else {
        Err(invalid(name))
    }
}

/// A label selector holds label keys, values and the few signs of its grammar. The
/// API server reads the grammar; here is only what keeps it one query parameter.
fn check_selector(selector: &str) -> Result<()> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_./=!, ()".contains(c);
    if !selector.is_empty() && selector.len() <= 1024 && selector.chars().all(allowed) {
        Ok(())
    } else {
        Err(invalid(selector))
    }
}

fn invalid(name: &str) -> Error {
    Error::InvalidName {
        name: name.chars().take(64).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_known_kind_and_a_dns_name() {
        assert_eq!(
            LogTarget::parse("Pod/web-1").unwrap(),
            LogTarget::Pod("web-1".into())
        );
        assert_eq!(
            LogTarget::parse("Deployment/web").unwrap(),
            LogTarget::Workload {
                kind: Kind::Deployment,
                name: "web".into()
            }
        );
        for wrong in [
            "web", "Node/a", "Pod/", "Pod/../x", "Pod/A", "Pod/-a", "Pod/a..b", "Pod/a?b",
        ] {
            assert!(LogTarget::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_query_with_a_name_that_is_none_is_refused() {
        let query = |namespace: &str, container: &str, selector: &str| LogQuery {
            namespace: namespace.into(),
            targets: vec![LogTarget::Selector(selector.into())],
            container: Some(container.into()),
            instances: Instances::Current,
            since: Since::All,
            tail: None,
            follow: false,
        };
        assert!(
            query("shop", "app", "app in (a, b),tier!=x")
                .check()
                .is_ok()
        );
        for (namespace, container, selector) in [
            ("a.b", "app", "a=b"),
            ("", "app", "a=b"),
            ("shop", "a/b", "a=b"),
            ("shop", "app", "a=b&limit=1"),
            ("shop", "app", ""),
        ] {
            assert!(query(namespace, container, selector).check().is_err());
        }
    }
}
