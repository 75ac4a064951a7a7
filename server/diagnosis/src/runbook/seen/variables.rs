//! The variables of an expression.

use cel::Value;

use super::describe::describe;
use super::shape::{Field, Shape, Type};
use super::view::{Described, Fields, Seen, View};
use crate::facts::{Event, Node, Pod, Service};
use crate::runbook::around::Behind;
use crate::runbook::target::Target;
use crate::snapshot::Top;

/// A variable: what `target` is depends on the kinds that a runbook can be started on.
pub(in crate::runbook) struct Variable {
    /// Its name.
    pub(in crate::runbook) name: &'static str,
    /// What it is; `None` for the target.
    pub(in crate::runbook) of: Option<Type>,
    /// What it means, in a few sentences.
    pub(super) doc: &'static str,
}

/// All variables.
pub(in crate::runbook) const VARIABLES: [Variable; 8] = [
    Variable {
        name: "target",
        of: None,
        doc: "The object that the investigation is about, with the fields of its kind. A runbook that can be started on several kinds asks for what not all of them have with `has(target.…)`, or after `target.kind == '…' &&`.",
    },
    Variable {
        name: "owner",
        of: Some(Type::Object(Top::SHAPE)),
        doc: "The owner at the top of the target, such as a Pod's Deployment; the target itself where nothing owns it.",
    },
    Variable {
        name: "pod",
        of: Some(Type::Object(Pod::SHAPE)),
        doc: "The Pod that is looked at: the target, or the one of its Pods that is worst off. Unknown where it has none.",
    },
    Variable {
        name: "pods",
        of: Some(Type::List(&Type::Object(Pod::SHAPE))),
        doc: "The target's Pods: those that it manages, selects, runs, routes to or is mounted by.",
    },
    Variable {
        name: "services",
        of: Some(Type::List(&Type::Object(Service::SHAPE))),
        doc: "The target's Services: those that select its Pods or its Pod template, or that it routes to or names.",
    },
    Variable {
        name: "endpoints",
        of: Some(Type::List(&Type::Object(Behind::SHAPE))),
        doc: "Where these Services send traffic, from their EndpointSlices.",
    },
    Variable {
        name: "nodes",
        of: Some(Type::List(&Type::Object(Node::SHAPE))),
        doc: "The nodes that the target's Pods are on, or the one that it is or names.",
    },
    Variable {
        name: "events",
        of: Some(Type::List(&Type::Object(Event::SHAPE))),
        doc: "The events about the target, its owner and its Pods, newest first.",
    },
];

/// The variable of that name.
pub(in crate::runbook) fn variable(name: &str) -> Option<&'static Variable> {
    const ALL: &[Variable] = &VARIABLES;
    ALL.iter().find(|variable| variable.name == name)
}

/// What a variable holds for a target.
pub(in crate::runbook) fn value(name: &str, target: &Target<'_>, view: &View<'_>) -> Seen<Value> {
    match name {
        "target" => target.seen(view),
        "owner" => view.one::<Top>(&target.owner()?),
        "pod" => view.one::<Pod>(target.seen_pod()?),
        "pods" => view.list::<Pod, _>(target.pods()?),
        "services" => view.list::<Service, _>(target.services()?),
        "endpoints" => view.list::<Behind<'_>, _>(target.endpoints()?),
        "nodes" => view.list::<Node, _>(target.nodes()?),
        // `events`: there are no others.
        _ => view.list::<Event, _>(target.events()?),
    }
}

describe! {
    part Owner as it: Top, "An owner by its name. It is not read itself where its kind is none that Podside watches." {
        kind: text, "Its kind." => &*it.kind.name;
        group: text, "Its API group." => &*it.kind.group;
        namespace: text, "Its namespace." => &*it.namespace;
        name: text, "Its name." => &*it.name;
    }

    part ServiceEndpoint as it: Behind<'_>, "An endpoint of one of the target's Services." {
        service: text, "The Service." => &*it.service.meta.name;
        addresses: texts, "Its addresses." => &*it.endpoint.addresses;
        ready: flag, "Whether it gets traffic." => it.endpoint.ready;
        terminating: flag, "Whether it is about to go." => it.endpoint.terminating;
        pod: text, "The Pod behind it, `''` when there is none." => &*it.endpoint.pod;
        nodeName: text, "The node that it is on, `''` when that is not told." => &*it.endpoint.node;
        ports: texts, "The ports that it has, each as `PORT/PROTOCOL`." => it.ports();
    }
}
