use std::collections::{BTreeMap, BTreeSet};

use podside_model::{Arg, Cause, Message, MissingRight, Unknown, Why};

use crate::facts::{Kind, Str};
use crate::findings::{Findings, right};
use crate::kubectl;
use crate::rules;
use crate::snapshot::Snapshot;
use crate::snapshot::misses::Kinds;

/// The text about the log of one container that is ready.
const LOG_OF_READY: &str = "unknown.log-of-ready";

/// More kinds than these that were not read for the same reason are told in one line.
const FEW: usize = 3;

/// Says of each kind that could not be read that nothing can be told about it. What was
/// merely not looked at is said by the rules that needed it.
pub(super) fn report(snapshot: &Snapshot, findings: &mut Findings) {
    let mut failed = Vec::new();
    let mut absent = Vec::new();
    let mut forbidden: BTreeMap<(Option<&Str>, bool), Vec<Kind>> = BTreeMap::new();
    for (kind, namespace, reading) in snapshot.readings() {
        match reading.why() {
            // Each kind that few answers need is told only where one needs it.
            Some(Why::Denied) if kind.is_seldom_needed() => denied(namespace, &[kind], findings),
            Some(Why::Denied) if kind != Kind::Lease => {
                // Those of the cluster are apart: who looks at one namespace may not need them.
                let place = (namespace, kind.is_namespaced());
                forbidden.entry(place).or_default().push(kind);
            }
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
    for ((namespace, _), kinds) in forbidden {
        denied(namespace, &kinds, findings);
    }
    unread(&failed, Why::NotSeen, findings);
    unread(&absent, Why::NotRecorded, findings);
}

/// Whether every cluster has objects of the kind, or may have them at any time: that an API
/// server has no such kind says that it was not shown. Others it may well be without.
fn is_everywhere(kind: Kind) -> bool {
    matches!(kind.group(), "" | "apps" | "batch")
}

/// Tells of the kinds that may not be listed in one place: of each apart where they are few,
/// else of all in one line, which one Role answers.
fn denied(namespace: Option<&Str>, kinds: &[Kind], findings: &mut Findings) {
    if kinds.len() <= FEW {
        for kind in kinds {
            tell_denied(namespace, &[*kind], what(*kind, namespace), findings);
        }
        return;
    }
    let count = i64::try_from(kinds.len()).unwrap_or(i64::MAX);
    let resources: Vec<String> = kinds.iter().map(|kind| kind.plural().to_owned()).collect();
    let what = match namespace {
        Some(namespace) => Message::new("unknown.kinds-denied").with("namespace", &**namespace),
        None => Message::new("unknown.kinds"),
    };
    let what = what
        .with("count", Arg::Number(count))
        .with("resource", Arg::List(resources));
    tell_denied(namespace, kinds, what, findings);
}

fn tell_denied(namespace: Option<&Str>, kinds: &[Kind], what: Message, findings: &mut Findings) {
    let of = |kind: &Kind| right("list", *kind, namespace.map_or("", |n| n));
    let mut rights: Vec<MissingRight> = kinds.iter().map(of).collect();
    rights.sort();
    let settle = Message::new("settle.right").with("verb", "list").with(
        "resource",
        kinds
            .iter()
            .map(|kind| kind.plural())
            .collect::<Vec<_>>()
            .join(", "),
    );
    let left_open: BTreeSet<Cause> = kinds.iter().flat_map(|kind| looking_at(*kind)).collect();
    let unknown = Unknown {
        what,
        why: Why::Denied,
        settle: Some(settle),
        object: None,
        rights,
        causes: left_open.into_iter().collect(),
        spare: kinds.iter().all(|kind| !kind.is_namespaced()),
    };
    let seldom = kinds.iter().all(|kind| kind.is_seldom_needed());
    let of_all = |all: Kinds, kind: &Kind| all.and(Kinds::of(*kind));
    let kinds = kinds.iter().fold(Kinds::NONE, of_all);
    findings.unread(unknown, kinds, seldom);
}

/// Tells of one kind that was not read for a reason that is nobody's right.
fn unread_kind(kind: Kind, namespace: Option<&Str>, why: Why, findings: &mut Findings) {
    let command = list(kind, namespace);
    let unknown = Unknown {
        what: what(kind, namespace),
        why,
        settle: Some(Message::new("settle.command").with("command", command)),
        object: None,
        rights: Vec::new(),
        causes: looking_at(kind).into_iter().collect(),
        spare: !kind.is_namespaced(),
    };
    findings.unread(unknown, Kinds::of(kind), kind.is_seldom_needed());
}

/// The causes whose rules look at objects of a kind: what is not there is not looked at. What
/// is looked for on every kind does not count for one that few answers need, and of a kind that
/// an API server may well be without only that counts which a rule asked for.
fn looking_at(kind: Kind) -> BTreeSet<Cause> {
    if kind.is_optional() {
        return BTreeSet::new();
    }
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
        rights: Vec::new(),
        causes: left_open.into_iter().collect(),
        spare: false,
    };
    let kinds = kinds.fold(Kinds::NONE, |all, kind| all.and(Kinds::of(kind)));
    findings.unread(unknown, kinds, false);
}

/// Of what cannot be told, the logs of containers that are ready in one line for each
/// namespace: they fail at nothing, and there may be as many as containers.
pub(super) fn fold_logs(all: impl Iterator<Item = Unknown<Message>>) -> Vec<Unknown<Message>> {
    let mut folded: Vec<Unknown<Message>> = Vec::new();
    let mut of_ready: BTreeMap<(Why, Option<String>), Vec<Unknown<Message>>> = BTreeMap::new();
    for unknown in all {
        if unknown.what.id == LOG_OF_READY {
            let object = unknown.object.as_ref();
            let namespace = object.and_then(|object| object.namespace.clone());
            of_ready
                .entry((unknown.why, namespace))
                .or_default()
                .push(unknown);
        } else {
            folded.push(unknown);
        }
    }
    for ((why, namespace), mut logs) in of_ready {
        if let [only] = &mut *logs {
            folded.push(only.clone());
            continue;
        }
        let causes: BTreeSet<Cause> = logs.iter().flat_map(|log| log.causes.clone()).collect();
        let Some(first) = logs.first() else {
            continue;
        };
        folded.push(Unknown {
            what: Message::new("unknown.logs-of-ready")
                .with("count", logs.len())
                .with("namespace", namespace.unwrap_or_default()),
            why,
            settle: first.settle.clone(),
            object: None,
            rights: first.rights.clone(),
            causes: causes.into_iter().collect(),
            spare: false,
        });
    }
    folded
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
            assert!(unknown.settle.is_some() && unknown.rights.is_empty());
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
    fn rights_that_are_missing_on_many_kinds_are_told_in_one_line() {
        let mut snapshot = Snapshot::new(jiff::Timestamp::UNIX_EPOCH);
        snapshot.set_all_known();
        for kind in [Kind::Pod, Kind::Service, Kind::Job, Kind::Deployment] {
            snapshot.set_reading(kind, Some("shop"), Reading::Unknown(Why::Denied));
        }
        snapshot.set_reading(Kind::Node, None, Reading::Unknown(Why::Denied));
        let unknown = judge(&snapshot).diagnosis.unknown;
        let ids: Vec<(&str, usize, bool)> = unknown
            .iter()
            .map(|unknown| (&*unknown.what.id, unknown.rights.len(), unknown.spare))
            .collect();
        assert_eq!(
            ids,
            [
                ("unknown.cluster-kind", 1, true),
                ("unknown.kinds-denied", 4, false)
            ]
        );
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
        let attachments = unknown.iter().flat_map(|unknown| &unknown.rights);
        assert!(
            attachments
                .clone()
                .any(|right| right.resource == "referencegrants"),
            "{unknown:?}"
        );
    }
}
