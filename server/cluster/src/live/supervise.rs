//! Who starts and stops a cluster's watches, and has its facts judged.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use podside_diagnosis::facts::Kind;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::follow::follow;
use super::store::Store;
use super::{Inner, Settings};
use crate::error::Error;
use crate::examine::{Examined, Examiner};
use crate::health::Place;
use crate::scope::Namespaces;

/// How often what the facts share is swept. Names come and go all the time; to pass over
/// those of 100,000 Pods takes some hundredths of a second.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

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
            () = sweep(&inner.store) => {}
            () = nobody_looks(inner) => {}
        }
        let mut supervisor = inner.supervisor();
        // Who came in this very moment found this supervisor running and relies on it.
        if *inner.viewers.borrow() == 0 {
            inner.store.clear();
            inner.sight.send_replace(Arc::new(inner.store.sight()));
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
/// no watch, and learns the version thereby. It is for the eyes only: a watch that lost its
/// connection notices by itself, and the others need nothing.
async fn listen(inner: &Inner) {
    let Settings { listen_every, .. } = inner.settings;
    loop {
        match inner.connection.sign_of_life(listen_every / 2).await {
            Ok(version) => {
                inner.store.set_version(&version);
                inner.store.heard();
            }
            Err(error) if error.is_silence() => inner.store.silent(&error),
            // It was not asked.
            Err(Error::Resting { .. }) => {}
            // To be refused is an answer.
            Err(_) => inner.store.heard(),
        }
        sleep(listen_every).await;
    }
}

/// Drops old events and what no fact holds any more, again and again: some clusters are looked
/// at for weeks.
async fn sweep(store: &Store) {
    loop {
        sleep(SWEEP_EVERY).await;
        store.forget_old_events();
        let sharing = Arc::clone(&store.sharing);
        // Nothing in it fails; if it did, the next time would do.
        let _ = spawn_blocking(move || sharing.forget_unused()).await;
    }
}

/// Follows every kind; those that may not be read everywhere, one namespace at a time.
/// The watches end with this.
async fn watch_all(inner: &Arc<Inner>) {
    let mut watches = JoinSet::new();
    for kind in Kind::ALL {
        start(inner, &mut watches, (*kind, None));
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
    let sharing = Arc::clone(&inner.store.sharing);
    let mut examiner = Examiner::new(inner.watching.clone(), sharing);
    let mut judged: Option<Examined> = None;
    loop {
        changes.mark_unchanged();
        let began = Instant::now();
        if let Some(snapshot) = inner.store.to_judge() {
            match examiner.look(snapshot).await {
                Ok(examined) => judged = Some(examined),
                Err(error) => {
                    tracing::error!(%error, cluster = inner.connection.name(), "cannot judge");
                }
            }
        }
        publish(inner, judged.as_ref(), examiner.awaited());
        // Judging a large cluster for the first time must not be all that is done: at
        // most half the time.
        let rest = began.elapsed().max(inner.settings.gather_for);
        tokio::select! {
            _ = changes.changed() => {}
            () = examiner.arrived() => {}
            () = sleep(inner.settings.look_every) => {}
        }
        gather(inner, &mut examiner, rest).await;
    }
}

/// Waits a moment so that changes and logs that come together are judged together. Until
/// the first diagnosis only the loading itself is shown.
async fn gather(inner: &Inner, examiner: &mut Examiner, rest: Duration) {
    let until = Instant::now() + rest;
    if inner.sight.borrow().diagnosis.is_none() {
        publish(inner, None, 0);
    }
    loop {
        tokio::select! {
            () = examiner.arrived() => {}
            () = sleep_until(until) => return,
        }
    }
}

fn publish(inner: &Inner, judged: Option<&Examined>, awaited: usize) {
    let mut sight = inner.store.sight();
    match judged {
        Some(examined) => {
            sight.snapshot = Arc::clone(&examined.snapshot);
            sight.diagnosis = Some(Arc::clone(&examined.diagnosis));
            sight.awaited = awaited;
            inner.last.keep(&sight);
        }
        None => inner.last.stand_in(&mut sight),
    }
    inner.sight.send_replace(Arc::new(sight));
}

#[cfg(test)]
mod tests {
    use podside_diagnosis::facts::from_object_of;
    use serde_json::json;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_no_fact_holds_goes_while_somebody_looks() {
        let store = Store::default();
        let pod = json!({"metadata": {"name": "web", "namespace": "shop"}});
        let pod = from_object_of(Kind::Pod, &pod, &store.sharing).unwrap();
        let (name, kept) = (
            Arc::downgrade(&pod.meta().name),
            pod.meta().namespace.clone(),
        );
        drop(pod);
        assert!(name.upgrade().is_some(), "it is shared");
        let swept = async {
            while name.upgrade().is_some() {
                sleep(Duration::from_secs(1)).await;
            }
        };
        tokio::select! {
            () = sweep(&store) => {}
            swept = timeout(SWEEP_EVERY * 2, swept) => swept.unwrap(),
        }
        assert_eq!(&*kept, "shop");
    }
}
