use super::fields::Fields;
use super::meta::Meta;
use super::port::PortRef;
use super::selector::Selector;
use super::sharing::Str;

/// A NetworkPolicy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkPolicy {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.podSelector`: the Pods that it isolates.
    pub pods: Selector,
    /// Whether it governs traffic to the Pods.
    pub governs_ingress: bool,
    /// Whether it governs traffic from the Pods.
    pub governs_egress: bool,
    /// `spec.ingress`: each rule allows some traffic.
    pub ingress: Box<[PolicyRule]>,
    /// `spec.egress`.
    pub egress: Box<[PolicyRule]>,
}

/// One rule of a NetworkPolicy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRule {
    /// `from` or `to`; empty for every peer.
    pub peers: Box<[Peer]>,
    /// `ports`; empty for every port.
    pub ports: Box<[PolicyPort]>,
}

/// Whom a rule allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Addresses: `ipBlock.cidr` and `ipBlock.except`.
    Block {
        /// `cidr`.
        cidr: Str,
        /// `except`.
        except: Box<[Str]>,
    },
    /// Pods, in namespaces; `None` for all Pods, or for the policy's own namespace.
    Pods {
        /// `podSelector`.
        pods: Option<Selector>,
        /// `namespaceSelector`.
        namespaces: Option<Selector>,
    },
}

/// Which port a rule allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyPort {
    /// `protocol`; `TCP` when absent.
    pub protocol: Str,
    /// `port`; `None` for all.
    pub port: Option<PortRef>,
    /// `endPort`, with which `port` begins a range.
    pub end: Option<i64>,
}

impl NetworkPolicy {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let spec = object.at("spec");
        let types = spec.strs("policyTypes");
        let has = |name: &str| types.iter().any(|t| &**t == name);
        Self {
            meta: Meta::read(object, true),
            // An absent selector counts as the empty one here: it selects all.
            pods: Selector {
                present: true,
                ..Selector::read(spec.at("podSelector"))
            },
            governs_ingress: has("Ingress") || types.is_empty(),
            governs_egress: has("Egress") || (types.is_empty() && spec.value("egress").is_some()),
            ingress: rules(spec, "ingress", "from"),
            egress: rules(spec, "egress", "to"),
        }
    }
}

impl PolicyPort {
    /// Whether a port number of that protocol is allowed. A port by name is not
    /// resolved here; `name` is the container port's own name.
    pub fn allows(&self, protocol: &str, number: i64, name: &str) -> bool {
        &*self.protocol == protocol
            && match (&self.port, self.end) {
                (None, _) => true,
                (Some(PortRef::Number(first)), Some(last)) => (*first..=last).contains(&number),
                (Some(PortRef::Number(only)), None) => *only == number,
                (Some(PortRef::Name(wanted)), _) => &**wanted == name,
            }
    }
}

fn rules(spec: Fields<'_>, direction: &str, peers: &str) -> Box<[PolicyRule]> {
    spec.list(direction)
        .map(|(_, rule)| PolicyRule {
            peers: rule.list(peers).map(|(_, p)| peer(p)).collect(),
            ports: rule
                .list("ports")
                .map(|(_, p)| PolicyPort {
                    protocol: p
                        .filled("protocol")
                        .unwrap_or_else(|| p.sharing().str("TCP")),
                    port: PortRef::read(p, "port"),
                    end: p.int("endPort"),
                })
                .collect(),
        })
        .collect()
}

fn peer(peer: Fields<'_>) -> Peer {
    let block = peer.at("ipBlock");
    if block.exists() {
        return Peer::Block {
            cidr: block.name("cidr"),
            except: block.strs("except").into(),
        };
    }
    let selector = |key| {
        Some(peer.at(key))
            .filter(|s| s.exists())
            .map(Selector::read)
    };
    Peer::Pods {
        pods: selector("podSelector"),
        namespaces: selector("namespaceSelector"),
    }
}
