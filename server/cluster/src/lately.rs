//! What was asked of an API server within the last minute, so that many who want to know
//! the same ask once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::Instant;

/// How long an answer is believed: rights are granted by hand.
const FRESH: Duration = Duration::from_mins(1);

/// The most answers that are kept. With more, all are asked for again.
const MOST: usize = 512;

/// The answers to one kind of question.
#[derive(Debug)]
pub(crate) struct Lately<K, V>(Mutex<BTreeMap<K, Asked<V>>>);

#[derive(Debug)]
struct Asked<V> {
    at: Instant,
    answer: Arc<OnceCell<V>>,
}

impl<K, V> Default for Lately<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord, V: Clone> Lately<K, V> {
    /// The answer of the last minute, or that of `ask`. One asks at a time, and the others
    /// wait for the same answer; where there is none, the next one asks.
    ///
    /// # Errors
    /// Those of `ask`.
    pub(crate) async fn get<E>(
        &self,
        about: K,
        ask: impl Future<Output = Result<V, E>>,
    ) -> Result<V, E> {
        let answer = self.answer(about);
        answer.get_or_try_init(|| ask).await.cloned()
    }

    /// Forgets all, because it turned out to be wrong.
    pub(crate) fn forget(&self) {
        self.known().clear();
    }

    fn answer(&self, about: K) -> Arc<OnceCell<V>> {
        let mut known = self.known();
        let now = Instant::now();
        known.retain(|_, asked| now.saturating_duration_since(asked.at) < FRESH);
        if known.len() >= MOST && !known.contains_key(&about) {
            known.clear();
        }
        let asked = known.entry(about).or_insert_with(|| Asked {
            at: now,
            answer: Arc::default(),
        });
        Arc::clone(&asked.answer)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeMap<K, Asked<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_wants_to_know_the_same_within_a_minute_asks_once() {
        let (lately, asked) = (Lately::default(), AtomicUsize::new(0));
        let ask = async || {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok::<_, ()>(asked.fetch_add(1, Ordering::Relaxed))
        };
        let both = tokio::join!(lately.get("a", ask()), lately.get("a", ask()));
        assert_eq!(both, (Ok(0), Ok(0)));
        assert_eq!(lately.get("b", ask()).await, Ok(1));
        tokio::time::sleep(FRESH).await;
        assert_eq!(lately.get("a", ask()).await, Ok(2));
        lately.forget();
        assert_eq!(lately.get("a", ask()).await, Ok(3));
    }

    #[tokio::test]
    async fn an_error_is_no_answer() {
        let lately = Lately::default();
        assert_eq!(lately.get(1, async { Err::<(), _>("no") }).await, Err("no"));
        assert_eq!(lately.get(1, async { Ok::<_, &str>(()) }).await, Ok(()));
    }
}
