//! How often something was said is a lower bound where not all that was said is kept.

use podside_model::{Arg, EvidenceKind, Message, Problem};

use crate::snapshot::Snapshot;

/// Says of the events among the evidence of a problem that they came more often than they
/// are counted, where some about the same object are left out of the snapshot.
pub(super) fn tell(problem: &mut Problem<Message>, snapshot: &Snapshot) {
    for evidence in &mut problem.evidence {
        let counted = evidence.kind == EvidenceKind::Event && evidence.what.id == "evidence.event";
        if !counted {
            continue;
        }
        let left = snapshot.events_left_out_of(&evidence.object.without_container());
        if left > 0 {
            "evidence.event-among-many".clone_into(&mut evidence.what.id);
            let unkept = Arg::Number(i64::from(left));
            evidence.what.args.insert("unkept".to_owned(), unkept);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::snapshot::MOST_EVENTS;
    use crate::testing::check;

    fn objects(events: usize) -> String {
        let pod = "
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: n, uid: p, creationTimestamp: '2026-01-01T11:00:00Z'}
spec: {nodeName: n1, volumes: [{name: v, secret: {secretName: keys}}], containers: [{name: c, image: x}]}
status: {phase: Pending, containerStatuses: [{name: c, state: {waiting: {reason: ContainerCreating}}}]}
";
        let event = |nth: usize| {
            format!(
                "---
apiVersion: v1
kind: Event
metadata: {{name: e{nth}, namespace: n}}
involvedObject: {{kind: Pod, namespace: n, name: web, uid: p}}
type: Warning
reason: FailedMount
message: 'MountVolume.SetUp failed for volume \"v\" : secret \"keys\" not found'
count: 3
source: {{component: kubelet}}
lastTimestamp: '2026-01-01T11:59:{:02}Z'
",
                nth % 60
            )
        };
        let events: String = (0..events).map(event).collect();
        format!("{pod}{events}")
    }

    fn said(events: usize) -> Vec<String> {
        let problems = check(&objects(events)).judge().diagnosis.problems;
        let evidence = problems.iter().flat_map(|problem| &problem.evidence);
        let counted = evidence.filter(|evidence| evidence.count.is_some());
        counted.map(|evidence| evidence.what.id.clone()).collect()
    }

    #[test]
    fn an_event_of_more_than_are_kept_is_said_to_have_come_more_often() {
        assert_eq!(said(2), ["evidence.event"]);
        assert_eq!(said(MOST_EVENTS + 7), ["evidence.event-among-many"]);
    }
}
