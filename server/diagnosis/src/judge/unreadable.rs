use std::collections::BTreeSet;

use podside_model::{Arg, Cause, Message, Unknown, Why};

use crate::facts::{Kind, Str};
use crate::findings::{Findings, right, settle};
use crate::kubectl;
use crate::rules;
use crate::snapshot::Snapshot;
use crate::snapshot::misses::Kinds;

/// More kinds than these that were not read for the same reason are told in one line.
const FEW: usize = 3;

/// Says of each kind that could not be read that nothing can be told about it. What was
/// merely not looked at is said by the rules that needed it.
pub(super) fn report(snapshot: &Snapshot, findings: &mut Findings) {
    let mut failed = Vec::new();
    let mut absent = Vec::new();
    for (kind, namespace, reading) in snapshot.readings() {
        match reading.why() {
            Some(Why::Denied) if kind != Kind::Lease => denied(kind, namespace, findings),
            Some(why) if reading.is_unknown() && kind.is_seldom_needed() => {
                unread_kind(kind, namespace, why, findings);
            }
            Some(Why::NotSeen | Why::Expired) if reading.is_unknown() => {
                failed.push((kind, namespace));
            }
            Some(Why::NotRecorded) if is_everywhere(kind) => absent.push((kind, namespace)),
            _ => {}
        }
    }
    unread(&failed, Why::NotSeen, findings);
    unread(&absent, Why::NotRecorded, findings);
}

/// Whether every cluster has objects of the kind, or may have them at any time: that an API
/// server has no such kind says that it was not shown. Others it may well be without.
fn is_everywhere(kind: Kind) -> bool {
    matches!(kind.group(), "" | "apps" | "batch")
}

fn denied(kind: Kind, namespace: Option<&Str>, findings: &mut Findings) {
    let right = right("list", kind, namespace.map_or("", |n| n));
    let command = list(kind, namespace);
    let kinds = Kinds::of(kind);
    let unknown = Unknown {
        what: what(kind, namespace),
        why: Why::Denied,
        settle: Some(settle(Why::Denied, &right, &command)),
        object: None,
        right: Some(right),
        causes: looking_at(kind).into_iter().collect(),
    };
    findings.unread(unknown, kinds, kind.is_seldom_needed());
}

/// Tells of one kind that was not read for a reason that is nobody's right.
fn unread_kind(kind: Kind, namespace: Option<&Str>, why: Why, findings: &mut Findings) {
    let command = list(kind, namespace);
    let unknown = Unknown {
        what: what(kind, namespace),
        why,
        settle: Some(Message::new("settle.command").with("command", command)),
        object: None,
        right: None,
        causes: looking_at(kind).into_iter().collect(),
    };
    findings.unread(unknown, Kinds::of(kind), kind.is_seldom_needed());
}

/// The causes whose rules look at objects of a kind: what is not there is not looked at. What
/// is looked for on every kind does not count for one that few answers need.
fn looking_at(kind: Kind) -> BTreeSet<Cause> {
    rules::all()
        .filter(|rule| {
            let on_all = rule.runs.len() >= Kind::ALL.len();
            let mut runs = rule.runs.iter();
            runs.any(|run| run.kind() == kind) && !(on_all && kind.is_seldom_needed())
        })
        .map(|rule| Cause::known(rule.cause))
        .collect()
}

/// Tells of the kinds that were not read for one reason that is nobody's right.
fn unread(places: &[(Kind, Option<&Str>)], why: Why, findings: &mut Findings) {
    if places.len() <= FEW {
        for &(kind, namespace) in places {
            unread_kind(kind, namespace, why, findings);
        }
        return;
    }
    let mut resources: Vec<String> = places
        .iter()
        .map(|(kind, _)| kind.plural().to_owned())
        .collect();
    resources.dedup();
    let count = i64::try_from(resources.len()).unwrap_or(i64::MAX);
    let what = Message::new("unknown.kinds")
        .with("count", Arg::Number(count))
        .with("resource", Arg::List(resources));
    let kinds = places.iter().map(|(kind, _)| *kind);
    let left_open: BTreeSet<Cause> = kinds.clone().flat_map(looking_at).collect();
    let unknown = Unknown {
        what,
        why,
        settle: Some(Message::new("settle.command").with("command", kubectl::ready(None))),
        object: None,
        right: None,
        causes: left_open.into_iter().collect(),
    };
    let kinds = kinds.fold(Kinds::NONE, |all, kind| all.and(Kinds::of(kind)));
    findings.unread(unknown, kinds, false);
}

fn what(kind: Kind, namespace: Option<&Str>) -> Message {
    let what = match namespace {
        Some(namespace) => Message::new("unknown.kind").with("namespace", &**namespace),
        None => Message::new("unknown.cluster-kind"),
    };
    what.with("resource", kind.plural())
}

fn list(kind: Kind, namespace: Option<&Str>) -> String {
    kubectl::list(namespace.map(|n| &**n), kind.plural())
}

#[cfg(test)]
mod tests {
    use crate::judge::judge;
    use crate::snapshot::Reading;

    use super::*;

    fn told(unread: &[(Kind, Reading)]) -> Vec<(Message, Why)> {
        let mut snapshot = Snapshot::new(jiff::Timestamp::UNIX_EPOCH);
        snapshot.set_all_known();
        for (kind, reading) in unread {
            snapshot.set_reading(*kind, None, *reading);
        }
        let unknown = judge(&snapshot).diagnosis.unknown;
        let told = unknown.into_iter().map(|unknown| {
            assert!(unknown.settle.is_some() && unknown.right.is_none());
            (unknown.what, unknown.why)
        });
        told.collect()
    }

    #[test]
    fn a_kind_that_failed_to_be_read_is_told() {
        let not_seen = Reading::Unknown(Why::NotSeen);
        let events = Message::new("unknown.cluster-kind").with("resource", "events");
        assert_eq!(told(&[(Kind::Event, not_seen)]), [(events, Why::NotSeen)]);
        assert!(told(&[]).is_empty());
    }

    #[test]
    fn many_kinds_that_failed_are_told_in_one_line() {
        let all: Vec<_> = Kind::ALL
            .iter()
            .map(|kind| (*kind, Reading::Unknown(Why::NotSeen)))
            .collect();
        let told = told(&all);
        let [(only, Why::NotSeen)] = &told[..] else {
            panic!("{told:?}");
        };
        let needed = Kind::ALL.iter().filter(|kind| !kind.is_seldom_needed());
        assert_eq!(only.id, "unknown.kinds");
        assert_eq!(only.args["count"], needed.count().into());
        let Arg::List(resources) = &only.args["resource"] else {
            panic!("{only:?}");
        };
        assert!(resources.iter().any(|r| r == "pods"), "{resources:?}");
    }

    #[test]
    fn a_kind_that_no_cluster_is_without_is_told_when_it_is_not_there() {
        let absent = Reading::Unknown(Why::NotRecorded);
        assert!(told(&[(Kind::RuntimeClass, absent)]).is_empty());
        let told = told(&[(Kind::Pod, absent)]);
        assert!(matches!(&told[..], [(_, Why::NotRecorded)]), "{told:?}");
    }

    #[test]
    fn a_kind_that_few_answers_need_is_told_only_where_a_rule_asked_for_it() {
        let denied = Reading::Unknown(Why::Denied);
        let seldom = Kind::ALL.iter().filter(|kind| kind.is_seldom_needed());
        let mut snapshot = Snapshot::new(jiff::Timestamp::UNIX_EPOCH);
        snapshot.set_all_known();
        for kind in seldom {
            snapshot.set_reading(*kind, None, denied);
        }
        assert!(judge(&snapshot).diagnosis.unknown.is_empty());
        // All that is left in a namespace that goes is looked for.
        let going = serde_json::json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop",
            "deletionTimestamp": "1969-12-31T00:00:00Z"}, "status": {"phase": "Terminating"}});
        let sharing = crate::facts::Sharing::default();
        snapshot.insert(crate::facts::from_object(&going, &sharing).unwrap());
        let unknown = judge(&snapshot).diagnosis.unknown;
        let attachments = unknown.iter().filter_map(|unknown| unknown.right.as_ref());
        assert!(
            attachments
                .clone()
                .any(|right| right.resource == "referencegrants"),
            "{unknown:?}"
        );
    }
}
