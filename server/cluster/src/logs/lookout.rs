use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::api::LogApi;
use super::pods::PodList;
use super::target::{LogQuery, Since};
use super::update::Update;

/// How often is looked for new Pods and events.
const EVERY: Duration = Duration::from_secs(5);

/// What it takes to look for Pods that come and events that happen.
pub(crate) struct Lookout<A> {
    pub(crate) api: A,
    pub(crate) query: LogQuery,
    /// Nanoseconds since 1970; events up to then have been told.
    pub(crate) events_after: Option<i64>,
    pub(crate) join: mpsc::Sender<PodList>,
    pub(crate) remarks: mpsc::Sender<Update>,
}

/// Looks until nobody takes what is found; once, if the query does not follow.
///
/// What cannot be read here shows at the logs themselves, so it is not told twice.
pub(crate) async fn keep_looking<A: LogApi>(lookout: Lookout<A>) {
    let Lookout {
        api,
        query,
        events_after,
        join,
        remarks,
    } = lookout;
    let mut told = events_after.unwrap_or_else(|| match query.since {
        Since::All => i64::MIN,
        Since::Seconds(seconds) => {
            let from = Timestamp::now().as_nanosecond() - i128::from(seconds) * 1_000_000_000;
            i64::try_from(from).unwrap_or(i64::MIN)
        }
    });
    loop {
        for event in api.events(&query.namespace).await.unwrap_or_default() {
            if event.at > told {
                told = event.at;
                if remarks.send(Update::Event(event)).await.is_err() {
                    return;
                }
            }
        }
        if remarks.send(Update::Quiet).await.is_err() || !query.follow {
            return;
        }
        tokio::time::sleep(EVERY).await;
        if let Ok(list) = api.pods(&query.namespace, &query.targets).await
            && join.send(list).await.is_err()
        {
            return;
        }
    }
}
