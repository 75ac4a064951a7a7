//! What the rules hand in.

use std::collections::{BTreeMap, BTreeSet, btree_map};
use std::sync::Arc;

use podside_model::{Cause, Checked, Message, MissingRight, ObjectRef, Unknown, Why};

use crate::facts::{ContainerStatus, Kind, KindRef, Node, Pod, PodSpec, Secret, State, Str};
use crate::finding::Finding;
use crate::fitting::{Fits, Room, TemplateOf};
use crate::hidden;
use crate::kubectl;
use crate::log_reading::LastWords;
use crate::proof;
use crate::remembered::{Remembered, Same};
use crate::snapshot::misses::Kinds;
use crate::snapshot::{LogOf, LogTail, Snapshot, Top};
use crate::want::Want;

/// Collects what the rules find, could not tell, looked at and want to have.
#[derive(Debug)]
pub struct Findings<'s> {
    /// The cause of the rule that speaks; `None` while none does.
    cause: Option<&'static str>,
    /// The place of the present run among all runs of all rules.
    turn: u32,
    heard: Heard,
    words: Remembered<WordsOf, Option<Words>>,
    /// The nodes and their room.
    pub(crate) rooms: Remembered<(), Arc<[(&'s Node, Room)]>>,
    /// What keeps the Pods of a template from the nodes.
    pub(crate) fits: Remembered<TemplateOf, Arc<Fits<'s>>>,
    /// The Pods behind a Service, by its namespace and name.
    pub(crate) backends: Remembered<(Str, Str), Arc<[&'s Pod]>>,
    /// Which container of a template, by its place, names a host that looks wrong.
    pub(crate) odd_hosts: Remembered<(Str, Same<PodSpec>, usize), bool>,
    /// What of a kind and namespace is probably meant by a name that nothing has.
    pub(crate) near: Remembered<(Kind, Str, Str), Option<Str>>,
    /// Which image that runs in a namespace is probably meant by another.
    pub(crate) near_images: Remembered<(Str, Str), Option<Str>>,
}

/// How many last words are remembered at a time.
const MOST_WORDS: usize = 4096;

/// The Pods of one template come one after the other, and each is held against all nodes
/// by several rules: few need be remembered, and each may be as large as the cluster.
const MOST_FITS: usize = 4;

/// All rules look at one Service before any looks at the next.
const MOST_BACKENDS: usize = 4;

/// How many answers about single templates and names are remembered at a time.
const MOST_ANSWERS: usize = 256;

/// What was handed in, each with the turn in which it was first. What is said twice
/// counts once.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Heard {
    pub(crate) found: Vec<(u32, Arc<Finding>)>,
    pub(crate) unknown: BTreeMap<(Message, Option<ObjectRef>), (u32, Untold)>,
    pub(crate) checked: BTreeMap<(ObjectRef, Message), (u32, Checked<Message>)>,
    pub(crate) wants: BTreeSet<Want>,
    /// By cause, the kinds that its rule asked for and of which not all is known.
    pub(crate) missed: BTreeMap<&'static str, Kinds>,
}

/// Something that cannot be told, with the causes whose rules said so.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Untold {
    pub(crate) unknown: Unknown<Message>,
    /// The kinds that it says could not be read: it leaves open what missed them.
    pub(crate) kinds: Kinds,
    /// Whether it is told only if it leaves something open.
    pub(crate) seldom_needed: bool,
}

impl Untold {
    /// Takes in that the same was said again.
    pub(crate) fn join(&mut self, other: &Self) {
        let causes = other.unknown.causes.iter().cloned();
        self.unknown.causes.extend(causes);
        self.kinds = self.kinds.and(other.kinds);
    }
}

impl Heard {
    pub(crate) fn is_nothing(&self) -> bool {
        self.found.is_empty()
            && self.unknown.is_empty()
            && self.checked.is_empty()
            && self.wants.is_empty()
            && self.missed.is_empty()
    }
}

/// Whose last words: the owner, the container, whether of its previous run, and how the
/// container fares.
type WordsOf = (Top, Str, bool, Fares);

/// How a container fares, as far as Pods of one template that fare alike fail alike:
/// whether it runs, whether it is ready, and the exit code of its last end.
type Fares = (bool, bool, Option<i64>);

/// Last words, and of which logs they are.
#[derive(Clone, Debug)]
struct Words {
    words: Arc<LastWords>,
    logs: Arc<[LogOf]>,
}

impl Findings<'_> {
    pub(crate) fn new() -> Self {
        Self {
            cause: None,
            turn: 0,
            heard: Heard::default(),
            words: Remembered::at_most(MOST_WORDS),
            rooms: Remembered::at_most(1),
            fits: Remembered::at_most(MOST_FITS),
            backends: Remembered::at_most(MOST_BACKENDS),
            odd_hosts: Remembered::at_most(MOST_ANSWERS),
            near: Remembered::at_most(MOST_ANSWERS),
            near_images: Remembered::at_most(MOST_ANSWERS),
        }
    }

    /// Says for which cause's rule is spoken from now on, and the place of its run among all.
    pub(crate) fn speak_for(&mut self, cause: &'static str, turn: u32) {
        self.cause = Some(cause);
        self.turn = turn;
    }

    /// What is said from now on is no rule's, and gives way to what rules say.
    pub(crate) fn speak_last(&mut self) {
        self.cause = None;
        self.turn = u32::MAX;
    }

    /// What was handed in since this was last asked.
    pub(crate) fn take(&mut self) -> Heard {
        std::mem::take(&mut self.heard)
    }

    /// Hands in a finding.
    pub fn add(&mut self, finding: Finding) {
        self.heard.found.push((self.turn, Arc::new(finding)));
    }

    /// Hands in something that cannot be told, and that the rule that speaks wanted to know.
    pub fn unknown(&mut self, unknown: Unknown<Message>) {
        self.untold(unknown, Kinds::NONE, false);
    }

    /// Hands in that kinds could not be read; whether that is told only if a rule asked for
    /// them.
    pub(crate) fn unread(&mut self, unknown: Unknown<Message>, kinds: Kinds, seldom_needed: bool) {
        self.untold(unknown, kinds, seldom_needed);
    }

    fn untold(&mut self, unknown: Unknown<Message>, kinds: Kinds, seldom_needed: bool) {
        let mut unknown = hidden::unknown(unknown);
        unknown.causes.extend(self.cause.map(Cause::known));
        let key = (unknown.what.clone(), unknown.object.clone());
        let untold = Untold {
            unknown,
            kinds,
            seldom_needed,
        };
        match self.heard.unknown.entry(key) {
            btree_map::Entry::Vacant(entry) => {
                entry.insert((self.turn, untold));
            }
            btree_map::Entry::Occupied(mut entry) => entry.get_mut().1.join(&untold),
        }
    }

    /// Says which kinds the rule that speaks asked for though not all of them is known.
    pub(crate) fn missed(&mut self, kinds: Kinds) {
        if let Some(cause) = self.cause.filter(|_| !kinds.is_empty()) {
            let missed = self.heard.missed.entry(cause).or_default();
            *missed = missed.and(kinds);
        }
    }

    /// How many findings were handed in since [`take`](Self::take).
    pub(crate) fn found(&self) -> usize {
        self.heard.found.len()
    }

    /// Says which objects that nobody watches what was found is about, or is owned by.
    pub(crate) fn pointed(&mut self, objects: BTreeSet<ObjectRef>) {
        self.heard
            .wants
            .extend(objects.into_iter().map(Want::Object));
    }

    /// Wants an object of a kind that nobody watches. Ask only for what decides something.
    pub(crate) fn want_object(&mut self, object: ObjectRef) {
        self.heard.wants.insert(Want::Object(object));
    }

    /// Wants the objects of a kind that nobody watches in a namespace. Ask only where one of
    /// them may be the reason of something that is wrong.
    pub(crate) fn want_all(&mut self, kind: &KindRef, namespace: &str) {
        self.heard.wants.insert(Want::Objects {
            kind: kind.name.to_string(),
            group: kind.group.to_string(),
            namespace: namespace.to_owned(),
        });
    }

    /// Cannot tell whether an object exists, because its kind could not be read.
    pub fn unknown_object(&mut self, kind: Kind, namespace: &str, name: &str, why: Why) {
        let object = proof::object(kind, namespace, name);
        let what = match object.namespace {
            Some(_) => Message::new("unknown.object").with("namespace", namespace),
            None => Message::new("unknown.cluster-object"),
        };
        let right = right("get", kind, namespace);
        self.unknown(Unknown {
            what: what.with("kind", kind.name()).with("name", name),
            why,
            settle: Some(settle(why, &right, &kubectl::get(&object))),
            object: Some(object),
            rights: Vec::from_iter((why == Why::Denied).then_some(right)),
            causes: Vec::new(),
            spare: false,
        });
    }

    /// Cannot tell which keys a ConfigMap or Secret has.
    pub fn unknown_keys(&mut self, kind: Kind, namespace: &str, name: &str, why: Why) {
        let object = proof::object(kind, namespace, name);
        let right = right("get", kind, namespace);
        self.unknown(Unknown {
            what: Message::new("unknown.keys")
                .with("kind", kind.name())
                .with("name", name)
                .with("namespace", namespace),
            why,
            settle: Some(settle(why, &right, &kubectl::describe(&object))),
            object: Some(object),
            rights: Vec::from_iter((why == Why::Denied).then_some(right)),
            causes: Vec::new(),
            spare: false,
        });
    }

    /// Cannot tell why an object creates no Pods, because its events could not be read.
    pub fn unknown_creation(&mut self, object: &ObjectRef, why: Why) {
        let right = right(
            "list",
            Kind::Event,
            object.namespace.as_deref().unwrap_or_default(),
        );
        self.unknown(Unknown {
            what: Message::new("unknown.creation")
                .with("kind", &object.kind)
                .with("name", &object.name),
            why,
            settle: Some(settle(why, &right, &kubectl::describe(object))),
            object: Some(object.clone()),
            rights: Vec::from_iter((why == Why::Denied).then_some(right)),
            causes: Vec::new(),
            spare: false,
        });
    }

    /// Says that something looks unusual, was looked at, and is well. `why` is a text of
    /// the rule.
    pub fn checked(&mut self, object: ObjectRef, why: &'static str, args: &[(&str, &str)]) {
        let id = format!("{}.{why}", self.cause.unwrap_or_default());
        let why = args
            .iter()
            .fold(Message::new(id), |message, (name, value)| {
                message.with(name, *value)
            });
        self.heard
            .checked
            .entry((object.clone(), why.clone()))
            .or_insert_with(|| (self.turn, hidden::checked(Checked { object, why })));
    }

    /// The last lines of a container's log: of its previous run or the present one.
    /// `None` when they were not fetched; then they are wanted, unknown until then, and the
    /// rule is called again when they are there. Ask only for logs that decide something.
    pub fn log<'s>(
        &mut self,
        snapshot: &'s Snapshot,
        pod: &Pod,
        container: &Str,
        previous: bool,
    ) -> Option<&'s LogTail> {
        self.log_of(snapshot, &LogOf::of(pod, container, previous))
    }

    fn log_of<'s>(&mut self, snapshot: &'s Snapshot, of: &LogOf) -> Option<&'s LogTail> {
        let tail = snapshot.log(of);
        match tail {
            Some(LogTail::Unreadable(why)) => self.unknown_log(snapshot, of, *why),
            Some(LogTail::Lines(_)) => {}
            None => {
                self.heard.wants.insert(Want::Log(of.clone()));
                self.unknown_log(snapshot, of, Why::NotSeen);
            }
        }
        tail
    }

    /// The last words of a container that ended or does not work: what its log and its
    /// termination message say of why. They are those of the first Pod of its template in
    /// which the container fares alike: such siblings fail alike, so they share them and
    /// their problems stay one. While the log has not been fetched they are empty and `awaited`.
    pub fn last_words(
        &mut self,
        snapshot: &Snapshot,
        pod: &Pod,
        status: &ContainerStatus,
    ) -> Arc<LastWords> {
        // The log of a container that waits for its next start is that of the run that
        // ended; one that runs again has it in the previous log.
        let previous = status.is_running() && status.last_end().is_some();
        self.words(snapshot, pod, status, previous)
    }

    /// What the present run of a container says: for one that runs and may yet not work.
    pub fn present_words(
        &mut self,
        snapshot: &Snapshot,
        pod: &Pod,
        status: &ContainerStatus,
    ) -> Arc<LastWords> {
        self.words(snapshot, pod, status, false)
    }

    fn words(
        &mut self,
        snapshot: &Snapshot,
        pod: &Pod,
        status: &ContainerStatus,
        previous: bool,
    ) -> Arc<LastWords> {
        let key = (
            snapshot.top_of(pod),
            status.name.clone(),
            previous,
            fares(status),
        );
        let of_all = self.words.recall(key, |key| {
            let (pod, status) = speaker(snapshot, key)?;
            Some(listen(snapshot, pod, status, previous))
        });
        let Words { words, logs } =
            of_all.unwrap_or_else(|| listen(snapshot, pod, status, previous));
        // After its own log the one of the run before is asked for. Where the run has ended and
        // wrote nothing, that is known, and what became of the older log leaves nothing open.
        let has_ended = matches!(status.state, State::Terminated(_));
        for (nth, of) in logs.iter().enumerate() {
            let is_gone = || matches!(snapshot.log(of), Some(LogTail::Unreadable(_)));
            if nth == 0 || !has_ended || !is_gone() {
                self.log_of(snapshot, of);
            }
        }
        words
    }

    /// The names of the keys of a Secret that is here, or why they are not known. When they
    /// were not fetched they are wanted, and the rule is called again when they are there; the
    /// type comes with them. Ask only where they decide something.
    pub fn secret_keys<'s>(&mut self, secret: &'s Secret) -> Result<&'s [Str], Why> {
        if secret.keys == Err(Why::NotSeen) {
            self.heard.wants.insert(Want::SecretKeys {
                namespace: secret.meta.namespace.to_string(),
                name: secret.meta.name.to_string(),
            });
        }
        secret.keys.as_deref().map_err(|why| *why)
    }

    fn unknown_log(&mut self, snapshot: &Snapshot, of: &LogOf, why: Why) {
        let right = MissingRight {
            verb: "get".to_owned(),
            group: String::new(),
            resource: "pods/log".to_owned(),
            namespace: Some(of.namespace.to_string()),
        };
        let command = kubectl::logs(&of.namespace, &of.pod, &of.container, of.previous);
        let object = ObjectRef::namespaced("Pod", &*of.namespace, &*of.pod);
        let pod = snapshot.pods.get(&of.namespace, &of.pod);
        let status = pod.and_then(|pod| pod.statuses.iter().find(|s| *s.name == *of.container));
        let is_ready = status.is_some_and(|status| status.ready && status.is_running());
        let what = match why {
            _ if is_ready && !of.previous => "unknown.log-of-ready",
            Why::NotSeen => "unknown.log-unread",
            _ => "unknown.log",
        };
        self.unknown(Unknown {
            what: Message::new(what)
                .with("container", &*of.container)
                .with("name", &*of.pod),
            why,
            settle: Some(settle(why, &right, &command)),
            object: Some(object.with_container(&*of.container)),
            rights: Vec::from_iter((why == Why::Denied).then_some(right)),
            causes: Vec::new(),
            spare: false,
        });
    }
}

fn fares(status: &ContainerStatus) -> Fares {
    let code = status.last_end().map(|(_, end)| end.exit_code);
    (status.is_running(), status.ready, code)
}

/// The first Pod of an owner in which a container fares so.
fn speaker<'s>(
    snapshot: &'s Snapshot,
    (top, container, _, as_it_fares): &WordsOf,
) -> Option<(&'s Pod, &'s ContainerStatus)> {
    snapshot.pods_of(top).into_iter().find_map(|pod| {
        let status = pod.statuses.iter().find(|s| s.name == *container)?;
        let speaks = !pod.is_terminating() && fares(status) == *as_it_fares;
        (speaks && snapshot.top_of(pod) == *top).then_some((pod, status))
    })
}

/// What the log and the termination message of a container say.
fn listen(snapshot: &Snapshot, pod: &Pod, status: &ContainerStatus, previous: bool) -> Words {
    let mut words = LastWords::new();
    if let Some(end) = status.last_end() {
        words.hear_message(status, end);
    }
    let of = LogOf::of(pod, &status.name, previous);
    let mut logs = vec![of.clone()];
    match snapshot.log(&of) {
        None => words.awaited = true,
        Some(tail) => {
            words.hear_log(&of, tail);
            // Between two runs the newer log may be empty already.
            if words.last.is_none() && !previous && status.restarts > 0 {
                let of = LogOf::of(pod, &status.name, true);
                if let Some(tail) = snapshot.log(&of) {
                    words.hear_log(&of, tail);
                }
                logs.push(of);
            }
        }
    }
    Words {
        words: Arc::new(words),
        logs: logs.into(),
    }
}

/// The right to do `verb` with a kind, in a namespace where it has them.
pub(crate) fn right(verb: &str, kind: Kind, namespace: &str) -> MissingRight {
    MissingRight {
        verb: verb.to_owned(),
        group: kind.group().to_owned(),
        resource: kind.plural().to_owned(),
        namespace: (kind.is_namespaced() && !namespace.is_empty()).then(|| namespace.to_owned()),
    }
}

/// What would settle something: the right, when that is what is missing, or the command.
pub(crate) fn settle(why: Why, right: &MissingRight, command: &str) -> Message {
    if why == Why::Denied {
        Message::new("settle.right")
            .with("verb", &right.verb)
            .with("resource", &right.resource)
    } else {
        Message::new("settle.command").with("command", command)
    }
}
