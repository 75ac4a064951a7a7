//! The last lines of the containers of a Pod, or of the Pods that an object owns.

use std::time::Duration;

use futures::{StreamExt, TryStreamExt, future::join_all};
use podside_cluster::{Connection, Error, LogOptions};
use podside_diagnosis::facts::{Container, ContainerKind, ContainerStatus, Object, Pod, State};
use podside_diagnosis::snapshot::Snapshot;
use podside_model::view::{LogTail, Reading, Secrets};
use podside_redact::Lines;

/// How many lines of each container are shown.
const LINES: u32 = 50;

/// How many lines of each container are shown where several Pods write.
const LINES_OF_MANY: u32 = 20;

/// The most Pods of one owner whose lines are fetched.
const MOST_PODS: usize = 5;

/// The most containers whose lines are fetched.
const MOST_CONTAINERS: usize = 16;

/// How long the lines of one container may take.
const WITHIN: Duration = Duration::from_secs(5);

/// The Pods that write the log of an object: itself, or those that it owns; what is not ready
/// comes first, as it is what one looks for.
pub(super) fn writers<'a>(snapshot: &'a Snapshot, uid: &str, pod: Option<&'a Pod>) -> Vec<&'a Pod> {
    let mut pods = match pod {
        Some(pod) => vec![pod],
        None if uid.is_empty() => Vec::new(),
        None => snapshot.pods_under(uid),
    };
    pods.sort_by_key(|pod| pod.is_ready() || pod.is_finished());
    pods.truncate(MOST_PODS);
    pods
}

/// The last lines of each container of these Pods, of its run before when it has ended and
/// waits. Of one Pod all its containers, the one first that kubectl would take; of several
/// the regular ones.
pub(super) async fn tails(
    connection: &Connection,
    pods: &[&Pod],
    secrets: Secrets,
) -> Vec<LogTail> {
    let is_one = pods.len() < 2;
    let count = if is_one { LINES } else { LINES_OF_MANY };
    let tails = pods
        .iter()
        .flat_map(|pod| containers(pod, is_one).map(move |it| (*pod, it)))
        .take(MOST_CONTAINERS)
        .map(|(pod, (container, status))| async move {
            let previous = status.is_some_and(waits_after_a_run);
            let container = &*container.name;
            let (namespace, name) = (&*pod.meta.namespace, &*pod.meta.name);
            LogTail {
                container: pod.object_ref().with_container(container),
                previous,
                lines: shown(
                    lines(connection, namespace, name, container, previous, count).await,
                    secrets,
                ),
            }
        });
    join_all(tails).await
}

/// The containers of a Pod whose lines are shown, the one first that kubectl would take.
fn containers(
    pod: &Pod,
    with_all: bool,
) -> impl Iterator<Item = (&Container, Option<&ContainerStatus>)> {
    let default = pod.default_container();
    let mut containers: Vec<_> = pod
        .containers()
        .filter(|(it, _)| !it.name.is_empty())
        .filter(|(it, _)| with_all || it.kind == ContainerKind::Regular)
        .collect();
    containers.sort_by_key(|(it, _)| Some(&it.name) != default);
    containers.into_iter()
}

/// The lines with what looks like a secret hidden, unless it is to be shown.
fn shown(lines: Reading<Vec<String>>, secrets: Secrets) -> Reading<Vec<String>> {
    match (lines, secrets) {
        (Reading::Read(lines), Secrets::Hidden) => {
            let mut hiding = Lines::new();
            let hidden = lines.iter().map(|line| hiding.hide(line).into_owned());
            Reading::Read(hidden.collect())
        }
        (lines, _) => lines,
    }
}

async fn lines(
    connection: &Connection,
    namespace: &str,
    pod: &str,
    container: &str,
    previous: bool,
    count: u32,
) -> Reading<Vec<String>> {
    let options = LogOptions {
        previous,
        tail_lines: Some(count),
        ..LogOptions::default()
    };
    let read = async {
        let lines = connection.logs(namespace, pod, container, &options).await?;
        lines
            .map_ok(|line| line.plain())
            .take(count as usize)
            .try_collect()
            .await
    };
    match tokio::time::timeout(WITHIN, read).await {
        Ok(Ok(lines)) => Reading::Read(lines),
        Ok(Err(Error::Denied { right, .. })) => Reading::Denied(right),
        Ok(Err(error)) => Reading::Failed(said(&error)),
        Err(_) => Reading::Failed(format!("no answer within {} s", WITHIN.as_secs())),
    }
}

/// The API server's own words: "container "app" in pod "x" is waiting to start: …".
fn said(error: &Error) -> String {
    match error {
        Error::Refused { message, .. } | Error::NotFound { message, .. } => message.clone(),
        error => error.to_string(),
    }
}

/// Whether a container waits to be started again: then the run before has the lines
/// that say why.
fn waits_after_a_run(status: &ContainerStatus) -> bool {
    matches!(status.state, State::Waiting { .. }) && matches!(status.last, State::Terminated(_))
}
