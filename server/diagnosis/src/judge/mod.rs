//! From a snapshot to a diagnosis.
//!
//! The rules look at the objects of the snapshot and hand in findings ([`objects`]). These
//! are folded into cases, one for each fault and subject ([`fold`], [`cases`]); what each
//! breaks is followed along owners, Services, Ingresses and clients ([`chain`]); symptoms
//! yield to the roots that explain them ([`yielding`]); and the rest is put in order, worst
//! and most certain first ([`order`]).
//!
//! # Judging again
//!
//! A [`Judge`] remembers. Given the next snapshot, it looks again only at what changed and
//! at what depends on that:
//!
//! - What an evaluation reads of the snapshot, the snapshot's methods note
//!   ([`reads`](crate::snapshot::reads)): an object, what has a label, what a node runs, a
//!   log, that something does not exist. So neither rules nor anybody else declare what they
//!   depend on, and none can forget to. Of the time it is noted when it would next read
//!   otherwise, so a second that passes costs nothing but what it makes a matter of.
//! - The difference of two snapshots ([`Difference`]) is found by comparing them; copies
//!   share what neither changed, so that costs little. Nobody has to tell what changed.
//! - There are two layers. An object is looked at by all rules of its kind together: that
//!   takes microseconds, and what a healthy object read is all that is kept of it. A case is
//!   made anew when its findings change or what was read to make it does. Yielding and order
//!   concern all cases with each other, and are done each time; they see only what is broken.
//!
//! [`judge`] does the same once and remembers nothing. A property test holds both to the
//! same judgement after any sequence of changes.

mod cases;
mod chain;
mod clients;
mod fold;
mod lower_bounds;
mod mending;
mod objects;
#[cfg(test)]
mod one_fault_tests;
mod order;
mod readers;
mod rest;
mod unreadable;
mod yielding;

use std::collections::BTreeSet;
use std::sync::Arc;

use podside_model::{Diagnosis, Message, Problem};

use crate::rules;
use crate::snapshot::Snapshot;
use crate::want::Want;
use cases::Cases;
use objects::Objects;

/// What the rules make of a snapshot, and what they want to see beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The diagnosis, as far as the snapshot goes.
    pub diagnosis: Diagnosis<Message>,
    /// What the caller should fetch, within its bounds, before it judges again. Empty
    /// when nothing more would help.
    pub wants: BTreeSet<Want>,
}

/// Lets every rule look at a snapshot. The same snapshot always gives the same
/// judgement, in the same order.
pub fn judge(snapshot: &Snapshot) -> Judgement {
    let mut cases = Cases::default();
    objects::look_once(snapshot, |change| cases.hear(&change));
    cases.settle_once(snapshot);
    conclude(snapshot, &cases)
}

/// Judges one snapshot after the other, and looks again only at what changed and what
/// depends on it. Says of each what [`judge`] says.
#[derive(Debug, Default)]
pub struct Judge {
    seen: Option<Arc<Snapshot>>,
    objects: Objects,
    cases: Cases,
}

impl Judge {
    /// Lets the rules look at the next snapshot. It may show anything; it costs little when
    /// it is a copy of the last one in which little was changed.
    pub fn judge(&mut self, snapshot: &Arc<Snapshot>) -> Judgement {
        let (objects, cases) = (&mut self.objects, &mut self.cases);
        let older = self.seen.replace(Arc::clone(snapshot));
        let change = older.map(|older| snapshot.difference(&older));
        match &change {
            Some(change) => objects.follow(change, snapshot, |change| cases.hear(&change)),
            None => objects.look(snapshot, |change| cases.hear(&change)),
        }
        cases.settle(change.as_ref(), snapshot);
        conclude(snapshot, cases)
    }
}

fn conclude(snapshot: &Snapshot, cases: &Cases) -> Judgement {
    let mut standing = yielding::unexplained(cases.cases());
    order::sort(&mut standing);
    let rest = rest::rest(&standing, cases.unwell());
    let checked = rest::not_told_of(cases.checked(), &standing, &rest);
    let problems = standing.into_iter().map(|standing| {
        let mut problem = Problem {
            severity: standing.severity,
            ..standing.case.problem.clone()
        };
        lower_bounds::tell(&mut problem, snapshot);
        problem
    });
    Judgement {
        diagnosis: Diagnosis {
            observed_at: snapshot.observed_at(),
            problems: problems.collect(),
            unsettled: rest.unsettled,
            unexplained: rest.unexplained,
            unknown: cases.unknown(),
            checked,
            looked_at: snapshot.looked_at(),
            rules: rules::all().count(),
        },
        wants: cases.wants(),
    }
}
