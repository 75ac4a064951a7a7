//! A write that is given up midway, as when a browser goes away, is no hindrance to the next.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use crate::sample::{investigation, noted};
use podside_model::InvestigationId;
use podside_store::{SqliteStore, Store};

/// When a write is given up.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    /// While it waits, `.0` waits having been answered before.
    Waiting(usize),
    /// When the answer has come for which it has waited, but before it is heard.
    Answered(usize),
}

/// Polls a future until it is given up or complete.
async fn give_up<F: Future>(future: F, when: When) {
    let mut future = pin!(future);
    let mut answers = 0;
    poll_fn(move |context| {
        if matches!(when, When::Answered(most) if answers > most)
            || future.as_mut().poll(context).is_ready()
            || matches!(when, When::Waiting(most) if answers >= most)
        {
            return Poll::Ready(());
        }
        answers += 1;
        Poll::Pending
    })
    .await;
}

/// The points at which a write waits for something: a connection, the beginning, each
/// statement and the commit. An answer that comes at once makes them fewer.
const POINTS: usize = 16;

/// Gives up a note at each point at which it waits, some times over.
pub(crate) async fn give_up_everywhere(store: &SqliteStore, id: InvestigationId) {
    for point in (0..POINTS).cycle().take(3 * POINTS) {
        for when in [When::Waiting(point), When::Answered(point)] {
            give_up(store.append_last(id, vec![noted("given up", 1)]), when).await;
        }
    }
}

#[tokio::test]
async fn a_write_that_is_given_up_blocks_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    let id = store
        .start(investigation("cart", "you", 0), Vec::new())
        .await
        .unwrap();
    give_up_everywhere(&store, id).await;

    let next = store.append_last(id, vec![noted("kept", 2)]);
    let last = tokio::time::timeout(Duration::from_secs(30), next).await;
    let last = last.unwrap().unwrap();
    let kept = store.investigation(id).await.unwrap().entries;
    let numbers: Vec<u32> = kept.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, (1..=last).collect::<Vec<_>>());
}
