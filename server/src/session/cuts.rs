//! What one sees of a cluster with fewer rights than Podside has.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use podside_cluster::Sight;
use podside_diagnosis::judge::Judge;
use tokio::sync::Mutex as AsyncMutex;

use super::access::Grant;

/// Views of clusters that are kept: those who ask again are answered by what changed.
const MOST_VIEWS: usize = 64;

/// The views of the clusters that somebody with rights of their own has.
#[derive(Debug, Default)]
pub(super) struct Cuts {
    views: Mutex<BTreeMap<String, Arc<View>>>,
}

/// One holder's view of one cluster.
#[derive(Debug, Default)]
struct View {
    last: AsyncMutex<Last>,
}

#[derive(Debug, Default)]
struct Last {
    /// What was cut, and what was left of it.
    made: Option<(Arc<Sight>, Arc<Sight>)>,
    judge: Judge,
}

impl Cuts {
    /// A sight of a cluster with no more in it than a grant lets one list, judged anew: what
    /// the rules make of facts that may not be listed is not shown either.
    pub(super) async fn cut(&self, cluster: &str, grant: &Grant, whole: Arc<Sight>) -> Arc<Sight> {
        let view = self.view(&grant.key(cluster));
        let mut last = view.last.lock().await;
        if let Some((of, cut)) = &last.made
            && Arc::ptr_eq(of, &whole)
        {
            return Arc::clone(cut);
        }
        let mut judge = std::mem::take(&mut last.judge);
        let (sees, sight) = (Arc::clone(&grant.sees), Arc::clone(&whole));
        // A large cluster takes a second to be judged.
        let judged = tokio::task::spawn_blocking(move || {
            let snapshot = Arc::new(sight.snapshot.cut(&sees));
            let diagnosis = sight
                .diagnosis
                .is_some()
                .then(|| Arc::new(judge.judge(&snapshot).diagnosis));
            let cut = Sight {
                snapshot,
                diagnosis,
                awaited: sight.awaited,
                events_since: sight.events_since,
                liveness: sight.liveness.clone(),
            };
            (judge, Arc::new(cut))
        });
        let Ok((judge, cut)) = judged.await else {
            // It ended with the runtime: nothing is seen rather than too much.
            return Arc::new(Sight {
                snapshot: Arc::new(
                    whole
                        .snapshot
                        .cut(&podside_diagnosis::snapshot::Sees::default()),
                ),
                diagnosis: None,
                awaited: 0,
                events_since: None,
                liveness: whole.liveness.clone(),
            });
        };
        last.judge = judge;
        last.made = Some((whole, Arc::clone(&cut)));
        cut
    }

    fn view(&self, key: &str) -> Arc<View> {
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        if !views.contains_key(key) && views.len() >= MOST_VIEWS {
            // Whoever still looks at one of them holds it; the next look begins anew.
            views.clear();
        }
        Arc::clone(views.entry(key.to_owned()).or_default())
    }
}
