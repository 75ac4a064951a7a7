//! Runs effects apart from those who ask for them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use super::progress::{Progress, Stage};

/// The most effects that run at once.
const MOST: usize = 64;

/// The most that one owner has at once.
const MOST_OF_ONE: usize = 8;

/// How long it is remembered how an effect ended, so that who asked for it learns of it.
const REMEMBERED_FOR: Duration = Duration::from_mins(10);

/// The most ends that are remembered; the oldest are forgotten first.
const MOST_REMEMBERED: usize = 256;

/// What names an effect of one executor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EffectId(pub u64);

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct NewEffect {
    /// On whose behalf.
    pub owner: String,
    /// What it is about, such as an investigation: of one thing there is one effect at a time.
    pub about: String,
    /// How long it may take. What takes longer is ended.
    pub within: Duration,
}

/// Why an effect is not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotBegun {
    /// There is one about the same thing, which goes on.
    #[error("this is being done already; wait for its end or stop it")]
    Going(EffectId),
    /// There are too many; one of them must end first.
    #[error("{0} effects are going on; wait until one ends, or stop one")]
    TooMany(usize),
}

/// How an effect ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended<T> {
    /// By itself, with this outcome.
    Done(T),
    /// Somebody wanted it ended.
    Stopped,
    /// It took longer than it may.
    TooLate,
    /// It failed in a way that is a bug.
    Broken,
}

/// How an effect stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing<T> {
    /// Which one.
    pub id: EffectId,
    /// On whose behalf.
    pub owner: String,
    /// When it began.
    pub since: Timestamp,
    /// When it is ended at the latest.
    pub until: Timestamp,
    /// How far it is.
    pub stage: Stage,
    /// How it ended; `None` while it goes on.
    pub ended: Option<Ended<T>>,
}

/// Runs effects. Cheap to clone; the last clone ends what still runs.
#[derive(Debug)]
pub struct Executor<T> {
    inner: Arc<Inner<T>>,
}

#[derive(Debug)]
struct Inner<T> {
    effects: Mutex<Effects<T>>,
}

#[derive(Debug)]
struct Effects<T> {
    next: u64,
    all: BTreeMap<EffectId, Effect<T>>,
}

#[derive(Debug)]
struct Effect<T> {
    owner: String,
    about: String,
    since: Timestamp,
    until: Timestamp,
    stage: watch::Receiver<Stage>,
    ended: watch::Sender<Option<(Instant, Ended<T>)>>,
    task: AbortHandle,
}

impl<T> Clone for Executor<T> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

impl<T> Default for Executor<T> {
    fn default() -> Self {
        let effects = Effects {
            next: 1,
            all: BTreeMap::new(),
        };
        Self {
            inner: Arc::new(Inner {
                effects: Mutex::new(effects),
            }),
        }
    }
}

impl<T: Clone + Send + Sync + 'static> Executor<T> {
    /// Begins an effect.
    ///
    /// # Errors
    /// When one about the same thing goes on, or there are too many.
    pub fn begin<Work>(
        &self,
        new: NewEffect,
        work: impl FnOnce(Progress) -> Work,
    ) -> Result<EffectId, NotBegun>
    where
        Work: Future<Output = T> + Send + 'static,
    {
        let mut effects = self.inner.effects();
        effects.forget();
        effects.has_room(&new)?;
        let id = EffectId(effects.next);
        effects.next += 1;

        let (told, stage) = watch::channel(Stage::default());
        let work = work(Progress(told));
        let ends: Weak<Inner<T>> = Arc::downgrade(&self.inner);
        // It ends with its owner, which aborts it; nobody else waits for it.
        let task = tokio::spawn(async move {
            // A task of its own, so that a failure in it is told like any other end.
            let mut work = tokio::task::JoinSet::from_iter([work]);
            let ended = match timeout(new.within, work.join_next()).await {
                Ok(Some(Ok(outcome))) => Ended::Done(outcome),
                Ok(_) => Ended::Broken,
                Err(_) => Ended::TooLate,
            };
            if let Some(inner) = ends.upgrade() {
                inner.effects().end(id, ended);
            }
        });
        let since = Timestamp::now();
        let effect = Effect {
            owner: new.owner,
            about: new.about,
            since,
            until: since.saturating_add(new.within).unwrap_or(since),
            stage,
            ended: watch::Sender::new(None),
            task: task.abort_handle(),
        };
        effects.all.insert(id, effect);
        Ok(id)
    }

    /// How an effect stands; `None` for one that never was or is forgotten.
    pub fn standing(&self, id: EffectId) -> Option<Standing<T>> {
        let effects = self.inner.effects();
        let effect = effects.all.get(&id)?;
        Some(effect.standing(id))
    }

    /// The effect about something that goes on.
    pub fn going(&self, about: &str) -> Option<Standing<T>> {
        let effects = self.inner.effects();
        let mut all = effects.all.iter();
        all.find(|(_, effect)| effect.about == about && effect.goes_on())
            .map(|(id, effect)| effect.standing(*id))
    }

    /// Waits until an effect ends or so long; tells how it stands then.
    pub async fn wait(&self, id: EffectId, within: Duration) -> Option<Standing<T>> {
        let mut ended = {
            let effects = self.inner.effects();
            effects.all.get(&id)?.ended.subscribe()
        };
        // Forgotten means ended too.
        let _ = timeout(within, ended.wait_for(Option::is_some)).await;
        self.standing(id)
    }

    /// Ends an effect; tells whether it went on.
    pub fn stop(&self, id: EffectId) -> bool {
        let mut effects = self.inner.effects();
        let Some(effect) = effects.all.get(&id).filter(|effect| effect.goes_on()) else {
            return false;
        };
        effect.task.abort();
        effects.end(id, Ended::Stopped);
        true
    }
}

impl<T> Inner<T> {
    fn effects(&self) -> MutexGuard<'_, Effects<T>> {
        self.effects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Drop for Inner<T> {
    fn drop(&mut self) {
        for effect in self.effects().all.values() {
            effect.task.abort();
        }
    }
}

impl<T> Effects<T> {
    fn has_room(&self, new: &NewEffect) -> Result<(), NotBegun> {
        let going = || self.all.iter().filter(|(_, effect)| effect.goes_on());
        if let Some((id, _)) = going().find(|(_, effect)| effect.about == new.about) {
            return Err(NotBegun::Going(*id));
        }
        let of_owner = going().filter(|(_, effect)| effect.owner == new.owner);
        let (all, of_owner) = (going().count(), of_owner.count());
        if all >= MOST || of_owner >= MOST_OF_ONE {
            return Err(NotBegun::TooMany(all));
        }
        Ok(())
    }

    fn end(&mut self, id: EffectId, ended: Ended<T>) {
        if let Some(effect) = self.all.get(&id).filter(|effect| effect.goes_on()) {
            effect.ended.send_replace(Some((Instant::now(), ended)));
        }
    }

    /// Forgets what ended long ago, and the oldest of what there is too much of.
    fn forget(&mut self) {
        self.all.retain(|_, effect| {
            let ended = effect.ended.borrow();
            ended
                .as_ref()
                .is_none_or(|(at, _)| at.elapsed() < REMEMBERED_FOR)
        });
        let over = self.all.len().saturating_sub(MOST + MOST_REMEMBERED);
        let ended = self.all.iter().filter(|(_, effect)| !effect.goes_on());
        let oldest: Vec<EffectId> = ended.map(|(id, _)| *id).take(over).collect();
        for id in oldest {
            self.all.remove(&id);
        }
    }
}

impl<T> Effect<T> {
    fn goes_on(&self) -> bool {
        self.ended.borrow().is_none()
    }
}

impl<T: Clone> Effect<T> {
    fn standing(&self, id: EffectId) -> Standing<T> {
        let ended = self.ended.borrow();
        Standing {
            id,
            owner: self.owner.clone(),
            since: self.since,
            until: self.until,
            stage: *self.stage.borrow(),
            ended: ended.as_ref().map(|(_, ended)| ended.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    fn about(what: &str) -> NewEffect {
        NewEffect {
            owner: "somebody".to_owned(),
            about: what.to_owned(),
            within: Duration::from_secs(5),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_goes_on_without_its_request_and_tells_how_far_it_is() {
        let executor = Executor::default();
        let id = executor
            .begin(about("one"), |progress| async move {
                progress.tell(1, 3);
                tokio::time::sleep(Duration::from_secs(2)).await;
                progress.tell(3, 3);
                "found"
            })
            .unwrap();
        let waited = executor.wait(id, Duration::from_secs(1)).await.unwrap();
        assert_eq!(waited.ended, None);
        assert_eq!(waited.stage, Stage { done: 1, of: 3 });
        assert_eq!(executor.going("one").unwrap().id, id);
        let ended = executor.wait(id, LONG).await.unwrap();
        assert_eq!(ended.ended, Some(Ended::Done("found")));
        assert_eq!(ended.stage, Stage { done: 3, of: 3 });
        assert_eq!(executor.going("one"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_at_its_deadline_and_when_it_is_stopped() {
        let executor = Executor::<()>::default();
        let late = executor.begin(about("late"), |_| pending()).unwrap();
        let ended = executor.wait(late, LONG).await.unwrap();
        assert_eq!(ended.ended, Some(Ended::TooLate));
        let long = executor.begin(about("long"), |_| pending()).unwrap();
        assert!(executor.stop(long) && !executor.stop(long));
        let ended = executor.wait(long, LONG).await.unwrap();
        assert_eq!(ended.ended, Some(Ended::Stopped));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_dropped_runs_no_more() {
        let dropped = tokio_util::sync::CancellationToken::new();
        let executor = Executor::<()>::default();
        for stops in [true, false] {
            let held = dropped.child_token().drop_guard();
            let seen = held.token().clone();
            let id = executor.begin(about("held"), |_| async move {
                let _held = held;
                pending::<()>().await;
            });
            if stops {
                assert!(executor.stop(id.unwrap()));
            } else {
                drop(executor);
                seen.cancelled().await;
                return;
            }
            seen.cancelled().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn of_one_thing_there_is_one_and_of_all_a_few() {
        let executor = Executor::<()>::default();
        let first = executor.begin(about("0"), |_| pending()).unwrap();
        let again = executor.begin(about("0"), |_| pending());
        assert_eq!(again, Err(NotBegun::Going(first)));
        for nth in 1..MOST_OF_ONE {
            executor
                .begin(about(&nth.to_string()), |_| pending())
                .unwrap();
        }
        let over = executor.begin(about("over"), |_| pending());
        assert_eq!(over, Err(NotBegun::TooMany(MOST_OF_ONE)));
        let other = NewEffect {
            owner: "another".to_owned(),
            ..about("other")
        };
        executor.begin(other, |_| pending()).unwrap();
        assert!(executor.stop(first));
        executor.begin(about("0"), |_| pending()).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn ends_are_forgotten_after_a_while_and_never_too_many() {
        let executor = Executor::<()>::default();
        let mut ids = Vec::new();
        for nth in 0..MOST + MOST_REMEMBERED + 10 {
            let id = executor
                .begin(about(&nth.to_string()), |_| async {})
                .unwrap();
            executor.wait(id, LONG).await;
            ids.push(id);
        }
        assert!(executor.standing(ids[0]).is_none());
        let last = *ids.last().unwrap();
        assert!(executor.standing(last).is_some());
        tokio::time::advance(REMEMBERED_FOR).await;
        executor.begin(about("next"), |_| pending()).unwrap();
        assert!(executor.standing(last).is_none());
    }

    #[tokio::test]
    async fn a_failure_in_it_is_an_end() {
        let executor = Executor::<()>::default();
        let id = executor.begin(about("bug"), |_| async {
            assert!(std::hint::black_box(false), "on purpose");
        });
        let ended = executor.wait(id.unwrap(), LONG).await.unwrap();
        assert_eq!(ended.ended, Some(Ended::Broken));
    }
}
