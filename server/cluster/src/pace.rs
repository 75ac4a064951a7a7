//! How fast an API server is asked: as fast as it answers, and slowly while it does not.
//!
//! Every request takes a turn. Turns come by themselves, a few a second, and each answer
//! that is what was asked for gives two: so fifty kinds are listed within a few times the
//! server's delay, and a server that fails is asked a few times a second, by all watches and
//! pages together. What is not known is taken for failing: the first requests, and those
//! after a pause, are few.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

/// How many turns come a second by themselves.
const A_SECOND: f64 = 6.0;

/// The most turns that wait to be taken when nothing is known of the server. With those
/// that come by themselves they are fewer than ten in any second.
const FEW: f64 = 3.0;

/// The most turns that answers give.
const MANY: f64 = 64.0;

/// How long an answer shows that the server works.
const PROOF: Duration = Duration::from_secs(2);

/// The longest that the server may ask to be left alone (`Retry-After`).
pub(crate) const LONGEST_REST: Duration = Duration::from_mins(1);

/// For whom a request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    /// A person, who waits for the page, or a command.
    Person,
    /// A watch, which can wait.
    Watch,
}

impl Errand {
    /// How long a request waits for its turn.
    const fn patience(self) -> Duration {
        match self {
            Self::Person => Duration::from_secs(4),
            Self::Watch => Duration::from_secs(30),
        }
    }
}

/// The turns of one API server's requests.
#[derive(Debug)]
pub(crate) struct Pace {
    state: Mutex<State>,
    people: Line,
    watches: Line,
}

/// Those who wait, first come, first served.
#[derive(Debug, Default)]
struct Line {
    queue: tokio::sync::Mutex<()>,
    moved: Notify,
}

#[derive(Debug)]
struct State {
    turns: f64,
    counted: Instant,
    /// When an answer last was what was asked for.
    proven: Option<Instant>,
    resting_until: Option<Instant>,
    /// Who stands first in each line.
    person_waits: bool,
    watch_waits: bool,
    /// Who had the last turn: when both wait, they alternate.
    last: Errand,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                turns: FEW,
                counted: Instant::now(),
                proven: None,
                resting_until: None,
                person_waits: false,
                watch_waits: false,
                last: Errand::Watch,
            }),
            people: Line::default(),
            watches: Line::default(),
        }
    }
}

impl Pace {
    /// Waits for a turn to ask.
    ///
    /// # Errors
    /// When none comes in time: how long the server is still to be left alone.
    pub(crate) async fn turn(&self, errand: Errand) -> Result<(), Duration> {
        match timeout(errand.patience(), self.wait(errand)).await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.rest()),
        }
    }

    async fn wait(&self, errand: Errand) {
        let line = self.line(errand);
        let _first = line.queue.lock().await;
        let _waiting = Waiting::of(self, errand);
        loop {
            let taken = self.state().take(errand, Instant::now());
            let Some(wait) = taken else { return };
            tokio::select! {
                () = sleep(wait) => {}
                () = line.moved.notified() => {}
            }
        }
    }

    /// An answer was what was asked for.
    pub(crate) fn succeeded(&self) {
        let now = Instant::now();
        {
            let mut state = self.state();
            state.count(now);
            state.proven = Some(now);
            state.turns = (state.turns + 2.0).min(MANY);
        }
        self.move_on();
    }

    /// The server did not answer, or not with what was asked for.
    pub(crate) fn failed(&self) {
        let mut state = self.state();
        state.count(Instant::now());
        state.proven = None;
        state.turns = state.turns.min(1.0);
    }

    /// The server failed, and asks to be left alone for so long.
    pub(crate) fn failed_for(&self, rest: Duration) {
        self.failed();
        let until = Instant::now() + rest.min(LONGEST_REST);
        let mut state = self.state();
        state.resting_until = state.resting_until.max(Some(until));
    }

    /// How long the server is to be left alone.
    fn rest(&self) -> Duration {
        let until = self.state().resting_until;
        until.map_or(Duration::ZERO, |until| {
            until.saturating_duration_since(Instant::now())
        })
    }

    fn line(&self, errand: Errand) -> &Line {
        match errand {
            Errand::Person => &self.people,
            Errand::Watch => &self.watches,
        }
    }

    fn move_on(&self) {
        self.people.moved.notify_one();
        self.watches.moved.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes a turn, or tells how long to wait before it is tried again.
    fn take(&mut self, errand: Errand, now: Instant) -> Option<Duration> {
        self.count(now);
        if let Some(until) = self.resting_until.filter(|until| *until > now) {
            return Some(until.duration_since(now));
        }
        self.resting_until = None;
        let other_waits = match errand {
            Errand::Person => self.watch_waits,
            Errand::Watch => self.person_waits,
        };
        let is_others = other_waits && self.last == errand;
        let needed = if is_others { 2.0 } else { 1.0 };
        if self.turns >= needed {
            self.turns -= 1.0;
            self.last = errand;
            return None;
        }
        // Rounded up, so that a turn is there when the wait is over.
        let wait = Duration::from_secs_f64((needed - self.turns) / A_SECOND);
        Some(wait + Duration::from_millis(1))
    }

    /// Adds the turns that came since.
    fn count(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.counted).as_secs_f64();
        self.counted = now;
        let is_proven = self
            .proven
            .is_some_and(|at| now.saturating_duration_since(at) <= PROOF);
        let most = if is_proven { MANY } else { FEW };
        let more = self.turns.max((self.turns + passed * A_SECOND).min(FEW));
        self.turns = more.min(most);
    }
}

/// Somebody stands first in a line.
struct Waiting<'a> {
    pace: &'a Pace,
    errand: Errand,
}

impl<'a> Waiting<'a> {
    fn of(pace: &'a Pace, errand: Errand) -> Self {
        let waiting = Self { pace, errand };
        waiting.set(true);
        waiting
    }

    fn set(&self, waits: bool) {
        let mut state = self.pace.state();
        match self.errand {
            Errand::Person => state.person_waits = waits,
            Errand::Watch => state.watch_waits = waits,
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.set(false);
        self.pace.move_on();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::future::join_all;

    use super::*;

    /// When each of `count` requests has its turn, and what comes of it.
    async fn asked(
        pace: &Arc<Pace>,
        errand: Errand,
        count: usize,
        outcome: fn(&Pace),
    ) -> Vec<Duration> {
        let began = Instant::now();
        let requests = (0..count).map(|_| {
            let pace = Arc::clone(pace);
            async move {
                pace.turn(errand).await.ok()?;
                let at = began.elapsed();
                sleep(Duration::from_millis(5)).await;
                outcome(&pace);
                Some(at)
            }
        });
        join_all(requests).await.into_iter().flatten().collect()
    }

    fn most_in_a_second(times: &[Duration]) -> usize {
        let within = |from: &Duration| {
            let until = *from + Duration::from_secs(1);
            times
                .iter()
                .filter(|at| (*from..until).contains(at))
                .count()
        };
        times.iter().map(within).max().unwrap_or(0)
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_fails_is_asked_at_most_ten_times_a_second() {
        let pace = Arc::new(Pace::default());
        let (watches, people) = tokio::join!(
            asked(&pace, Errand::Watch, 60, Pace::failed),
            asked(&pace, Errand::Person, 6, Pace::failed),
        );
        assert_eq!(people.len(), 6, "none waits for long");
        let longest = people.iter().max().unwrap();
        assert!(*longest < Duration::from_secs(3), "{longest:?}");
        let all = [watches.clone(), people].concat();
        assert!(all.len() >= 60, "{all:?}");
        assert!(most_in_a_second(&all) <= 10, "{all:?}");
        // Those who wait while another is answered are not forgotten.
        assert!(most_in_a_second(&watches) >= 3, "{watches:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_answers_is_asked_as_fast_as_it_does() {
        let pace = Arc::new(Pace::default());
        let all = asked(&pace, Errand::Watch, 50, Pace::succeeded).await;
        assert_eq!(all.len(), 50);
        let longest = all.iter().max().unwrap();
        assert!(*longest < Duration::from_millis(100), "{longest:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_and_a_failure_end_the_trust() {
        let pace = Arc::new(Pace::default());
        asked(&pace, Errand::Watch, 50, Pace::succeeded).await;
        sleep(PROOF * 2).await;
        let all = asked(&pace, Errand::Watch, 50, Pace::failed).await;
        assert!(most_in_a_second(&all) <= 10, "{all:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_asks_for_rest_is_left_alone() {
        let pace = Arc::new(Pace::default());
        pace.failed_for(Duration::from_secs(20));
        let began = Instant::now();
        let rest = pace.turn(Errand::Person).await.unwrap_err();
        assert_eq!(began.elapsed(), Errand::Person.patience());
        assert_eq!(rest + Errand::Person.patience(), Duration::from_secs(20));
        assert!(pace.turn(Errand::Watch).await.is_ok());
        assert!(began.elapsed() >= Duration::from_secs(20));
    }
}
