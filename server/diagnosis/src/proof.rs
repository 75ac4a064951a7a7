//! Evidence, made from facts.

use jiff::Timestamp;
use podside_model::{Evidence, EvidenceKind, Message, ObjectRef};

use crate::facts::{Condition, ContainerStatus, Event, Kind, Object, Pod, Terminated};
use crate::hidden;
use crate::kubectl;
use crate::snapshot::{LogLine, LogOf};

/// A piece of evidence on its way into a problem. Made by the functions of this
/// module; [`saying`](Self::saying) gives it a sentence of the rule's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    pub(crate) kind: EvidenceKind,
    pub(crate) object: ObjectRef,
    pub(crate) path: Option<String>,
    pub(crate) referrer: Option<ObjectRef>,
    pub(crate) reason: Option<String>,
    pub(crate) value: String,
    pub(crate) mark: Option<String>,
    pub(crate) kubectl: String,
    pub(crate) count: Option<u32>,
    pub(crate) at: Option<Timestamp>,
    pub(crate) what: What,
}

/// The sentence of a piece of evidence.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    /// A text that rules share.
    Shared(Message),
    /// A text of the rule, by its id there; filled with the finding's arguments.
    Own(&'static str),
}

impl Proof {
    /// Says what this shows in the rule's own words: the text `ID` of the rule,
    /// filled with the finding's arguments.
    #[must_use]
    pub fn saying(mut self, id: &'static str) -> Self {
        self.what = What::Own(id);
        self
    }

    /// Marks the part of the value that decides.
    #[must_use]
    pub fn marking(mut self, part: impl Into<String>) -> Self {
        self.mark = Some(part.into());
        self
    }

    /// Shows another value than the object's name: what is not there.
    #[must_use]
    pub fn valued(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// Shows that something is not there, without a field that asks for it.
    #[must_use]
    pub fn absent(mut self) -> Self {
        self.kind = EvidenceKind::Absence;
        self.value.clone_from(&self.object.name);
        self.what = What::Shared(
            Message::new("evidence.absence")
                .with("kind", &self.object.kind)
                .with("name", &self.object.name),
        );
        self
    }

    /// Shows it with another command.
    #[must_use]
    pub fn shown_by(mut self, command: impl Into<String>) -> Self {
        self.kubectl = command.into();
        self
    }

    /// Names the container that is meant.
    #[must_use]
    pub fn in_container(mut self, container: &str) -> Self {
        self.object.container = Some(container.to_owned());
        self
    }

    /// The evidence, if its sentence is one that rules share: outside a rule there is
    /// no other.
    pub(crate) fn into_evidence(self) -> Option<Evidence<Message>> {
        let What::Shared(what) = &self.what else {
            return None;
        };
        let what = what.clone();
        Some(self.evidence(what))
    }

    /// The evidence with its sentence. Here it is made, so here what looks like a secret
    /// is hidden.
    pub(crate) fn evidence(&self, what: Message) -> Evidence<Message> {
        let value = hidden::words(self.value.clone());
        // What decides is marked where it stands in the value; where it was hidden, the
        // token is what there is to see.
        let mark = self.mark.clone().map(hidden::words);
        let mark = mark.filter(|mark| value.contains(mark.as_str()));
        Evidence {
            kind: self.kind,
            what: hidden::message(what),
            object: self.object.clone(),
            path: self.path.clone(),
            referrer: self.referrer.clone(),
            reason: self.reason.clone().map(hidden::words),
            value,
            mark,
            kubectl: hidden::words(self.kubectl.clone()),
            count: self.count,
            at: self.at,
        }
    }

    /// When it was so.
    #[must_use]
    pub fn at(mut self, at: Option<Timestamp>) -> Self {
        self.at = at;
        self
    }
}

/// A field of an object. `pointer` is the JSON Pointer of `value` in it.
pub fn field(object: &impl Object, pointer: impl Into<String>, value: impl ToString) -> Proof {
    field_of(object.object_ref(), pointer, value)
}

/// A field of an object by reference.
// Callers hand in what they have: a number, a flag, a reference to a text.
#[allow(clippy::needless_pass_by_value)]
pub fn field_of(object: ObjectRef, pointer: impl Into<String>, value: impl ToString) -> Proof {
    let pointer = pointer.into();
    let name = pointer
        .rsplit('/')
        .find(|step| !step.bytes().all(|b| b.is_ascii_digit()))
        .unwrap_or_default();
    let what = Message::new("evidence.field")
        .with("field", name)
        .with("kind", &object.kind)
        .with("name", &object.name);
    Proof {
        kind: EvidenceKind::Field,
        kubectl: kubectl::get_field(&object, &pointer),
        path: Some(pointer),
        referrer: None,
        reason: None,
        value: value.to_string(),
        mark: None,
        count: None,
        at: None,
        what: What::Shared(what),
        object,
    }
}

/// The reason with which a container waits.
pub fn waiting(pod: &Pod, status: &ContainerStatus) -> Proof {
    let reason = status.waiting().map_or("", |(reason, _)| reason);
    let what = Message::new("evidence.waiting")
        .with("container", &*status.name)
        .with("reason", reason);
    Proof {
        what: What::Shared(what),
        ..field(pod, status.path("state/waiting/reason"), reason)
    }
    .in_container(&status.name)
}

/// The message with which a container waits; its reason when it has no message.
pub fn waiting_message(pod: &Pod, status: &ContainerStatus) -> Proof {
    match status.waiting() {
        Some((reason, Some(message))) => Proof {
            what: What::Shared(
                Message::new("evidence.waiting")
                    .with("container", &*status.name)
                    .with("reason", reason),
            ),
            ..field(pod, status.path("state/waiting/message"), message)
        }
        .in_container(&status.name),
        _ => waiting(pod, status),
    }
}

/// A field of the way in which a container last ended, such as `exitCode`.
pub fn ended(
    pod: &Pod,
    status: &ContainerStatus,
    end: (&'static str, &Terminated),
    name: &'static str,
) -> Proof {
    let (state, end) = end;
    let value = match name {
        "reason" => end.reason.to_string(),
        "signal" => end.signal.unwrap_or(0).to_string(),
        "message" => end.message.as_deref().unwrap_or_default().to_owned(),
        _ => end.exit_code.to_string(),
    };
    let what = Message::new("evidence.ended")
        .with("container", &*status.name)
        .with("code", end.exit_code);
    Proof {
        what: What::Shared(what),
        ..field(
            pod,
            status.path(&format!("{state}/terminated/{name}")),
            value,
        )
    }
    .in_container(&status.name)
    .at(end.finished)
}

/// How often a container was restarted; nothing when it never was.
pub fn restarts(pod: &Pod, status: &ContainerStatus) -> Option<Proof> {
    let what = Message::new("evidence.restarts")
        .with("container", &*status.name)
        .with("n", status.restarts);
    (status.restarts > 0).then(|| {
        Proof {
            what: What::Shared(what),
            ..field(pod, status.path("restartCount"), status.restarts)
        }
        .in_container(&status.name)
    })
}

/// A field of a condition: `status`, `reason` or `message`. A message that is not there is
/// replaced by the reason, and a reason by the status, which every condition has.
pub fn condition(object: &impl Object, condition: &Condition, name: &'static str) -> Proof {
    condition_of(object.object_ref(), condition, name)
}

/// The same of an object by reference.
pub fn condition_of(object: ObjectRef, condition: &Condition, name: &'static str) -> Proof {
    let (name, value) = match (name, &condition.message) {
        ("message", Some(message)) => ("message", &**message),
        ("message" | "reason", _) if !condition.reason.is_empty() => ("reason", &*condition.reason),
        _ => ("status", &*condition.status),
    };
    let what = Message::new("evidence.condition")
        .with("type", &*condition.kind)
        .with("kind", &object.kind)
        .with("name", &object.name)
        .with("status", &*condition.status);
    Proof {
        what: What::Shared(what),
        ..field_of(object, condition.path(name), value)
    }
    .at(condition.changed)
}

/// An event.
pub fn event(event: &Event) -> Proof {
    let about = &event.about;
    let object = ObjectRef {
        container: event.container().map(str::to_owned),
        ..about.kind.object(&about.namespace, &about.name)
    };
    let what = Message::new("evidence.event")
        .with("reporter", &*event.reporter)
        .with("reason", &*event.reason);
    Proof {
        kind: EvidenceKind::Event,
        kubectl: kubectl::describe(&object),
        object,
        path: None,
        referrer: None,
        reason: Some(event.reason.to_string()),
        value: event.message.to_string(),
        mark: None,
        count: Some(event.count),
        at: event.last,
        what: What::Shared(what),
    }
}

/// A line of a container's log.
pub fn log_line(of: &LogOf, line: &LogLine) -> Proof {
    let what = Message::new("evidence.log")
        .with("container", &*of.container)
        .with("name", &*of.pod);
    Proof {
        kind: EvidenceKind::Log,
        object: ObjectRef::namespaced(Kind::Pod.name(), &*of.namespace, &*of.pod)
            .with_container(&*of.container),
        path: None,
        referrer: None,
        reason: None,
        value: line.text.to_string(),
        mark: None,
        kubectl: kubectl::logs(&of.namespace, &of.pod, &of.container, of.previous),
        count: None,
        at: line.at,
        what: What::Shared(what),
    }
}

/// An object that is not there, and the field that asks for it.
pub fn absence(missing: ObjectRef, referrer: &impl Object, pointer: impl Into<String>) -> Proof {
    let what = Message::new("evidence.absence")
        .with("kind", &missing.kind)
        .with("name", &missing.name);
    Proof {
        kind: EvidenceKind::Absence,
        kubectl: kubectl::get(&missing),
        value: missing.name.clone(),
        object: missing,
        path: Some(pointer.into()),
        referrer: Some(referrer.object_ref()),
        reason: None,
        mark: None,
        count: None,
        at: None,
        what: What::Shared(what),
    }
}

/// A key that an existing ConfigMap or Secret does not have, and the field that asks for it.
pub fn absent_key_of(
    holder: ObjectRef,
    key: &str,
    referrer: &impl Object,
    pointer: impl Into<String>,
) -> Proof {
    let what = Message::new("evidence.absent-key")
        .with("kind", &holder.kind)
        .with("name", &holder.name)
        .with("key", key);
    Proof {
        value: key.to_owned(),
        // describe lists the keys, and of a Secret not the values.
        kubectl: kubectl::describe(&holder),
        what: What::Shared(what),
        ..absence(holder, referrer, pointer)
    }
}

/// What a command prints: for evidence that is spread over many objects.
pub fn command(object: ObjectRef, command: impl Into<String>, value: impl Into<String>) -> Proof {
    Proof {
        kind: EvidenceKind::Command,
        object,
        path: None,
        referrer: None,
        reason: None,
        value: value.into(),
        mark: None,
        kubectl: command.into(),
        count: None,
        at: None,
        what: What::Shared(Message::new("evidence.command")),
    }
}

/// A reference to an object of a kind that the facts know.
pub fn object(kind: Kind, namespace: &str, name: &str) -> ObjectRef {
    let object = if namespace.is_empty() || !kind.is_namespaced() {
        ObjectRef::cluster(kind.name(), name)
    } else {
        ObjectRef::namespaced(kind.name(), namespace, name)
    };
    object.in_group(kind.group())
}
