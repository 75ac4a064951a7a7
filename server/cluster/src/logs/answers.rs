use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use tokio::time::Instant;

use crate::error::Result;

/// Answers that are kept at once.
const MOST: usize = 1_024;

/// Answers to questions that many ask at the same time: asked once, for all of them.
#[derive(Debug)]
pub(super) struct Answers<Q, A> {
    fresh_for: Duration,
    asked: Mutex<HashMap<Q, Asked<A>>>,
}

type Answer<A> = Shared<BoxFuture<'static, Result<A>>>;

#[derive(Debug)]
struct Asked<A> {
    at: Instant,
    answer: Answer<A>,
}

impl<Q: Eq + Hash, A: Clone> Answers<Q, A> {
    /// None yet. An answer counts as one for so long from when it was asked for.
    pub(super) fn new(fresh_for: Duration) -> Self {
        Self {
            fresh_for,
            asked: Mutex::default(),
        }
    }

    /// The answer to `question`: one that is fresh, or the one that `ask` gets.
    pub(super) async fn get<F>(&self, question: Q, ask: impl FnOnce() -> F) -> Result<A>
    where
        F: Future<Output = Result<A>> + Send + 'static,
        A: Send + Sync + 'static,
    {
        let answer = {
            let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            asked.retain(|_, asked| asked.at.elapsed() < self.fresh_for);
            if asked.len() >= MOST {
                asked.clear();
            }
            let new = || Asked {
                at: Instant::now(),
                answer: ask().boxed().shared(),
            };
            asked.entry(question).or_insert_with(new).answer.clone()
        };
        answer.await
    }

    /// Forgets the answer to `question`, because it is known to be another.
    pub(super) fn forget(&self, question: &Q) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.remove(question);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn many_who_ask_at_once_share_one_answer_and_later_ones_get_another() {
        const FRESH: Duration = Duration::from_secs(2);
        let answers = Answers::new(FRESH);
        let asked = Arc::new(AtomicUsize::new(0));
        let ask = || {
            let asked = Arc::clone(&asked);
            async move {
                tokio::time::sleep(Duration::from_millis(10)).await;
                Ok(asked.fetch_add(1, Ordering::Relaxed))
            }
        };
        let all = futures::future::join_all((0..500).map(|_| answers.get("pods", ask))).await;
        assert_eq!(all, vec![Ok(0); 500]);
        assert_eq!(answers.get("events", ask).await, Ok(1));
        tokio::time::sleep(FRESH).await;
        assert_eq!(answers.get("pods", ask).await, Ok(2));
        answers.forget(&"pods");
        assert_eq!(answers.get("pods", ask).await, Ok(3));
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_does_not_keep_the_others_from_the_answer() {
        let answers = Answers::new(Duration::from_mins(1));
        let ask = || async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            Ok(1)
        };
        let second = Duration::from_secs(1);
        let impatient = tokio::time::timeout(second, answers.get("pods", ask)).await;
        assert!(impatient.is_err());
        assert_eq!(answers.get("pods", ask).await, Ok(1));
    }
}
