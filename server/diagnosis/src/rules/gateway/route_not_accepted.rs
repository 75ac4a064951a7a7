//! Symptom: a host or path of a Gateway answers 404, or not at all; its route looks right.
//! Cause: the route is not attached: the Gateway or its listener does not exist, or it does
//! not allow the route's namespace, hostname or kind.
//! Fix: the reference or the hostnames of the route, or what the listener allows.
//! Source: <https://kubernetes.io/docs/concepts/services-networking/gateway/#api-kind-httproute>

use podside_model::Severity;

use crate::facts::{Condition, Gateway, Kind, Object, Route, RouteParent, RouteParentStatus};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::patience::CONTROLLER_ACTS;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "route-not-accepted",
    source: "https://kubernetes.io/docs/concepts/services-networking/gateway/#api-kind-httproute",
    rank: Rank::Root,
    runs: &[Run::HttpRoute(run), Run::GrpcRoute(run)],
    texts: &[
        text(
            "title",
            "Gateway {gateway} does not accept {kind} {name}: {said}",
            "Gateway {gateway} が {kind} {name} を受け入れていない: {said}",
        ),
        text(
            "title.gateway",
            "{kind} {name} is to be served by Gateway {of}/{gateway}, which does not exist",
            "{kind} {name} が指定する Gateway {of}/{gateway} が存在しない",
        ),
        text(
            "title.listener",
            "{kind} {name} is to be served by listener {listener} of Gateway {gateway}, which has no such listener",
            "{kind} {name} が指定するリスナー {listener} が Gateway {gateway} にない",
        ),
        text(
            "explanation",
            "A route is served only where a listener of its Gateway lets it in. The controller says {reason}, so nothing of this route is served there.",
            "ルートは、Gateway のリスナーが許可した場合にのみ提供されます。コントローラーは {reason} を報告しており、このルートは提供されません。",
        ),
        text(
            "explanation.gateway",
            "A route is served only by the Gateways that it names in parentRefs. Namespace {of} has no Gateway of that name, so nobody serves it.",
            "ルートは parentRefs で指定した Gateway からのみ提供されます。Namespace {of} にその名前の Gateway がないため、どこからも提供されません。",
        ),
        text(
            "explanation.near",
            "A route is served only by the Gateways that it names in parentRefs. Namespace {of} has no Gateway of that name, but one that is called {near}.",
            "ルートは parentRefs で指定した Gateway からのみ提供されます。Namespace {of} にその名前の Gateway はなく、似た名前の {near} があります。",
        ),
        text(
            "explanation.listener",
            "sectionName of a parentRef names one listener. The Gateway has: {listeners}.",
            "parentRef の sectionName はリスナーを 1 つ指定します。この Gateway のリスナーは {listeners} です。",
        ),
        text(
            "fix.allowed",
            "Let the listener accept it: allowedRoutes.namespaces (Same by default, so that routes of other namespaces stay out) and allowedRoutes.kinds of Gateway {gateway}; or move the route into the Gateway's namespace.",
            "リスナーが受け入れるようにします。Gateway {gateway} の allowedRoutes.namespaces（既定の Same では別の Namespace のルートは対象外）と allowedRoutes.kinds を確認するか、ルートを Gateway の Namespace に移します。",
        ),
        text(
            "fix.hostname",
            "Make the hostnames meet: those of {kind} {name} are {hosts}, the listeners of Gateway {gateway} serve {served}.",
            "ホスト名を合わせます。{kind} {name} は {hosts}、Gateway {gateway} のリスナーは {served} を対象としています。",
        ),
        text(
            "fix.parent",
            "Correct parentRefs of {kind} {name} (name, namespace, sectionName, port).",
            "{kind} {name} の parentRefs（name、namespace、sectionName、port）を修正します。",
        ),
        text(
            "fix.said",
            "Correct what the message names in {kind} {name}.",
            "メッセージが示す点を {kind} {name} で修正します。",
        ),
    ],
};

fn run(route: &Route, snapshot: &Snapshot, findings: &mut Findings) {
    if route.meta.deleting.is_some() {
        return;
    }
    let of_gateways = route.parents.iter().filter(|it| it.kind.is(Kind::Gateway));
    for parent in of_gateways {
        let found = match snapshot.gateways.find(&parent.namespace, &parent.name) {
            Lookup::Found(gateway) => unattached(route, parent, gateway),
            // What is applied together comes within moments.
            Lookup::Missing if !CONTROLLER_ACTS.has_ended(route.meta.created, snapshot) => None,
            Lookup::Missing => Some(without_gateway(route, parent, snapshot)),
            Lookup::Unknown(why) => {
                findings.unknown_object(Kind::Gateway, &parent.namespace, &parent.name, why);
                None
            }
        };
        if let Some(found) = found {
            // What other Gateways serve of it works.
            let severity = if route.parents.len() > 1 {
                Severity::Warning
            } else {
                Severity::Critical
            };
            findings.add(found.severity(severity).arg("gateway", &*parent.name));
        }
    }
}

fn without_gateway(route: &Route, parent: &RouteParent, snapshot: &Snapshot) -> Finding {
    let pointer = format!("/spec/parentRefs/{}/name", parent.index);
    let object = proof::object(Kind::Gateway, &parent.namespace, &parent.name);
    let names = snapshot.gateways.in_namespace(&parent.namespace);
    let finding = Finding::on(route)
        .title("title.gateway")
        .arg("of", &*parent.namespace)
        .proof(proof::field(route, pointer.clone(), &parent.name))
        .proof(proof::absence(object, route, pointer))
        .since(route.meta.created)
        .fix_with("fix.parent", kubectl::edit(&route.object_ref()));
    match near::name(&parent.name, names.map(|gateway| &*gateway.meta.name)) {
        Some(near) => finding.explanation("explanation.near").arg("near", near),
        None => finding.explanation("explanation.gateway"),
    }
}

fn unattached(route: &Route, parent: &RouteParent, gateway: &Gateway) -> Option<Finding> {
    let mut listeners = gateway.listeners.iter();
    let has = listeners.any(|listener| listener.name == parent.section);
    if !parent.section.is_empty() && !has {
        let names = gateway.listeners.iter().map(|it| it.name.to_string());
        let pointer = format!("/spec/parentRefs/{}/sectionName", parent.index);
        return Some(
            Finding::on(route)
                .title("title.listener")
                .explanation("explanation.listener")
                .arg("listener", &*parent.section)
                .arg("listeners", names.collect::<Vec<_>>())
                .proof(proof::field(route, pointer, &parent.section))
                .fix_with("fix.parent", kubectl::edit(&route.object_ref())),
        );
    }
    let (status, condition) = refused(route, parent)?;
    let said = condition.message.as_deref().unwrap_or(&condition.reason);
    let edit = kubectl::edit(&route.object_ref());
    let finding = Finding::on(route)
        .arg("said", said.trim_end_matches('.'))
        .arg("reason", &*condition.reason)
        .proof(of_status(
            route,
            status,
            condition,
            "reason",
            &condition.reason,
        ))
        .proofs(
            condition
                .message
                .iter()
                .map(|message| of_status(route, status, condition, "message", message)),
        )
        .since(condition.changed);
    let hosts: Vec<String> = route.hostnames.iter().map(ToString::to_string).collect();
    Some(match &*condition.reason {
        "NotAllowedByListeners" => {
            finding.fix_with("fix.allowed", kubectl::edit(&gateway.object_ref()))
        }
        "NoMatchingListenerHostname" if !hosts.is_empty() => finding
            .arg("hosts", hosts)
            .arg("served", served(gateway))
            .fix_with("fix.hostname", edit),
        "NoMatchingParent" => finding.fix_with("fix.parent", edit),
        _ => finding.fix_with("fix.said", edit),
    })
}

/// What a controller says when it does not accept a route at a parent. It names the parent as
/// the route does.
fn refused<'a>(
    route: &'a Route,
    parent: &RouteParent,
) -> Option<(&'a RouteParentStatus, &'a Condition)> {
    let mut of_it = route.statuses.iter().filter(|status| {
        let told = &status.parent;
        (&told.namespace, &told.name, &told.section)
            == (&parent.namespace, &parent.name, &parent.section)
            && told.port == parent.port
    });
    of_it.find_map(|status| {
        let mut conditions = status.conditions.iter();
        let condition = conditions.find(|it| &*it.kind == "Accepted" && it.is_false())?;
        (&*condition.reason != "Pending").then_some((status, condition))
    })
}

fn of_status(
    route: &Route,
    status: &RouteParentStatus,
    condition: &Condition,
    field: &str,
    value: &str,
) -> Proof {
    let (parent, at) = (status.index, condition.index);
    let pointer = format!("/status/parents/{parent}/conditions/{at}/{field}");
    proof::field(route, pointer, value)
}

/// The hosts of a Gateway's listeners; a star for every host.
fn served(gateway: &Gateway) -> Vec<String> {
    let listeners = gateway.listeners.iter();
    listeners
        .map(|listener| match &*listener.hostname {
            "" => "*".to_owned(),
            host => host.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use podside_model::Severity;

    use super::super::testing::{WORLD, route};
    use crate::testing::check;

    const BACKEND: &str = "name: cart, port: 80";
    const PARENT: &str = "name: edge, namespace: infra";

    fn with(parent: &str, condition: &str) -> String {
        WORLD.to_owned() + &route(parent, BACKEND, condition)
    }

    #[test]
    fn a_gateway_that_does_not_exist() {
        check(&with("name: edgy, namespace: infra", ""))
            .finds("route-not-accepted", "HTTPRoute web/shop")
            .tells("title.gateway")
            .with("gateway", "edgy")
            .tells("explanation.near")
            .with("near", "edge")
            .is(Severity::Critical)
            .alone();
    }

    #[test]
    fn a_listener_that_does_not_exist() {
        check(&with(
            "name: edge, namespace: infra, sectionName: https",
            "",
        ))
        .finds("route-not-accepted", "HTTPRoute web/shop")
        .tells("explanation.listener")
        .with_list("listeners", ["http"])
        .alone();
    }

    #[test]
    fn a_namespace_that_is_not_let_in() {
        let no = "{type: Accepted, status: 'False', reason: NotAllowedByListeners, message: namespace web is not allowed}";
        check(&with(PARENT, no))
            .finds("route-not-accepted", "HTTPRoute web/shop")
            .tells("title")
            .with("said", "namespace web is not allowed")
            .offers("fix.allowed")
            .advises("edit gateway")
            .alone();
    }

    #[test]
    fn hosts_that_do_not_meet() {
        let no = "{type: Accepted, status: 'False', reason: NoMatchingListenerHostname}";
        check(&with(PARENT, no))
            .finds("route-not-accepted", "HTTPRoute web/shop")
            .offers("fix.hostname")
            .with_list("served", ["shop.example"]);
    }

    #[test]
    fn an_accepted_route_and_a_new_one_are_well() {
        check(&with(
            PARENT,
            "{type: Accepted, status: 'True', reason: Accepted}",
        ))
        .finds_nothing();
        check(&with(PARENT, "")).finds_nothing();
        let new = with("name: later, namespace: infra", "").replace("T11:00:00Z", "T11:59:50Z");
        check(&new).does_not_find("route-not-accepted");
    }

    #[test]
    fn a_service_as_parent_is_no_gateway() {
        check(&with("kind: Service, group: '', name: cart", ""))
            .does_not_find("route-not-accepted");
    }
}
