use std::time::Duration;

use podside_cluster::logs::{
    Instances, LogApi, LogQuery, LogStream, LogTarget, PodList, Since, StreamItem, why,
};
use podside_diagnosis::facts::Kind;
use podside_model::ObjectRef;
use podside_model::log::{EndWhy, LogNote};
use podside_model::view::{LogRow, LogRun, Logs, LogsAsk};
use tokio::time::{Instant, timeout_at};

use super::shown::Shown;

/// Lines that a page is sent with.
const LINES: usize = 200;

/// How long a page waits for logs. What has come by then is shown.
const WITHIN: Duration = Duration::from_secs(5);

/// The last lines of what a page asks for, and what else it could ask for.
pub(crate) async fn read_logs<A: LogApi>(api: A, ask: &LogsAsk) -> Logs {
    let query = match query(ask) {
        Ok(query) => query,
        Err(error) => return failed(why(error)),
    };
    let until = Instant::now() + WITHIN;
    let pods = timeout_at(until, async {
        let all = api.pods(&query.namespace, &[]).await?;
        let chosen = if query.targets.is_empty() {
            all.clone()
        } else {
            api.pods(&query.namespace, &query.targets).await?
        };
        Ok((all, chosen))
    });
    let (all, chosen) = match pods.await {
        Ok(Ok(pods)) => pods,
        Ok(Err(error)) => return failed(why(error)),
        Err(_) => return failed(too_late()),
    };
    let mut logs = Logs {
        choices: choices(&query.namespace, &all),
        containers: containers(&chosen),
        selector: match &chosen.selectors[..] {
            [selector] => Some(selector.clone()),
            _ => None,
        },
        ..Logs::default()
    };
    let opened = timeout_at(until, LogStream::open(api, query, Vec::new(), 0)).await;
    match opened {
        Ok(Ok(stream)) => {
            take_last(stream, until, Shown::new(ask.secrets), &mut logs).await;
        }
        Ok(Err(error)) => logs.failed = Some(why(error)),
        Err(_) => logs.failed = Some(too_late()),
    }
    logs
}

/// Takes what comes until it ends or the time is over, and keeps the last lines.
async fn take_last<A: LogApi>(
    mut stream: LogStream<A>,
    until: Instant,
    mut shown: Shown,
    logs: &mut Logs,
) {
    loop {
        let items = match timeout_at(until, stream.next()).await {
            Ok(items) if items.is_empty() => return,
            Ok(items) => items,
            Err(_) => {
                logs.failed = logs.rows.is_empty().then(too_late);
                return;
            }
        };
        for item in items {
            match item {
                StreamItem::Note(LogNote::Sources { sources, left_out }) => {
                    (logs.sources, logs.left_out) = (sources, left_out);
                }
                StreamItem::Note(
                    LogNote::Live
                    | LogNote::Closed { .. }
                    | LogNote::Ended {
                        why: EndWhy::Complete,
                        ..
                    },
                ) => {}
                StreamItem::Note(note) => logs.rows.push(LogRow::Note(note)),
                StreamItem::Line(source, line) => logs.rows.push(LogRow::Line {
                    source,
                    time: line
                        .at
                        .and_then(|at| i64::try_from(at.as_nanosecond()).ok()),
                    text: shown.text(source, line),
                }),
            }
        }
        let too_many = logs.rows.len().saturating_sub(LINES);
        logs.rows.drain(..too_many);
    }
}

fn query(ask: &LogsAsk) -> podside_cluster::Result<LogQuery> {
    let targets = ask.targets.iter().map(|target| LogTarget::parse(target));
    let query = LogQuery {
        namespace: ask.namespace.clone().unwrap_or_default(),
        targets: targets.collect::<Result<_, _>>()?,
        container: ask.container.clone(),
        instances: match ask.run {
            LogRun::Current => Instances::Current,
            LogRun::Previous => Instances::Previous,
            LogRun::Both => Instances::Both,
        },
        since: ask.since.map_or(Since::All, Since::Seconds),
        tail: u32::try_from(LINES).ok(),
        follow: false,
    };
    query.check()?;
    Ok(query)
}

/// The workloads that own Pods, each once, then the Pods that nobody owns.
fn choices(namespace: &str, list: &PodList) -> Vec<ObjectRef> {
    let mut choices: Vec<ObjectRef> = Vec::new();
    for pod in &list.pods {
        let choice = match &pod.owner {
            Some(owner)
                if Kind::of(owner).is_some_and(|kind| LogTarget::WORKLOADS.contains(&kind)) =>
            {
                owner.clone()
            }
            _ => ObjectRef::namespaced("Pod", namespace, &pod.name),
        };
        if !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    choices.sort_by(|a, b| (Kind::Pod.is(a), &a.name).cmp(&(Kind::Pod.is(b), &b.name)));
    choices
}

fn containers(list: &PodList) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in list.pods.iter().flat_map(|pod| &pod.containers) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

fn failed(why: EndWhy) -> Logs {
    Logs {
        failed: Some(why),
        ..Logs::default()
    }
}

fn too_late() -> EndWhy {
    EndWhy::Unavailable {
        said: format!("no log within {} s", WITHIN.as_secs()),
    }
}
