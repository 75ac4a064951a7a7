//! What all objects of a cluster have.

use jiff::Timestamp;

use super::describe::describe;
use super::shape::{Field, Shape, Type};
use super::view::{Described, Fields, Seen};
use crate::facts::{Condition, Object, Owner};

/// The fields that all objects have.
pub(super) const FIELDS: &[Field] = &[
    field("kind", Type::Text, "The API kind, such as `Deployment`."),
    field(
        "group",
        Type::Text,
        "The API group, `''` for the core group.",
    ),
    field(
        "namespace",
        Type::Text,
        "The namespace, `''` for an object of the whole cluster.",
    ),
    field("name", Type::Text, "The name."),
    field("labels", Type::Map(&Type::Text), "The labels, by key."),
    field(
        "annotations",
        Type::Map(&Type::Text),
        "The annotations of Kubernetes' own keys (`*.kubernetes.io`, `*.k8s.io`) and cert-manager's, by key.",
    ),
    Field {
        optional: true,
        ..field(
            "generation",
            Type::Int,
            "`metadata.generation`, which counts changes of `spec`.",
        )
    },
    field(
        "deleting",
        Type::Flag,
        "Whether it was asked to go and is still here.",
    ),
    field(
        "finalizers",
        Type::List(&Type::Text),
        "What must be done before it may go.",
    ),
    field(
        "owners",
        Type::List(&Type::Object(Owner::SHAPE)),
        "The objects that own it.",
    ),
    Field {
        optional: true,
        ..field(
            "ageSeconds",
            Type::Int,
            "How long ago it was made, in seconds.",
        )
    },
];

const fn field(name: &'static str, of: Type, doc: &'static str) -> Field {
    Field {
        name,
        of,
        optional: false,
        doc,
    }
}

/// Fills them in.
pub(super) fn fill(it: &impl Object, fields: &mut Fields<'_, '_>) -> Seen<()> {
    let meta = it.meta();
    let snapshot = fields.snapshot();
    let age = |at: Timestamp| snapshot.age(at);
    fields.text("kind", || it.kind())?;
    fields.text("group", || it.group())?;
    fields.text("namespace", || &*meta.namespace)?;
    fields.text("name", || &*meta.name)?;
    fields.named_texts("labels", || &*meta.labels)?;
    fields.named_texts("annotations", || &*meta.annotations)?;
    fields.maybe_int("generation", || meta.generation)?;
    fields.flag("deleting", || meta.deleting.is_some())?;
    fields.texts("finalizers", || &*meta.finalizers)?;
    fields.list::<Owner, _, _>("owners", || &*meta.owners)?;
    fields.maybe_int("ageSeconds", || meta.created.map(age))
}

describe! {
    part OwnerReference as owner: Owner, "One of an object's `metadata.ownerReferences`." {
        kind: text, "Its kind." => &*owner.kind.name;
        group: text, "Its API group." => &*owner.kind.group;
        name: text, "Its name." => &*owner.name;
        controller: flag, "Whether it manages the object." => owner.controller;
    }

    part Condition as condition: Condition, "One of an object's `status.conditions`." {
        status: text, "`True`, `False` or `Unknown`." => &*condition.status;
        reason: text, "The reason in one word, `''` when there is none." => &*condition.reason;
        message: text, "The message, `''` when there is none." => condition.message.as_deref().unwrap_or_default();
    }
}

/// Conditions by their type.
pub(super) fn by_type(conditions: &[Condition]) -> impl Iterator<Item = (&str, &Condition)> {
    conditions
        .iter()
        .map(|condition| (&*condition.kind, condition))
}
