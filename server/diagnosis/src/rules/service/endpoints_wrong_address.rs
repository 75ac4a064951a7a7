//! Symptom: connections to a Service without selector time out or are refused.
//! Cause: its hand-written EndpointSlice or Endpoints name an address of the Pod network
//! that no Pod has, a Service's address, a port on which the Pod there does not listen, or
//! ports under other names than the Service's.
//! Fix: the address or the port; or a selector.
//! Source: <https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors>

use std::net::IpAddr;

use podside_model::{ObjectRef, Relation};

use super::cidr::contains;
use super::dial::{cluster_host, is_recent, listen};
use crate::callees::named_services;
use crate::facts::{EndpointPort, EndpointSlice, Kind, Object, Pod, Service, ServicePort};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::Claim;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "endpoints-wrong-address",
    source: "https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors",
    rank: Rank::Root,
    runs: &[Run::Service(run)],
    texts: &[
        text(
            "title",
            "Service {name} sends everything to {address}, which no Pod has",
            "Service {name} の転送先 {address} はどの Pod のアドレスでもない",
        ),
        text(
            "title.port",
            "Service {name} sends to {address}:{port}, but Pod {pod} there declares {there}",
            "Service {name} の転送先は {address}:{port} だが、そこにある Pod {pod} が宣言するのは {there}",
        ),
        text(
            "explanation",
            "The Service has no selector, so its endpoints are kept by hand in {slice}. The address lies in the cluster's Pod network, where addresses go with their Pods: whatever had it is gone.",
            "この Service にはセレクターがなく、エンドポイントは {slice} に手動で書かれています。アドレスはクラスターの Pod ネットワークのもので、Pod とともに変わります。このアドレスを持つ Pod はもうありません。",
        ),
        text(
            "explanation.port",
            "The Service has no selector, so its endpoints are kept by hand in {slice}. The Pod at this address probably does not listen on {port}; a connection from within it would settle that.",
            "この Service にはセレクターがなく、エンドポイントは {slice} に手動で書かれています。このアドレスの Pod は {port} で待ち受けていないと考えられます。Pod 内から接続すれば確かめられます。",
        ),
        text(
            "title.service",
            "Service {name} sends everything to {address}, which is the address of Service {other} and no endpoint",
            "Service {name} の転送先 {address} は Service {other} のアドレスであり、エンドポイントにはなれない",
        ),
        text(
            "title.names",
            "Service {name} has no endpoint for port {port}: {slice} names its ports {there}, and not {wanted}",
            "Service {name} のポート {port} にエンドポイントがない: {slice} のポート名は {there} で、{wanted} ではない",
        ),
        text(
            "title.told",
            "Service {name} sends everything to {address}, and {client} gets no connection there",
            "Service {name} の転送先 {address} に {client} が接続できない",
        ),
        text(
            "explanation.service",
            "The Service has no selector, so its endpoints are kept by hand in {slice}. The address of a Service is translated on the way from a client, and not a second time: nothing answers at it.",
            "この Service にはセレクターがなく、エンドポイントは {slice} に手動で書かれています。Service のアドレスはクライアントからの接続時に変換されるもので、二重には変換されないため、応答がありません。",
        ),
        text(
            "explanation.names",
            "The Service has no selector, so its endpoints are kept by hand in {slice}. A port of the Service goes to the port of the same name there, and a port without name to one without name.",
            "この Service にはセレクターがなく、エンドポイントは {slice} に手動で書かれています。Service のポートは同じ名前のポートに対応し、名前のないポートは名前のないポートに対応します。",
        ),
        text(
            "explanation.told",
            "The Service has no selector, so its endpoints are kept by hand in {slice}. The address lies outside of the cluster's Pod network, so what is there cannot be seen from here; the log of {client} says that nothing answers.",
            "この Service にはセレクターがなく、エンドポイントは {slice} に手動で書かれています。アドレスはクラスターの Pod ネットワークの外にあるため、そこに何があるかはここからは分かりませんが、{client} のログに応答がないと記録されています。",
        ),
        text(
            "fix.names",
            "Give the port in {slice} the name that the Service's port has ({wanted}).",
            "{slice} のポートに、Service のポートと同じ名前（{wanted}）を付けます。",
        ),
        text(
            "fix.selector",
            "If Pods of this cluster are meant, give the Service a selector and delete {slice}.",
            "このクラスターの Pod が対象であれば、Service にセレクターを設定し、{slice} を削除します。",
        ),
        text(
            "fix.address",
            "Or correct the address and the port in {slice}.",
            "または、{slice} のアドレスとポートを修正します。",
        ),
    ],
};

fn run(service: &Service, snapshot: &Snapshot, findings: &mut Findings) {
    if !service.selector.is_empty()
        || is_api_server(service)
        || service.is_external_name()
        || service.meta.deleting.is_some()
        || snapshot.pods.unreadable("").is_some()
    {
        return;
    }
    for slice in snapshot
        .slices_of(service)
        .filter(|s| s.by_hand || s.mirrored)
    {
        let kept = Kept::of(service, slice);
        if let Some(finding) = other_names(service, slice, &kept) {
            findings.add(finding);
            continue;
        }
        let addresses = slice.endpoints.iter().flat_map(|e| {
            e.addresses
                .iter()
                .enumerate()
                .map(move |(i, a)| (e.index, i, a))
        });
        for (endpoint, index, address) in addresses {
            let finding = judge(service, slice, address, snapshot)
                .or_else(|| told(service, slice, address, snapshot, findings));
            let Some(finding) = finding else {
                continue;
            };
            let pointer = format!("/endpoints/{endpoint}/addresses/{index}");
            findings.add(
                finding
                    .arg("address", &**address)
                    .arg("slice", kept.shown())
                    .deciding([proof::field(slice, pointer, address)])
                    .fix_with("fix.selector", kubectl::edit(&service.object_ref()))
                    .fix_with("fix.address", kubectl::edit(&kept.object))
                    .since(slice.meta.created),
            );
        }
    }
}

/// The object in which somebody keeps the endpoints: the slice, or the Endpoints object
/// that it was copied from.
struct Kept {
    object: ObjectRef,
}

impl Kept {
    fn of(service: &Service, slice: &EndpointSlice) -> Self {
        let object = if slice.mirrored {
            proof::object(Kind::Endpoints, &service.meta.namespace, &service.meta.name)
        } else {
            slice.object_ref()
        };
        Self { object }
    }

    fn shown(&self) -> String {
        format!("{} {}", self.object.kind, self.object.name)
    }
}

/// kube-proxy joins the ports of a Service and of its slices by their names.
fn other_names(service: &Service, slice: &EndpointSlice, kept: &Kept) -> Option<Finding> {
    let first = service.ports.first()?;
    let there = slice.ports.first()?;
    let named = |p: &ServicePort| slice.ports.iter().any(|q| q.name == p.name);
    if service.is_headless() || service.ports.iter().any(named) {
        return None;
    }
    let shown = |name: &str| {
        if name.is_empty() {
            "\"\"".to_owned()
        } else {
            name.to_owned()
        }
    };
    let names: Vec<String> = slice.ports.iter().map(|p| shown(&p.name)).collect();
    // A port without name has no field for it, and one with a name may have it in either.
    let named = if first.name.is_empty() {
        proof::field(slice, "/ports/0/name", &there.name)
    } else {
        let pointer = format!("/spec/ports/{}/name", first.index);
        proof::field(service, pointer, &first.name)
    };
    Some(
        Finding::on(service)
            .title("title.names")
            .explanation("explanation.names")
            .arg("port", first.port)
            .arg("there", names)
            .arg("wanted", shown(&first.name))
            .arg("slice", kept.shown())
            .proof(named)
            .proofs(
                (!there.name.is_empty() && !first.name.is_empty())
                    .then(|| proof::field(slice, "/ports/0/name", &there.name)),
            )
            .fix_with("fix.names", kubectl::edit(&kept.object))
            .since(slice.meta.created),
    )
}

/// A client of the Service that does not work, and whose log says that nothing answers.
fn told(
    service: &Service,
    slice: &EndpointSlice,
    address: &str,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Option<Finding> {
    const MOST: usize = 4;
    if !slice.endpoints.iter().any(|e| e.ready) {
        return None;
    }
    let key = (
        service.meta.namespace.to_string(),
        service.meta.name.to_string(),
    );
    let clients = snapshot
        .pods
        .iter()
        .filter(|pod| !pod.is_ready() && !pod.is_terminating() && !pod.node.is_empty())
        .filter(|pod| named_services(snapshot, &pod.meta.namespace, &pod.spec).contains(&key));
    for pod in clients.take(MOST) {
        for (container, status) in pod.containers() {
            let words = status.and_then(|s| listen(pod, container, s, snapshot, findings));
            let Some((words, status)) = words.zip(status) else {
                continue;
            };
            let is_meant = |host: &str| {
                host == address
                    || host == &*service.cluster_ip
                    || cluster_host(host, &pod.meta.namespace, snapshot).is_some_and(|target| {
                        *target.name == *service.meta.name
                            && *target.namespace == *service.meta.namespace
                    })
            };
            let told = words.told.iter().find(|told| {
                let (Claim::Refused(to) | Claim::NoAnswer(to)) = &told.claim else {
                    return false;
                };
                is_meant(&to.host) && is_recent(told, status, snapshot)
            });
            if let Some(told) = told {
                let top = snapshot.top_of(pod).object_ref();
                let proof = told.proof(pod);
                return Some(
                    Finding::on(service)
                        .title("title.told")
                        .explanation("explanation.told")
                        .likely()
                        .relation(Relation::DialledBy)
                        .breaks(pod)
                        .shows_where(&proof)
                        .arg("client", format!("{} {}", top.kind, top.name))
                        .proof(proof),
                );
            }
        }
    }
    None
}

/// The Service of the API server, whose endpoints the API server writes itself.
fn is_api_server(service: &Service) -> bool {
    &*service.meta.namespace == "default" && &*service.meta.name == "kubernetes"
}

fn judge(
    service: &Service,
    slice: &EndpointSlice,
    address: &str,
    snapshot: &Snapshot,
) -> Option<Finding> {
    if let Some(other) = snapshot.services.iter().find(|s| &*s.cluster_ip == address) {
        return Some(
            Finding::on(service)
                .title("title.service")
                .explanation("explanation.service")
                .arg("other", &*other.meta.name)
                .proof(proof::field(other, "/spec/clusterIP", &other.cluster_ip)),
        );
    }
    let holder = snapshot
        .pods
        .iter()
        .find(|p| &*p.ip == address && !p.is_finished());
    // On a node's own address anything may listen.
    if holder.is_some_and(|pod| pod.spec.host_network) {
        return None;
    }
    let Some(pod) = holder else {
        return in_pod_network(address, snapshot).then(|| Finding::on(service));
    };
    let wrong = slice.ports.iter().find_map(|p| undeclared(pod, p))?;
    let there: Vec<String> = ports(pod).map(|(number, _)| number.to_string()).collect();
    Some(
        Finding::on(service)
            .title("title.port")
            .explanation("explanation.port")
            .likely()
            .arg("port", wrong)
            .arg("pod", &*pod.meta.name)
            .arg("there", there),
    )
}

fn ports(pod: &Pod) -> impl Iterator<Item = (i64, &str)> {
    let lasting = pod.spec.lasting();
    lasting.flat_map(|c| c.ports.iter().map(|p| (p.number, &*p.protocol)))
}

/// The port of an endpoint when the Pod's containers all declare ports, and not this one.
fn undeclared(pod: &Pod, port: &EndpointPort) -> Option<i64> {
    let number = port.port?;
    let silent = pod.spec.lasting().any(|c| c.ports.is_empty());
    let declared = ports(pod).any(|(n, protocol)| n == number && *protocol == *port.protocol);
    (!silent && !declared).then_some(number)
}

/// Whether an address is of the network from which the cluster's Pods have theirs: the
/// range of a node, or where those are not known, the neighbourhood of a Pod.
fn in_pod_network(address: &str, snapshot: &Snapshot) -> bool {
    let Ok(address) = address.parse::<IpAddr>() else {
        return false;
    };
    // A node's own address, or one that hostNetwork Pods share, is not of that network.
    let ranges: Vec<&str> = snapshot
        .nodes
        .iter()
        .flat_map(|n| n.pod_cidrs.iter().map(|c| &**c))
        .collect();
    if !ranges.is_empty() {
        return ranges.iter().any(|range| contains(range, address));
    }
    let IpAddr::V4(wanted) = address else {
        return false;
    };
    // Where Pods have addresses of the network that machines are in too, as in the clouds'
    // own networks, the neighbour of a Pod may be a database.
    let shares = |address: &str| match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(own)) => own.octets()[..2] == wanted.octets()[..2],
        _ => false,
    };
    let machines = || snapshot.nodes.iter().filter(|n| !n.address.is_empty());
    if machines().next().is_none() || machines().any(|n| shares(&n.address)) {
        return false;
    }
    let near = |pod: &Pod| match pod.ip.parse() {
        Ok(IpAddr::V4(own)) => !pod.spec.host_network && own.octets()[..3] == wanted.octets()[..3],
        _ => false,
    };
    snapshot.pods.iter().any(near)
}

#[cfg(test)]
#[path = "endpoints_wrong_address_tests.rs"]
mod tests;
