//! Who starts and stops a cluster's watches, and has its facts judged.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use podside_diagnosis::facts::Kind;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::Inner;
use super::follow::follow;
use crate::error::Error;
use crate::examine::{Examined, Examiner};
use crate::health::Place;
use crate::scope::Namespaces;

/// How often the API server is asked for a sign of life.
const LISTEN_EVERY: Duration = Duration::from_secs(10);

/// How long it may take to give one.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// Runs until nobody has looked for a while.
pub(crate) async fn run(inner: &Arc<Inner>) {
    loop {
        // New watches know nothing of the facts that others put there.
        inner.store.clear();
        let watching = watch_all(inner);
        let judging = judge_for_ever(inner);
        tokio::select! {
            () = watching => {}
            () = judging => {}
            () = listen(inner) => {}
            () = nobody_looks(inner) => {}
        }
        let mut supervisor = inner.supervisor();
        // Who came in this very moment found this supervisor running and relies on it.
        if *inner.viewers.borrow() == 0 {
            inner.store.clear();
            inner.sight.send_replace(Arc::new(inner.store.sight(None)));
            *supervisor = None;
            return;
        }
    }
}

/// Ends when there has been no viewer for as long as the settings say.
async fn nobody_looks(inner: &Inner) {
    let mut viewers = inner.viewers.subscribe();
    loop {
        // The sender lives as long as the cluster, so waiting cannot fail.
        let _ = viewers.wait_for(|count| *count == 0).await;
        let somebody = viewers.wait_for(|count| *count > 0);
        if timeout(inner.settings.idle_after, somebody).await.is_err() {
            return;
        }
    }
}

/// Asks for a sign of life now and then, as a network that swallows everything breaks
/// no watch. When the API server is found again, the watches begin anew.
async fn listen(inner: &Inner) {
    loop {
        sleep(LISTEN_EVERY).await;
        match inner.connection.sign_of_life(ANSWERS_WITHIN).await {
            Err(error) if error.is_silence() => inner.store.silent(&error),
            // It was not asked.
            Err(Error::Resting { .. }) => {}
            // To be refused is an answer.
            _ if inner.store.heard() => {
                inner
                    .found_again
                    .send_modify(|times| *times = times.wrapping_add(1));
            }
            _ => {}
        }
    }
}

/// Follows every kind; those that may not be read everywhere, one namespace at a time.
/// The watches end with this.
async fn watch_all(inner: &Arc<Inner>) {
    let mut watches = JoinSet::new();
    for kind in Kind::ALL {
        start(inner, &mut watches, (*kind, None));
    }
    if let Ok(version) = inner.watching.server_version().await {
        inner.store.set_version(&version);
    }
    let mut namespaces: Option<Namespaces> = None;
    while let Some(ended) = watches.join_next().await {
        let Ok((kind, None)) = ended else { continue };
        if namespaces.is_none() {
            namespaces = Some(Namespaces::find(&inner.watching, &[]).await);
        }
        let readable: BTreeSet<String> = namespaces
            .iter()
            .flat_map(|namespaces| namespaces.readable(kind))
            .map(str::to_owned)
            .collect();
        if readable.is_empty() {
            continue;
        }
        for namespace in readable {
            start(inner, &mut watches, (kind, Some(namespace)));
        }
        inner.store.replaced(&(kind, None));
    }
}

fn start(inner: &Arc<Inner>, watches: &mut JoinSet<Place>, place: Place) {
    let inner = Arc::clone(inner);
    watches.spawn(async move {
        follow(&inner, &place).await;
        place
    });
}

/// Has the facts judged whenever they change, and now and then when they do not.
async fn judge_for_ever(inner: &Inner) {
    let mut changes = inner.store.changes();
    let mut examiner = Examiner::default();
    let mut judged: Option<Examined> = None;
    loop {
        changes.mark_unchanged();
        let began = Instant::now();
        if let Some(snapshot) = inner.store.to_judge() {
            match examiner.examine(&inner.watching, snapshot).await {
                Ok(examined) => judged = Some(examined),
                Err(error) => {
                    tracing::error!(%error, cluster = inner.connection.name(), "cannot judge");
                }
            }
        }
        publish(inner, judged.as_ref());
        // Judging a large cluster for the first time must not be all that is done: at
        // most half the time.
        let rest = began.elapsed().max(inner.settings.gather_for);
        tokio::select! {
            _ = changes.changed() => {}
            () = sleep(inner.settings.look_every) => {}
        }
        gather(inner, rest).await;
    }
}

/// Waits a moment so that changes that come together are judged together. Until the
/// first diagnosis only the loading itself is shown.
async fn gather(inner: &Inner, rest: Duration) {
    let until = Instant::now() + rest;
    if inner.sight.borrow().diagnosis.is_none() {
        publish(inner, None);
    }
    sleep_until(until).await;
}

fn publish(inner: &Inner, judged: Option<&Examined>) {
    let mut sight = inner
        .store
        .sight(judged.map(|examined| Arc::clone(&examined.diagnosis)));
    match judged {
        Some(examined) => {
            sight.snapshot = Arc::clone(&examined.snapshot);
            inner.last.keep(&sight);
        }
        None => inner.last.stand_in(&mut sight),
    }
    inner.sight.send_replace(Arc::new(sight));
}
