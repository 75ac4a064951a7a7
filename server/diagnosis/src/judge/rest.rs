//! What is not well and no problem tells of: unsettled while it is waited for, else
//! unexplained.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use podside_model::{Checked, Message, ObjectRef, Said, Unexplained, Unsettled};

use super::yielding::Standing;
use crate::facts::Kind;
use crate::unwell::{Unwell, Waits};

/// The most words of the cluster that are quoted about one object.
const MOST_SAID: usize = 6;

/// The most objects that are named beside the one that is told of.
const MOST_BESIDE: usize = 32;

/// What is left when the problems have told of theirs.
#[derive(Debug, Default)]
pub(super) struct Rest {
    pub(super) unsettled: Vec<Unsettled<Message>>,
    pub(super) unexplained: Vec<Unexplained<Message>>,
}

/// Sorts out what is not well: what a problem is about or breaks is told there; the rest is
/// told once for each owner at the top.
pub(super) fn rest<'a>(
    standing: &[Standing<'_>],
    unwell: impl Iterator<Item = &'a Unwell>,
) -> Rest {
    let told = Told::by(standing);
    let mut by_top: BTreeMap<&ObjectRef, Vec<&Unwell>> = BTreeMap::new();
    for unwell in unwell.filter(|unwell| !told.tells_of(unwell)) {
        by_top.entry(&unwell.top).or_default().push(unwell);
    }
    let mut rest = Rest::default();
    for (top, all) in by_top {
        match tell(top, &all) {
            Left::Unsettled(unsettled) => rest.unsettled.push(unsettled),
            Left::Unexplained(unexplained) => rest.unexplained.push(unexplained),
        }
    }
    rest.unsettled
        .sort_by(|a, b| (a.judged_at, &a.object).cmp(&(b.judged_at, &b.object)));
    rest.unexplained
        .sort_by(|a, b| (a.since, &a.object).cmp(&(b.since, &b.object)));
    rest
}

/// What looks unusual and is well, without what a problem, or what is left beside the
/// problems, tells of all the same.
pub(super) fn not_told_of(
    checked: Vec<Checked<Message>>,
    standing: &[Standing<'_>],
    rest: &Rest,
) -> Vec<Checked<Message>> {
    let mut told = Told::by(standing).objects;
    told.extend(rest.unsettled.iter().map(|it| &it.object));
    told.extend(rest.unexplained.iter().map(|it| &it.object));
    let mut checked = checked;
    checked.retain(|it| !told.contains(&it.object));
    checked
}

/// What problems are about or break, and the Pods in which they show. The owners of those Pods
/// are among what they break, where they are not the subject.
#[derive(Default)]
struct Told<'a> {
    objects: HashSet<&'a ObjectRef>,
    pods: HashSet<(&'a str, &'a str)>,
}

impl<'a> Told<'a> {
    fn by(standing: &[Standing<'a>]) -> Self {
        let mut told = Self::default();
        for Standing { case, .. } in standing {
            told.objects.insert(&case.whole);
            told.objects.extend(&case.broken);
            let pods = case.finding.pods.iter();
            told.pods
                .extend(pods.map(|(namespace, name)| (&**namespace, &**name)));
        }
        told
    }

    fn tells_of(&self, unwell: &Unwell) -> bool {
        let object = &unwell.object;
        let namespace = object.namespace.as_deref().unwrap_or_default();
        self.objects.contains(object)
            || self.objects.contains(&unwell.top)
            || (Kind::Pod.is(object) && self.pods.contains(&(namespace, &object.name)))
    }
}

/// One of the two that are left.
enum Left {
    Unsettled(Unsettled<Message>),
    Unexplained(Unexplained<Message>),
}

/// Tells of all that is not well under one owner. What tells for all is what is said of the
/// owner itself, where something is.
fn tell(top: &ObjectRef, all: &[&Unwell]) -> Left {
    // What only goes along with something else decides nothing unless it is alone.
    let deciding = || all.iter().filter(|unwell| unwell.patience != Waits::Along);
    let waits = deciding().map(|unwell| match unwell.patience {
        Waits::Until(wait) => Some(wait),
        Waits::No | Waits::Along => None,
    });
    let first = waits.reduce(|a, b| Some(if b?.until < a?.until { b? } else { a? }));
    let own = all.iter().find(|unwell| unwell.object == *top);
    let what = own
        .or_else(|| deciding().next())
        .or(all.first())
        .map(|unwell| unwell.what.clone());
    let what = what.unwrap_or_else(|| Message::new("unwell.not-ready"));
    let since = all.iter().filter_map(|unwell| unwell.since).min();
    let beside: BTreeSet<&ObjectRef> = all.iter().map(|unwell| &unwell.object).collect();
    let affects = beside
        .into_iter()
        .filter(|object| *object != top)
        .take(MOST_BESIDE)
        .cloned()
        .collect();
    match first.flatten() {
        Some(wait) => Left::Unsettled(Unsettled {
            object: top.clone(),
            what,
            why: wait.patience.message(),
            since,
            judged_at: wait.until,
            affects,
        }),
        None => Left::Unexplained(Unexplained {
            object: top.clone(),
            what,
            since,
            said: said(all),
            settle: settle(all),
            affects,
        }),
    }
}

/// The words of the cluster about all of them, each wording once, states before events.
fn said(all: &[&Unwell]) -> Vec<Said> {
    let mut said: Vec<Said> = Vec::new();
    for new in all.iter().flat_map(|unwell| &unwell.said) {
        let same = |old: &&mut Said| old.reason == new.reason && old.message == new.message;
        match said.iter_mut().find(same) {
            Some(old) if old.object != new.object => {
                old.count = old.count.saturating_add(new.count);
                old.last = old.last.max(new.last);
            }
            Some(_) => {}
            None => said.push(new.clone()),
        }
    }
    said.truncate(MOST_SAID);
    said
}

/// What would settle it: the log of one that has one, else what shows all.
fn settle(all: &[&Unwell]) -> Message {
    let log = all.iter().find(|unwell| unwell.settle.id == "settle.logs");
    let settle = log.or(all.first()).map(|unwell| unwell.settle.clone());
    settle.unwrap_or_else(|| Message::new("settle.command"))
}
