//! The last diagnosis of a cluster, for when there can be no newer one.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use podside_model::Liveness;

use super::Sight;

/// The last sight that had a diagnosis. It is kept while nobody looks, when the facts are
/// forgotten: who comes back and finds an API server that fails sees what was known, and how
/// old it is. One snapshot is what it costs.
#[derive(Debug, Default)]
pub(crate) struct Last {
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug)]
struct Kept {
    sight: Sight,
    /// When all of it was what is; `None` when it never was.
    at: Option<Timestamp>,
}

impl Last {
    /// Keeps a sight with its diagnosis, in place of the one before.
    pub(crate) fn keep(&self, sight: &Sight) {
        let at = match &sight.liveness {
            Liveness::Live { at } => Some(*at),
            Liveness::NotLive { since, .. } => *since,
            Liveness::Loading { .. } => None,
        };
        *self.kept() = Some(Kept {
            sight: sight.clone(),
            at,
        });
    }

    /// Shows what was kept in place of a sight that has no diagnosis because the API server
    /// fails. One that is being read shows nothing old.
    pub(crate) fn stand_in(&self, sight: &mut Sight) {
        let Liveness::NotLive { since, .. } = &mut sight.liveness else {
            return;
        };
        if let Some(kept) = &*self.kept() {
            *since = kept.at;
            sight.snapshot.clone_from(&kept.sight.snapshot);
            sight.diagnosis.clone_from(&kept.sight.diagnosis);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
