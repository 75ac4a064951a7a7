//! What looks unusual, was looked at, and is well: what is done, what rests because somebody
//! asked for it, and what was restarted a short while ago and runs again.

use podside_model::{Checked, Message};

use crate::facts::{Condition, Kind, Meta, Object, Pod, Replicas};
use crate::hidden;
use crate::snapshot::Snapshot;

/// How long a restart is worth a word, in seconds.
const RECENT: i64 = 3_600;

/// Whether the object of that kind and name only looks unusual. That nothing needs what is
/// scaled to zero is for the judge to say, which leaves out what a problem tells of.
pub(crate) fn harmless(
    (kind, namespace, name): (Kind, &str, &str),
    snapshot: &Snapshot,
) -> Option<Checked<Message>> {
    let (object, why) = match kind {
        Kind::Deployment => {
            let it = snapshot.deployments.get(namespace, name)?;
            (it.object_ref(), workload(&it.meta, it.replicas, snapshot)?)
        }
        Kind::StatefulSet => {
            let it = snapshot.stateful_sets.get(namespace, name)?;
            (it.object_ref(), workload(&it.meta, it.replicas, snapshot)?)
        }
        Kind::Job => {
            let it = snapshot.jobs.get(namespace, name)?;
            let is_done = it.condition("Complete").is_some_and(Condition::is_true);
            // A CronJob leaves some behind on purpose, and answers for them.
            let is_own = it.meta.controller().is_none();
            (is_done && is_own).then(|| (it.object_ref(), Message::new("harmless.completed")))?
        }
        Kind::CronJob => {
            let it = snapshot.cron_jobs.get(namespace, name)?;
            it.suspended
                .then(|| (it.object_ref(), Message::new("harmless.suspended")))?
        }
        Kind::Pod => {
            let it = snapshot.pods.get(namespace, name)?;
            if it.meta.controller().is_some() {
                return None;
            }
            let why = match &*it.phase {
                "Succeeded" => Message::new("harmless.completed"),
                _ => recovered(restarts(&[it], snapshot)?),
            };
            (it.object_ref(), why)
        }
        _ => return None,
    };
    Some(hidden::checked(Checked { object, why }))
}

/// Why a workload is well that does not look so.
fn workload(meta: &Meta, replicas: Replicas, snapshot: &Snapshot) -> Option<Message> {
    if meta.controller().is_some() || meta.deleting.is_some() {
        return None;
    }
    if replicas.wanted == 0 {
        return (replicas.current == 0).then(|| Message::new("harmless.scaled-to-zero"));
    }
    let pods = snapshot.pods_under(&meta.uid);
    restarts(&pods, snapshot).map(recovered)
}

/// How often the containers of Pods were restarted, if all are ready again and at least one
/// restart is recent.
fn restarts(pods: &[&Pod], snapshot: &Snapshot) -> Option<u32> {
    let statuses = || pods.iter().flat_map(|pod| pod.statuses.iter());
    let is_recent = statuses()
        .filter(|status| status.restarts > 0)
        .filter_map(|status| status.last_end()?.1.finished)
        .any(|ended| !snapshot.has_passed(ended, RECENT));
    let are_well = pods.iter().all(|pod| pod.is_ready());
    (is_recent && are_well).then(|| {
        let restarts = statuses().map(|status| status.restarts);
        restarts.fold(0_u32, u32::saturating_add)
    })
}

fn recovered(restarts: u32) -> Message {
    Message::new("harmless.recovered").with("n", restarts)
}
