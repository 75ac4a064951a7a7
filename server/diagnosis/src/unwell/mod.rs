//! What is visibly not well, whether or not a rule knows why.
//!
//! Each object is held against its own status: replicas that are not ready, a Pod that should
//! be ready or ended, a failed Job, a claim that a Pod waits for, a node that is not ready, a
//! condition that says no, a deletion that hangs, a warning that comes again and again. What
//! the rules explain is left out where it is judged; the rest is told as *unsettled* while its
//! [patience](crate::patience) lasts, else as *unexplained* with the cluster's own words.

pub(crate) mod conditions;
mod deletion;
pub(crate) mod events;
mod harmless;
mod jobs;
mod network;
mod nodes;
pub(crate) mod others;
mod pods;
mod said;
mod storage;
mod texts;
mod workloads;

use jiff::Timestamp;
use podside_model::{Message, ObjectRef, Said};

use crate::facts::{Kind, KindRef, Meta, Object};
use crate::hidden;
use crate::kubectl;
use crate::patience::Wait;
use crate::snapshot::{Snapshot, Top};

pub(crate) use harmless::harmless;
pub(crate) use nodes::says_failed;
pub(crate) use texts::TEXTS;

/// An object that is not well.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unwell {
    pub(crate) object: ObjectRef,
    /// The owner at the top, under which it is told; the object itself where it has none.
    pub(crate) top: ObjectRef,
    pub(crate) what: Message,
    pub(crate) since: Option<Timestamp>,
    /// Whether it is judged already.
    pub(crate) patience: Waits,
    pub(crate) said: Vec<Said>,
    pub(crate) settle: Message,
}

/// Whether something that is not well is still waited for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Waits {
    /// No: it says itself that it failed, or its patience has ended.
    No,
    /// Yes.
    Until(Wait),
    /// As long as what it depends on, which is told under the same owner.
    Along,
}

impl From<Option<Wait>> for Waits {
    fn from(wait: Option<Wait>) -> Self {
        wait.map_or(Self::No, Self::Until)
    }
}

impl Unwell {
    fn of(object: &impl Object, snapshot: &Snapshot, what: &str) -> Self {
        Self::under(object.object_ref(), &snapshot.top_of(object), what)
    }

    fn under(object: ObjectRef, top: &Top, what: &str) -> Self {
        Self {
            what: Message::new(what)
                .with("kind", &object.kind)
                .with("name", &object.name),
            settle: command(kubectl::describe(&object)),
            top: top.object_ref(),
            object,
            since: None,
            patience: Waits::No,
            said: Vec::new(),
        }
    }

    fn on(object: ObjectRef, what: &str) -> Self {
        Self {
            what: Message::new(what)
                .with("kind", &object.kind)
                .with("name", &object.name),
            settle: command(kubectl::describe(&object)),
            top: object.clone(),
            object,
            since: None,
            patience: Waits::No,
            said: Vec::new(),
        }
    }

    fn with(mut self, name: &str, value: impl Into<podside_model::Arg>) -> Self {
        self.what = self.what.with(name, value);
        self
    }

    fn since(mut self, since: Option<Timestamp>) -> Self {
        self.since = since;
        self
    }

    fn waits(mut self, patience: impl Into<Waits>) -> Self {
        self.patience = patience.into();
        self
    }

    fn said(mut self, said: impl IntoIterator<Item = Said>) -> Self {
        self.said.extend(said);
        self
    }

    fn settled_by(mut self, settle: Message) -> Self {
        self.settle = settle;
        self
    }
}

fn command(command: String) -> Message {
    Message::new("settle.command").with("command", command)
}

/// What is not well about the object of that kind and name.
pub(crate) fn look(
    (kind, namespace, name): (Kind, &str, &str),
    snapshot: &Snapshot,
) -> Vec<Unwell> {
    let meta = snapshot.meta_of(kind, namespace, name);
    let mut unwell: Vec<Unwell> = match meta {
        Some(meta) if meta.deleting.is_some() => deletion::of(KindRef::of(kind), meta, snapshot)
            .into_iter()
            .collect(),
        Some(_) => state((kind, namespace, name), snapshot),
        None => Vec::new(),
    };
    unwell.iter_mut().for_each(hide);
    unwell
}

/// What is not well about the objects of kinds that have no table of their own.
pub(crate) fn look_at_others(snapshot: &Snapshot) -> Vec<Unwell> {
    let mut unwell: Vec<Unwell> = snapshot
        .others
        .iter()
        .filter_map(|other| {
            if other.meta.deleting.is_some() {
                deletion::of(others::kind(other), &other.meta, snapshot)
            } else {
                others::of(other, snapshot)
            }
        })
        .collect();
    unwell.iter_mut().for_each(hide);
    unwell
}

/// Hides what looks like a secret in the sentence. What is quoted was hidden as it was read.
fn hide(unwell: &mut Unwell) {
    unwell.what = hidden::message(std::mem::replace(&mut unwell.what, Message::new("")));
}

fn state((kind, namespace, name): (Kind, &str, &str), snapshot: &Snapshot) -> Vec<Unwell> {
    macro_rules! of {
        ($table:ident, $look:path) => {
            snapshot
                .$table
                .get(namespace, name)
                .and_then(|object| $look(object, snapshot))
                .into_iter()
                .collect()
        };
    }
    match kind {
        Kind::Pod => of!(pods, pods::of),
        Kind::Deployment => of!(deployments, workloads::of_deployment),
        Kind::ReplicaSet => of!(replica_sets, workloads::of_replica_set),
        Kind::ReplicationController => {
            of!(
                replication_controllers,
                workloads::of_replication_controller
            )
        }
        Kind::StatefulSet => of!(stateful_sets, workloads::of_stateful_set),
        Kind::DaemonSet => of!(daemon_sets, workloads::of_daemon_set),
        Kind::Job => of!(jobs, jobs::of),
        Kind::Service => of!(services, network::of_service),
        Kind::Ingress => of!(ingresses, network::of_ingress),
        Kind::Gateway => of!(gateways, conditions::of_gateway),
        Kind::GatewayClass => of!(gateway_classes, conditions::of_gateway_class),
        Kind::HttpRoute => of!(http_routes, conditions::of_route),
        Kind::GrpcRoute => of!(grpc_routes, conditions::of_route),
        Kind::PersistentVolumeClaim => of!(claims, storage::of_claim),
        Kind::PersistentVolume => of!(volumes, storage::of_volume),
        Kind::Node => of!(nodes, nodes::of),
        Kind::ApiService => of!(api_services, conditions::of_api_service),
        Kind::HorizontalPodAutoscaler => of!(autoscalers, conditions::of_autoscaler),
        Kind::Event => of!(events, events::of),
        _ => Vec::new(),
    }
}

/// The owner at the top of an object that is known by its `metadata` only.
fn top(kind: KindRef, meta: &Meta, snapshot: &Snapshot) -> Top {
    snapshot.top_above(kind, meta)
}

#[cfg(test)]
mod tests;
