//! What somebody may reach of the clusters, and with which credentials.

use std::collections::BTreeMap;
use std::sync::Arc;

use podside_cluster::Connection;
use podside_diagnosis::facts::Kind;
use podside_diagnosis::snapshot::Sees;
use podside_model::ObjectRef;
use podside_store::Within;

/// What somebody may reach.
#[derive(Clone, Debug)]
pub(crate) enum Access {
    /// Every cluster, with the credentials with which Podside itself reads it: what they may
    /// not list, Podside does not know.
    Own,
    /// These clusters by name, each with credentials and rights of their own; none when it
    /// is empty.
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "there is no login that grants anybody less than all"
        )
    )]
    Granted(Arc<BTreeMap<String, Grant>>),
}

/// What somebody may do on one cluster.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    /// Who has it, told from all others: what is shared between readers is shared by those
    /// with the same credentials.
    pub(crate) holder: String,
    /// The cluster, with their credentials.
    pub(crate) connection: Connection,
    /// What they may list.
    pub(crate) sees: Arc<Sees>,
}

impl Grant {
    /// The name of a cluster as the holder sees it, told from the same cluster as others do.
    pub(super) fn key(&self, cluster: &str) -> String {
        // No name of a cluster holds a line break, so this is no other cluster's name.
        format!("{cluster}\n{}", self.holder)
    }
}

impl Access {
    /// What is granted on a cluster that may be reached; `None` for Podside's own rights.
    pub(super) fn grant(&self, cluster: &str) -> Option<&Grant> {
        match self {
            Self::Own => None,
            Self::Granted(grants) => grants.get(cluster),
        }
    }

    /// Whether a cluster may be reached.
    pub(super) fn reaches(&self, cluster: &str) -> bool {
        match self {
            Self::Own => true,
            Self::Granted(grants) => grants.contains_key(cluster),
        }
    }

    /// Whether somebody may know of an object of a cluster. Of a kind that the facts do not
    /// know, they know it where they may list all such kinds.
    pub(super) fn may_see(&self, cluster: &str, object: &ObjectRef) -> bool {
        match self {
            Self::Own => true,
            Self::Granted(_) => self.grant(cluster).is_some_and(|grant| {
                let kind = Kind::of(object).unwrap_or(Kind::Other);
                let namespace = object.namespace.as_deref().unwrap_or_default();
                grant.sees.may_list(kind, namespace)
            }),
        }
    }

    /// The places whose investigations somebody may know of: where they may list Pods, which
    /// is what investigations are about. `None` for all.
    pub(super) fn within(&self) -> Option<Within> {
        let Self::Granted(grants) = self else {
            return None;
        };
        let mut within = Within::default();
        for (cluster, grant) in grants.iter() {
            if grant.sees.everywhere.kinds.contains(&Kind::Pod) {
                within.add_cluster(cluster);
            }
            for (namespace, readable) in &grant.sees.namespaces {
                if readable.kinds.contains(&Kind::Pod) {
                    within.add_namespace(cluster, &**namespace);
                }
            }
        }
        Some(within)
    }
}
