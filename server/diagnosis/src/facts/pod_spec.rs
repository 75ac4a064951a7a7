use std::collections::BTreeMap;

use super::container::{Container, ContainerKind, containers};
use super::fields::Fields;
use super::quantity::Quantity;
use super::scheduling::Placement;
use super::sharing::Str;
use super::volume::{Volume, volumes};

/// A Pod's `spec`, or the `spec` of a Pod template. Pods of one template share it,
/// so it holds nothing that differs between them: no node name, and not the volume
/// with the ServiceAccount token, whose name is random.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PodSpec {
    /// All containers: init, native sidecars, regular and ephemeral, in that order.
    pub containers: Box<[Container]>,
    /// `volumes`, with their index in the object.
    pub volumes: Box<[Volume]>,
    /// `resources.requests` of the Pod as a whole, by resource name (since 1.34).
    pub requests: BTreeMap<Str, Quantity>,
    /// `resources.limits` of the Pod as a whole, by resource name.
    pub limits: BTreeMap<Str, Quantity>,
    /// `overhead`: what its RuntimeClass adds to the requests, by resource name.
    pub overhead: BTreeMap<Str, Quantity>,
    /// `imagePullSecrets[].name`.
    pub image_pull_secrets: Box<[Str]>,
    /// `serviceAccountName`; empty when not set (then `default` is used).
    pub service_account: Str,
    /// `automountServiceAccountToken`.
    pub automount_token: Option<bool>,
    /// Where the Pod may run.
    pub placement: Placement,
    /// `restartPolicy`; `Always` when absent.
    pub restart_policy: Str,
    /// `terminationGracePeriodSeconds`.
    pub grace_seconds: Option<i64>,
    /// `activeDeadlineSeconds`.
    pub deadline_seconds: Option<i64>,
    /// `hostNetwork`.
    pub host_network: bool,
    /// `shareProcessNamespace`.
    pub share_process_namespace: bool,
    /// `hostname` and `subdomain`; empty when not set.
    pub hostname: Str,
    /// `subdomain`: the headless Service that gives the Pod its name.
    pub subdomain: Str,
    /// `enableServiceLinks`; `None` when absent, which means yes.
    pub service_links: Option<bool>,
    /// `hostAliases[].hostnames`: names that resolve without the DNS.
    pub host_aliases: Box<[Str]>,
    /// `dnsPolicy`; empty when absent.
    pub dns_policy: Str,
    /// `dnsConfig`, when set.
    pub dns: Option<Dns>,
    /// `securityContext` of the Pod.
    pub security: PodSecurity,
}

/// `dnsConfig` of a Pod.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dns {
    /// `nameservers`.
    pub nameservers: Box<[Str]>,
    /// `searches`.
    pub searches: Box<[Str]>,
    /// `options`, by name; the value is empty when the option has none.
    pub options: BTreeMap<Str, Str>,
}

/// `securityContext` of a Pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PodSecurity {
    /// `runAsUser`.
    pub run_as_user: Option<i64>,
    /// `runAsGroup`.
    pub run_as_group: Option<i64>,
    /// `runAsNonRoot`.
    pub run_as_non_root: Option<bool>,
    /// `fsGroup`.
    pub fs_group: Option<i64>,
    /// `sysctls[]`, name to value.
    pub sysctls: BTreeMap<Str, Str>,
}

impl PodSpec {
    pub(crate) fn read(spec: Fields<'_>) -> Self {
        let security = spec.at("securityContext");
        let dns = spec.at("dnsConfig");
        Self {
            containers: containers(spec),
            volumes: volumes(spec),
            requests: spec.at("resources").quantities("requests"),
            limits: spec.at("resources").quantities("limits"),
            overhead: spec.quantities("overhead"),
            image_pull_secrets: spec
                .list("imagePullSecrets")
                .filter_map(|(_, s)| s.filled("name"))
                .collect(),
            service_account: spec.name("serviceAccountName"),
            automount_token: spec.flag("automountServiceAccountToken"),
            placement: Placement::read(spec),
            restart_policy: spec
                .filled("restartPolicy")
                .unwrap_or_else(|| spec.sharing().str("Always")),
            grace_seconds: spec.int("terminationGracePeriodSeconds"),
            deadline_seconds: spec.int("activeDeadlineSeconds"),
            host_network: spec.is("hostNetwork"),
            share_process_namespace: spec.is("shareProcessNamespace"),
            hostname: spec.name("hostname"),
            subdomain: spec.name("subdomain"),
            service_links: spec.flag("enableServiceLinks"),
            host_aliases: spec
                .list("hostAliases")
                .flat_map(|(_, alias)| alias.strs("hostnames"))
                .collect(),
            dns_policy: spec.name("dnsPolicy"),
            dns: dns.exists().then(|| Dns {
                nameservers: dns.strs("nameservers").into(),
                searches: dns.strs("searches").into(),
                options: dns
                    .list("options")
                    .map(|(_, o)| (o.name("name"), o.name("value")))
                    .collect(),
            }),
            security: PodSecurity {
                run_as_user: security.int("runAsUser"),
                run_as_group: security.int("runAsGroup"),
                run_as_non_root: security.flag("runAsNonRoot"),
                fs_group: security.int("fsGroup"),
                sysctls: security
                    .list("sysctls")
                    .map(|(_, s)| (s.name("name"), s.name("value")))
                    .collect(),
            },
        }
    }

    /// The container of that name, of whatever kind.
    pub fn container(&self, name: &str) -> Option<&Container> {
        self.containers.iter().find(|c| &*c.name == name)
    }

    /// The containers that are to run for as long as the Pod does: regular ones and
    /// native sidecars.
    pub fn lasting(&self) -> impl Iterator<Item = &Container> {
        self.containers
            .iter()
            .filter(|c| matches!(c.kind, ContainerKind::Regular | ContainerKind::Sidecar))
    }

    /// The volume of that name.
    pub fn volume(&self, name: &str) -> Option<&Volume> {
        self.volumes.iter().find(|v| &*v.name == name)
    }

    /// The ServiceAccount that the Pod runs as.
    pub fn service_account_name(&self) -> &str {
        if self.service_account.is_empty() {
            "default"
        } else {
            &self.service_account
        }
    }
}
