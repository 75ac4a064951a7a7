//! The last lines of a Pod's containers, for those without JavaScript.

use std::time::Duration;

use futures::{StreamExt, TryStreamExt, future::join_all};
use podside_cluster::{Connection, Error, LogOptions};
use podside_diagnosis::facts::{ContainerStatus, Pod, State};
use podside_model::ObjectRef;
use podside_model::view::{LogTail, Reading, Secrets};
use podside_redact::Lines;

/// How many lines of each container are shown.
const LINES: u32 = 50;

/// The most containers whose lines are fetched.
const MOST_CONTAINERS: usize = 16;

/// How long the lines of one container may take.
const WITHIN: Duration = Duration::from_secs(5);

/// The last lines of each container of a Pod, of its run before when it has ended and
/// waits; none for other kinds.
pub(super) async fn tails(
    connection: &Connection,
    object: &ObjectRef,
    pod: Option<&Pod>,
    secrets: Secrets,
) -> Vec<LogTail> {
    let (Some(namespace), Some(pod)) = (object.namespace.as_deref(), pod) else {
        return Vec::new();
    };
    let containers = pod
        .containers()
        .filter(|(container, _)| !container.name.is_empty())
        .take(MOST_CONTAINERS);
    let tails = containers.map(|(container, status)| async move {
        let previous = status.is_some_and(waits_after_a_run);
        let container = &*container.name;
        LogTail {
            container: object.clone().with_container(container),
            previous,
            lines: shown(
                lines(connection, namespace, &object.name, container, previous).await,
                secrets,
            ),
        }
    });
    join_all(tails).await
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
) -> Reading<Vec<String>> {
    let options = LogOptions {
        previous,
        tail_lines: Some(LINES),
        ..LogOptions::default()
    };
    let read = async {
        let lines = connection.logs(namespace, pod, container, &options).await?;
        lines
            .map_ok(|line| line.plain())
            .take(LINES as usize)
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
