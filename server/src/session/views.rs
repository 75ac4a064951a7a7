//! Views that are made once for all who ask the same of the same facts: many tabs on one
//! cluster cost one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use podside_cluster::Sight;
use podside_diagnosis::snapshot::Snapshot;
use podside_model::view::{TriageAsk, TriagePage};
use podside_model::{Diagnosis, Lang, Message};

/// Views that are kept. One is some tens of kilobytes, and nearly everybody looks at the
/// first one of a few clusters.
const MOST_VIEWS: usize = 64;

/// The views that were made last.
#[derive(Debug, Default)]
pub(crate) struct Views {
    kept: Mutex<VecDeque<Kept>>,
}

#[derive(Debug)]
struct Kept {
    asked: Asked,
    /// Empty while it is being made; who asks meanwhile waits for it.
    made: Arc<OnceLock<TriagePage>>,
}

/// What a view is made of. A viewer with fewer rights has facts of their own, so that views
/// of the same facts are for viewers with the same rights. The facts themselves are not kept
/// in memory for it, only told from all others.
#[derive(Debug)]
struct Asked {
    snapshot: Weak<Snapshot>,
    diagnosis: Weak<Diagnosis<Message>>,
    lang: Lang,
    namespace: Option<String>,
    ask: TriageAsk,
}

impl Asked {
    fn is_like(&self, other: &Self) -> bool {
        Weak::ptr_eq(&self.snapshot, &other.snapshot)
            && Weak::ptr_eq(&self.diagnosis, &other.diagnosis)
            && self.lang == other.lang
            && self.namespace == other.namespace
            && self.ask == other.ask
    }

    /// Whether somebody may ask so again: its facts are still shown.
    fn is_current(&self) -> bool {
        self.snapshot.strong_count() > 0 && self.diagnosis.strong_count() > 0
    }
}

impl Views {
    /// The view of what was asked, made by the first who asks. Who finds it is said nowhere
    /// in it: its head is that of the first.
    pub(crate) fn triage(
        &self,
        sight: &Sight,
        lang: Lang,
        namespace: Option<&str>,
        ask: &TriageAsk,
        make: impl FnOnce() -> TriagePage,
    ) -> TriagePage {
        let asked = Asked {
            snapshot: Arc::downgrade(&sight.snapshot),
            diagnosis: sight
                .diagnosis
                .as_ref()
                .map_or_else(Weak::new, Arc::downgrade),
            lang,
            namespace: namespace.map(str::to_owned),
            ask: ask.clone(),
        };
        self.made(asked).get_or_init(make).clone()
    }

    fn made(&self, asked: Asked) -> Arc<OnceLock<TriagePage>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(same) = kept.iter().find(|kept| kept.asked.is_like(&asked)) {
            return Arc::clone(&same.made);
        }
        kept.retain(|kept| kept.asked.is_current());
        kept.truncate(MOST_VIEWS - 1);
        let made = Arc::default();
        kept.push_front(Kept {
            asked,
            made: Arc::clone(&made),
        });
        made
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use jiff::Timestamp;
    use podside_diagnosis::judge::judge;
    use podside_model::Liveness;
    use podside_model::view::ChartHead;

    use super::*;

    fn sight() -> Sight {
        let snapshot = Snapshot::new(Timestamp::UNIX_EPOCH);
        Sight {
            diagnosis: Some(Arc::new(judge(&snapshot).diagnosis)),
            snapshot: Arc::new(snapshot),
            awaited: 0,
            events_since: None,
            liveness: Liveness::Live {
                at: Timestamp::UNIX_EPOCH,
            },
        }
    }

    fn page(matching: usize) -> TriagePage {
        TriagePage {
            head: ChartHead {
                clusters: Vec::new(),
                cluster: String::new(),
                namespaces: Vec::new(),
                namespace: None,
                liveness: Liveness::Live {
                    at: Timestamp::UNIX_EPOCH,
                },
                now: Timestamp::UNIX_EPOCH,
                lang: Lang::En,
            },
            diagnosis: None,
            critical: 0,
            warning: 0,
            info: 0,
            matching,
            unexplained: 0,
            matching_unexplained: 0,
            unsettled: 0,
            matching_unsettled: 0,
            judged_by: None,
            found: [0; 4],
            causes: Vec::new(),
            cause_counts: Vec::new(),
            strips: Vec::new(),
            ready_command: None,
        }
    }

    #[test]
    fn who_asks_the_same_at_the_same_time_gets_what_one_made() {
        let (views, sight, count) = (Views::default(), sight(), AtomicUsize::new(0));
        std::thread::scope(|threads| {
            for _ in 0..10 {
                threads.spawn(|| {
                    let ask = TriageAsk::default();
                    let made = views.triage(&sight, Lang::En, Some("shop"), &ask, || {
                        std::thread::yield_now();
                        page(count.fetch_add(1, Ordering::Relaxed) + 7)
                    });
                    assert_eq!(made.matching, 7);
                });
            }
        });
        assert_eq!(count.into_inner(), 1);
    }

    #[test]
    fn who_asks_otherwise_or_of_other_facts_gets_their_own() {
        let views = Views::default();
        let (first, second) = (sight(), sight());
        let more = TriageAsk {
            shown: 100,
            ..TriageAsk::default()
        };
        let less = TriageAsk::default();
        let asks = [
            (&first, Lang::En, None, &less),
            (&second, Lang::En, None, &less),
            (&first, Lang::Ja, None, &less),
            (&first, Lang::En, Some("shop"), &less),
            (&first, Lang::En, None, &more),
        ];
        for _ in 0..2 {
            for (number, (sight, lang, namespace, ask)) in asks.into_iter().enumerate() {
                let made = views.triage(sight, lang, namespace, ask, || page(number));
                assert_eq!(made.matching, number);
            }
        }
    }

    #[test]
    fn what_is_kept_is_bounded_and_keeps_no_facts() {
        let views = Views::default();
        let old = sight();
        let facts = Arc::downgrade(&old.snapshot);
        let ask = TriageAsk::default();
        views.triage(&old, Lang::En, None, &ask, || page(0));
        drop(old);
        assert!(facts.upgrade().is_none());
        let sight = sight();
        for number in 0..2 * MOST_VIEWS {
            let namespace = number.to_string();
            views.triage(&sight, Lang::En, Some(&namespace), &ask, || page(number));
        }
        assert_eq!(views.kept.lock().unwrap().len(), MOST_VIEWS);
    }
}
