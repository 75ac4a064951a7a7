//! The rules: one file a cause, `rules/<area>/<cause>.rs`.
//!
//! # How to add a cause
//!
//! 1. Write `rules/<area>/<cause_with_underscores>.rs`: the header comment (symptom,
//!    cause, fix, source), the constant `RULE` with its texts, the function, the tests.
//!    `image/image_not_found.rs` and `config/configmap_missing.rs` are made to be copied.
//! 2. Name it in `rules/<area>/mod.rs`, in two lines: the `mod`, and its place in `RULES`.
//!
//! That is all: `judge`, the command line and the pages find it there, and the tests
//! below hold it against `causes.tsv` and ask for both languages.
//!
//! # What a rule is
//!
//! A pure function `fn(&Pod, &Snapshot, &mut Findings)` (or `&Service`, `&Node`, ...;
//! see [`Run`](crate::rule::Run)). It is called with every object of that kind and hands in a
//! [`Finding`](crate::finding::Finding) for each fault that it sees. Names of kinds and fields are those of
//! [`facts`](crate::facts); what is around an object is asked of the
//! [`Snapshot`](crate::snapshot::Snapshot): `events_of(pod)`, `pods_of_service(service)`, `services_of_pod(pod)`,
//! `pods_on_node(name)`, `top_of(pod)`, `pods_of(&top)`, `label_sets(namespace)`,
//! `config_maps.find(namespace, name)`, `has_passed(time, seconds)`, ...
//!
//! ```text
//! findings.add(
//!     Finding::on_container(snapshot, pod, container)     // the subject: see below
//!         .arg("image", &*container.image)                // for {image} in the texts
//!         .proof(proof::waiting_message(pod, status))     // evidence, the deciding piece first
//!         .fix_with("fix.set", "kubectl …")               // else the text `fix` is the fix
//!         .since(pod.meta.created),
//! );
//! ```
//!
//! # What the engine does for you (`judge`)
//!
//! - **Folding.** Findings of one rule on one subject whose *titles* read the same become
//!   one problem, and so do those with one `.one_fault(key)`, whatever their subjects; so look
//!   at one Pod at a time. What tells two problems apart (an image,
//!   a ConfigMap's name) belongs into the title; a Pod's name does not.
//! - **Severity.** Critical when no Pod of the owner is ready any more, a warning while
//!   others serve. Call `.severity(…)` only where that is wrong.
//! - **Affected objects.** From the Pods that a finding breaks (`on_pod`, `on_container`,
//!   or `.breaks(pod)`) follow the owners, Services, Ingresses and clients.
//! - **Yielding.** A rule of rank `Symptom` yields to one of rank `Mechanism` or
//!   `Root` (see [`Rank`](crate::rule::Rank)) on the same container (or Pod), and to whatever
//!   breaks what its subject depends on. So a rule for a root need not know the symptoms.
//! - **Fixes that are true.** Each is held against its object (`judge/mending.rs`): Pods that
//!   are older than a template which is mended by now are deleted instead, a container that no
//!   template has is mended where it is added, and whoever would undo the change is named. So a
//!   rule says what mends its fault and need not ask who wrote the object.
//! - **`{kind}` `{name}` `{namespace}` `{container}` `{pods}`** are always there in texts
//!   (the subject's, and the number of broken Pods): `{pods} {pods|Pod|Pods}`.
//!
//! # The subject
//!
//! The object that a person must change. The owner at the top (`on_pod`,
//! `on_container`, `on_top`) when a template is at fault; the Service, claim, node, ...
//! itself (`on`) when that is. Name the container (`on_container`) when one container
//! of the template is at fault (its image, exit, probe, environment, security context);
//! not when the Pod as a whole is (volumes, scheduling, pull secrets, DNS, admission).
//!
//! # What makes a rule right
//!
//! - It follows from how Kubernetes behaves: the reasons and messages of the kubelet, the
//!   scheduler and the controllers from 1.27 to 1.36, not from one example. Match the
//!   reason exactly, the message by its fixed parts.
//! - It names the thing: objects, fields, values, the number of nodes. "The Pod is Pending"
//!   is no title. Near misses are named: see [`crate::near`].
//! - No false alarm. Silent on Pods that are being deleted (`is_terminating`), finished
//!   or suspended things, rollouts within their deadline, things younger than their own
//!   patience. Events live for an hour and tell of the past: an event alone proves nothing
//!   unless the present state says the same.
//! - Missing data is not health and not a fault. [`Lookup::Missing`](crate::snapshot::Lookup)
//!   proves that something does not exist; `Lookup::Unknown(why)` does not: hand in
//!   `findings.unknown_object(…)` and go on. An empty field may merely not be set yet.
//! - What the snapshot does not hold is wanted: `findings.log(…)`, `secret_keys(…)`.
//!   The rule is called again when it was fetched.
//! - Which containers crash *now* (and not long ago) is `container::crash::crashes(pod,
//!   snapshot)`; what their log says of why is `findings.last_words(snapshot, pod, status)`:
//!   its lines as [`Claim`](crate::log_reading::Claim)s, which a rule holds against the
//!   cluster; what an exit code means is `container::exit_code::meaning(code)`.
//! - It asks the snapshot each time and remembers nothing: what it read decides when it is
//!   asked again. Of ages it asks `has_passed(time, seconds)`, which changes once;
//!   `age(time)` is for texts, on what is broken.
//! - It costs nothing on a healthy object: return early, look things up by name.
//! - Evidence values are verbatim, and a field's pointer resolves in the object it names:
//!   keep the `index` of list elements, use `ContainerStatus::path`, `Condition::path`,
//!   `Container::path`.
//!
//! # Texts
//!
//! `text("title", en, ja)`, `text("explanation", …)`, `text("fix", …)` or several
//! `fix.…`; variants as `title.…`, `explanation.…`; sentences of evidence as `proof.…`
//! (`proof::field(…).saying("proof.class")`). The title names subject, fault and value in
//! one sentence without a full stop; the explanation says why that breaks, in two or
//! three. Japanese: titles in plain form (〜がない, 〜できない), explanations and fixes in
//! です・ます; a half-width space between Latin and Japanese; Kubernetes terms in English.
//! Both languages use the same placeholders.
//!
//! # Tests
//!
//! [`check`](crate::testing::check) takes objects as YAML and what should be found. Write
//! at least: the cause, its near relative that must not be taken for it, and a healthy
//! object. What is said is compared by ids and arguments, not by sentences; how each reads
//! stands in `server/tests/wording/`. `cargo run -p podside-diagnosis --example judge -- DIR…` judges recordings.

mod access;
mod config;
mod container;
mod custom;
mod dns;
mod eviction;
mod gateway;
mod image;
mod init;
mod last_tries;
mod lifecycle;
mod node;
mod probe;
mod reason;
mod refusal;
mod scheduling;
mod service;
mod storage;
mod workload;

pub(crate) use container::EXIT_CODE_TEXTS;

use crate::rule::Rule;
pub use container::{bare_exit_meaning, exit_meaning};
pub use dns::cluster_dns_is_down;
pub use scheduling::amount::amount;

/// Every rule, roots of many troubles first: where two problems are as bad, as certain
/// and as far-reaching, this is their order.
const AREAS: &[&[&Rule]] = &[
    node::RULES,
    dns::RULES,
    storage::RULES,
    workload::RULES,
    custom::RULES,
    config::RULES,
    image::RULES,
    scheduling::RULES,
    access::RULES,
    service::RULES,
    gateway::RULES,
    container::RULES,
    init::RULES,
    probe::RULES,
    lifecycle::RULES,
];

/// Every rule, in a fixed order.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    AREAS.iter().flat_map(|area| area.iter().copied())
}

/// The rule of a cause.
pub fn of(cause: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.cause == cause)
}

#[cfg(test)]
mod tests;
