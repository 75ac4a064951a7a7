use podside_model::{Message, Unknown, Why};

use crate::facts::Kind;
use crate::findings::{Findings, right, settle};
use crate::kubectl;
use crate::snapshot::Snapshot;

/// Says of each kind that the API server refused to show that nothing can be told
/// about it. What was merely not looked at is said by the rules that needed it.
pub(super) fn report(snapshot: &Snapshot, findings: &mut Findings) {
    for (kind, namespace, reading) in snapshot.readings() {
        if reading.why() != Some(Why::Denied) || kind == Kind::Lease {
            continue;
        }
        let right = right("list", kind, namespace.map_or("", |n| n));
        let what = match namespace {
            Some(namespace) => Message::new("unknown.kind").with("namespace", &**namespace),
            None => Message::new("unknown.cluster-kind"),
        };
        let command = kubectl::list(namespace.map(|n| &**n), kind.plural());
        findings.unknown(Unknown {
            what: what.with("resource", kind.plural()),
            why: Why::Denied,
            settle: Some(settle(Why::Denied, &right, &command)),
            object: None,
            right: Some(right),
        });
    }
}
