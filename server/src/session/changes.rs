//! What a page may be told has changed.

use std::future::pending;
use std::mem::discriminant;
use std::sync::Arc;

use podside_cluster::{Cluster, Sight, Viewing};
use podside_model::{Diagnosis, Liveness, Message, ObjectRef};
use tokio::sync::watch;

use super::concern::Concern;
use crate::streams::Of;

/// What one page shows, as it changes.
pub(crate) struct Changes {
    of: Of,
    cluster: Option<Watched>,
    kept: Option<watch::Receiver<u64>>,
}

/// A cluster that is watched for a page.
struct Watched {
    sights: watch::Receiver<Arc<Sight>>,
    /// The last one that shows nothing else than the page was told of.
    told: Arc<Sight>,
    /// What concerns the page, if it is one of one object.
    concern: Option<Concern>,
    /// Keeps it in sight while somebody listens.
    _viewing: Viewing,
}

impl Changes {
    pub(super) fn new(
        of: Of,
        about: Option<&ObjectRef>,
        cluster: Option<&Cluster>,
        kept: Option<watch::Receiver<u64>>,
    ) -> Self {
        let cluster = cluster.map(|cluster| {
            let mut sights = cluster.sights();
            let told = Arc::clone(&sights.borrow_and_update());
            Watched {
                sights,
                concern: about.and_then(|object| Concern::with(object, &told)),
                told,
                _viewing: cluster.look(),
            }
        });
        Self { of, cluster, kept }
    }

    /// Waits until something changes; false when nothing can any more.
    pub(crate) async fn changed(&mut self) -> bool {
        let (cluster, kept) = (self.cluster.as_mut(), self.kept.as_mut());
        let of_cluster = async {
            match cluster {
                Some(cluster) => cluster.sights.changed().await.is_ok(),
                None => pending().await,
            }
        };
        let of_kept = async {
            match kept {
                Some(kept) => kept.changed().await.is_ok(),
                None => pending().await,
            }
        };
        tokio::select! {
            changed = of_cluster => changed,
            changed = of_kept => {
                // What is written is always news.
                if let Some(kept) = self.kept.as_mut() {
                    kept.mark_changed();
                }
                changed
            }
        }
    }

    /// Whether what changed is something that the page shows. It counts as told then.
    pub(crate) fn is_news(&mut self) -> bool {
        let mut is_news = false;
        if let Some(kept) = &mut self.kept {
            is_news = kept.has_changed().unwrap_or(false);
            kept.mark_unchanged();
        }
        if let Some(cluster) = &mut self.cluster {
            is_news |= cluster.is_news(self.of);
        }
        is_news
    }
}

impl Watched {
    fn is_news(&mut self, of: Of) -> bool {
        let now = Arc::clone(&self.sights.borrow_and_update());
        let told = std::mem::replace(&mut self.told, Arc::clone(&now));
        let is_told = match (&self.concern, of) {
            (Some(concern), _) => concern.is_alike(&told, &now),
            (None, Of::Facts) => Arc::ptr_eq(&told.snapshot, &now.snapshot),
            (None, Of::Diagnosis | Of::Kept) => is_judged_alike(&told, &now),
        };
        let is_news = !is_told || !is_as_live(&told.liveness, &now.liveness);
        if is_news {
            // Other owners and other problems may concern it from here on.
            let object = self.concern.as_ref().and_then(Concern::object).cloned();
            self.concern = object.and_then(|object| Concern::with(&object, &now));
        }
        is_news
    }
}

/// Whether the rules make the same of two sights. When they looked is no difference.
fn is_judged_alike(one: &Sight, other: &Sight) -> bool {
    let alike = |one: &Diagnosis<Message>, other: &Diagnosis<Message>| {
        one.problems == other.problems
            && one.unknown == other.unknown
            && one.unsettled == other.unsettled
            && one.unexplained == other.unexplained
            && one.checked == other.checked
    };
    match (&one.diagnosis, &other.diagnosis) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other) || alike(one, other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// Whether two states are told alike. One that is live stays so from moment to moment.
fn is_as_live(one: &Liveness, other: &Liveness) -> bool {
    match (one, other) {
        (Liveness::Live { .. }, Liveness::Live { .. }) => true,
        (Liveness::Loading { .. }, Liveness::Loading { .. }) => one == other,
        (one, other) => discriminant(one) == discriminant(other),
    }
}
