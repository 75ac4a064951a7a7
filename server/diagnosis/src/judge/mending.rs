//! The fix of a problem, true for the object that it is about.
//!
//! A rule says what mends a fault of its kind. Here every fix is held against the object: what
//! the template already says ([`templates`]) and who would undo the change ([`authors`]).

use std::collections::BTreeMap;

use podside_model::{Arg, FixStep, Message, ObjectRef};

use super::fold::{self, message};
use crate::authors::{self, Author, Undone};
use crate::facts::{Kind, Pod};
use crate::finding::{Finding, Fix};
use crate::hidden;
use crate::kubectl;
use crate::rule::Rule;
use crate::snapshot::{Snapshot, Top};
use crate::templates::{self, Template};

/// The most other subjects whose own steps are told; all of them are among what is affected.
const MOST_SIBLINGS: usize = 5;

/// The most Pods that one command names.
const MOST_PODS: usize = 5;

/// The steps of a finding's fix: those of the rule, and where a change of the subject lasts.
pub(super) fn steps(rule: &Rule, finding: &Finding, snapshot: &Snapshot) -> Vec<FixStep<Message>> {
    let pods: Vec<&Pod> = fold::pods(snapshot, finding).collect();
    let pods = &*pods;
    if let Some(step) = already_mended(finding, pods, snapshot) {
        return vec![step];
    }
    let mut steps = of_rule(rule, finding);
    for step in of_siblings(rule, finding, snapshot) {
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    if let Some(step) = injected(finding, pods, snapshot) {
        steps.insert(0, step);
    }
    let authors = authors::of(snapshot, &finding.subject);
    let (at_once, later): (Vec<Author>, Vec<Author>) = authors
        .into_iter()
        .partition(|author| author.undone() == Undone::AtOnce);
    if !at_once.is_empty() {
        // A change that is gone in seconds is no fix.
        let lasts = |step: &FixStep<Message>| {
            let command = step.command.as_deref();
            command.is_none_or(|command| !changes(command, &finding.subject))
        };
        steps.retain(lasts);
    }
    if Kind::find(&finding.subject.kind, &finding.subject.group).is_none() {
        // What kubectl sets in templates that it knows, it does not in a custom resource.
        for step in &mut steps {
            let is_set = |command: &String| sets(command, &finding.subject);
            if step.command.as_ref().is_some_and(is_set) {
                step.command = Some(hidden::words(kubectl::edit(&finding.subject)));
            }
        }
    }
    let first = at_once.iter().map(told).collect::<Vec<_>>();
    steps.splice(0..0, first);
    steps.extend(later.iter().map(told));
    steps
}

fn of_rule(rule: &Rule, finding: &Finding) -> Vec<FixStep<Message>> {
    let say = |id: &str| message(rule, id, &finding.args);
    if finding.fixes.is_empty() {
        return vec![FixStep {
            text: say("fix"),
            command: None,
        }];
    }
    let fixes = finding.fixes.iter();
    fixes.map(|fix| step(rule, fix, &finding.args)).collect()
}

fn step(rule: &Rule, fix: &Fix, args: &BTreeMap<String, Arg>) -> FixStep<Message> {
    FixStep {
        text: message(rule, fix.text, args),
        command: fix.command.clone().map(hidden::words),
    }
}

/// What has to be changed in the other subjects of one fault: of each the first step that
/// changes it, where the change lasts. What mends the fault for all is said once.
fn of_siblings(rule: &Rule, finding: &Finding, snapshot: &Snapshot) -> Vec<FixStep<Message>> {
    let siblings = finding.siblings.iter();
    let own = siblings.filter_map(|sibling| {
        let changes_it = |fix: &&Fix| {
            let command = fix.command.as_deref();
            command.is_some_and(|command| changes(command, &sibling.subject))
        };
        let fix = sibling.fixes.iter().find(changes_it)?;
        let authors = authors::of(snapshot, &sibling.subject);
        let lasts = authors.iter().all(|by| by.undone() != Undone::AtOnce);
        lasts.then(|| step(rule, fix, &sibling.args))
    });
    own.take(MOST_SIBLINGS).collect()
}

fn told(author: &Author) -> FixStep<Message> {
    FixStep {
        text: hidden::message(author.says()),
        command: author.command().map(hidden::words),
    }
}

/// Whether a command changes an object itself.
fn changes(command: &str, object: &ObjectRef) -> bool {
    let object = object.without_container();
    sets(command, &object)
        || command == kubectl::change(&object)
        || command.starts_with(&kubectl::edit(&object))
        || command.starts_with(&kubectl::patch(&object))
}

/// Whether a command changes the template or the scale of an object of a kind that it knows.
fn sets(command: &str, object: &ObjectRef) -> bool {
    let target = kubectl::target(&object.without_container());
    [" set ", " scale ", " rollout undo "]
        .iter()
        .any(|verb| command.contains(verb) && command.split(' ').any(|word| word == target))
}

/// Where all broken Pods are older than the template of their owner, and it does not say any
/// more what is wrong with them, they need only be made anew.
fn already_mended(
    finding: &Finding,
    pods: &[&Pod],
    snapshot: &Snapshot,
) -> Option<FixStep<Message>> {
    let first = pods.first()?;
    let top: Top = snapshot.top_of(*first);
    // The Pods of others that share the fault have templates of their own.
    let is_of_subject = |pod: &&Pod| snapshot.top_of(*pod) == top;
    if finding.subject.without_container() != top.object_ref() || !pods.iter().all(is_of_subject) {
        return None;
    }
    let template = snapshot.template_of(&top)?;
    let pointers = |pod: &Pod| {
        let of_pod = finding
            .proofs
            .iter()
            .filter(|proof| proof.object.kind == "Pod" && proof.object.name == *pod.meta.name);
        of_pod
            .filter_map(|proof| proof.path.clone())
            .collect::<Vec<_>>()
    };
    let deciding: Vec<String> = pods.iter().flat_map(|pod| pointers(pod)).collect();
    let mended = |pod: &Pod| {
        templates::is_older(pod, snapshot)
            && deciding
                .iter()
                .any(|pointer| templates::says_otherwise(pod, &template.spec, pointer))
    };
    if !pods.iter().all(|pod| mended(pod)) {
        return None;
    }
    let names = pods.iter().take(MOST_PODS);
    let names: Vec<String> = names.map(|pod| kubectl::word(&pod.meta.name)).collect();
    let namespace = kubectl::prefix(Some(&first.meta.namespace));
    Some(FixStep {
        text: hidden::message(
            Message::new("template.mended")
                .with("kind", &finding.subject.kind)
                .with("name", &finding.subject.name)
                .with("pods", pods.len()),
        ),
        command: Some(hidden::words(format!(
            "{namespace} delete pod {}",
            names.join(" ")
        ))),
    })
}

/// Where the container at fault is not in the template, somebody adds it when a Pod is made,
/// and the template cannot mend it.
fn injected(finding: &Finding, pods: &[&Pod], snapshot: &Snapshot) -> Option<FixStep<Message>> {
    let container = finding.subject.container.as_deref()?;
    let pod = pods.first()?;
    let top = snapshot.top_of(*pod);
    let is_of_template = finding.subject.without_container() == top.object_ref();
    let template = snapshot.template_of(&top).filter(|_| is_of_template)?;
    match templates::of_container(pod, container, &template.spec, snapshot) {
        Template::Has | Template::Unknown => None,
        Template::Lacks(webhooks) => Some(FixStep {
            text: hidden::message(templates::injection(
                &finding.subject.kind,
                &finding.subject.name,
                container,
                &webhooks,
            )),
            command: Some(hidden::words(templates::show(&webhooks))),
        }),
    }
}
