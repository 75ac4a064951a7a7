//! What Podside remembers, as one viewer may know it.

use jiff::Timestamp;
use podside_model::{InvestigationId, ObjectRef};
use podside_store::{
    Creation, CreationId, CreationNote, Error, HistoryQuery, HistoryRow, HistorySummary,
    Investigation, NewCreation, NewEntry, NewInvestigation, NewShare, Share, ShareToken, Shared,
    Store, ToShare,
};
use tokio::sync::watch;

use super::access::Access;
use super::masked::masked;

/// The store behind a session. What the viewer may not know of is not there.
pub(crate) struct Kept<'a> {
    store: &'a dyn Store,
    access: &'a Access,
    noted: &'a watch::Sender<u64>,
}

impl<'a> Kept<'a> {
    pub(super) fn new(
        store: &'a dyn Store,
        access: &'a Access,
        noted: &'a watch::Sender<u64>,
    ) -> Self {
        Self {
            store,
            access,
            noted,
        }
    }

    /// Tells who looks at what is kept that something else is.
    fn note<T>(&self, written: Result<T, Error>) -> Result<T, Error> {
        if written.is_ok() {
            self.noted
                .send_modify(|count| *count = count.wrapping_add(1));
        }
        written
    }

    /// [`Store::start`]. Whether the target may be seen was asked where it was looked for.
    pub(crate) async fn start(
        &self,
        investigation: NewInvestigation,
        entries: Vec<NewEntry>,
    ) -> Result<InvestigationId, Error> {
        self.note(self.store.start(investigation, entries).await)
    }

    /// [`Store::append`].
    pub(crate) async fn append(
        &self,
        id: InvestigationId,
        after: u32,
        entries: Vec<NewEntry>,
    ) -> Result<u32, Error> {
        self.known(id).await?;
        self.note(self.store.append(id, after, entries).await)
    }

    /// [`Store::append_last`].
    pub(crate) async fn append_last(
        &self,
        id: InvestigationId,
        entries: Vec<NewEntry>,
    ) -> Result<u32, Error> {
        self.known(id).await?;
        self.note(self.store.append_last(id, entries).await)
    }

    /// [`Store::investigation`], with what the viewer may not list
    /// [masked](super::masked::masked).
    pub(crate) async fn investigation(&self, id: InvestigationId) -> Result<Investigation, Error> {
        let kept = self.store.investigation(id).await?;
        let Some(within) = self.access.within() else {
            return Ok(kept);
        };
        if !within.holds(&kept.cluster, &kept.target) {
            return Err(Error::NoInvestigation(id));
        }
        let cluster = kept.cluster.clone();
        Ok(masked(kept, &|object| {
            self.access.may_see(&cluster, object)
        }))
    }

    /// [`Store::history`].
    pub(crate) async fn history(
        &self,
        query: HistoryQuery,
        now: Timestamp,
    ) -> Result<Vec<HistoryRow>, Error> {
        let within = self.access.within();
        let is_whole = within.is_none();
        let query = HistoryQuery { within, ..query };
        let mut rows = self.store.history(query, now).await?;
        if !is_whole {
            for row in &mut rows {
                let (cluster, target) = (row.cluster.clone(), row.target.clone());
                if let Some(entry) = &mut row.conclusion {
                    super::masked::mask(&mut entry.body, &target, &|object| {
                        self.access.may_see(&cluster, object)
                    });
                }
            }
        }
        Ok(rows)
    }

    /// [`Store::times_found`].
    pub(crate) async fn times_found(&self, cluster: &str, cause: &str) -> Result<u32, Error> {
        let within = self.access.within();
        self.store
            .times_found(cluster, cause, within.as_ref())
            .await
    }

    /// [`Store::summary`].
    pub(crate) async fn summary(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<HistorySummary, Error> {
        let within = self.access.within();
        self.store.summary(from, until, within.as_ref()).await
    }

    /// [`Store::share`].
    pub(crate) async fn share(&self, share: NewShare) -> Result<(Share, ShareToken), Error> {
        if let ToShare::Kept(id) = &share.of {
            self.known(*id).await?;
        }
        self.note(self.store.share(share).await)
    }

    /// [`Store::shares`].
    pub(crate) async fn shares(
        &self,
        investigation: InvestigationId,
        now: Timestamp,
    ) -> Result<Vec<Share>, Error> {
        self.known(investigation).await?;
        self.store.shares(investigation, now).await
    }

    /// [`Store::revoke`].
    pub(crate) async fn revoke(&self, share: i64, by: &str, now: Timestamp) -> Result<(), Error> {
        if matches!(self.access, Access::Granted(_)) {
            self.known(self.store.shown_by(share).await?).await?;
        }
        self.note(self.store.revoke(share, by, now).await)
    }

    /// [`Store::open_share`]: a link shows what it was made of to whoever has it, whatever
    /// they may list.
    pub(crate) async fn open_share(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Shared>, Error> {
        self.store.open_share(token, now).await
    }

    /// [`Store::count_opening`].
    pub(crate) async fn count_opening(&self, share: i64, now: Timestamp) {
        self.store.count_opening(share, now).await;
    }

    /// [`Store::intend`]. Whether the viewer may create it is the cluster's to say.
    pub(crate) async fn intend(&self, creation: NewCreation) -> Result<CreationId, Error> {
        if let Some(id) = creation.investigation {
            self.known(id).await?;
        }
        self.store.intend(creation).await
    }

    /// [`Store::note_creation`].
    pub(crate) async fn note_creation(
        &self,
        id: CreationId,
        at: Timestamp,
        note: CreationNote,
    ) -> Result<bool, Error> {
        self.creation(id).await?;
        self.store.note_creation(id, at, note).await
    }

    /// [`Store::creation`].
    pub(crate) async fn creation(&self, id: CreationId) -> Result<Creation, Error> {
        let kept = self.store.creation(id).await?;
        let pod = ObjectRef::namespaced("Pod", &kept.made.namespace, &kept.made.pod);
        if self.access.may_see(&kept.made.cluster, &pod) {
            Ok(kept)
        } else {
            Err(Error::NoCreation(id))
        }
    }

    /// [`Store::left`].
    pub(crate) async fn left(&self) -> Result<Vec<Creation>, Error> {
        let within = self.access.within();
        self.store.left(within.as_ref()).await
    }

    /// [`Store::left_to_look_at`], which is Podside's own work: somebody who may not know of
    /// all is told of nothing.
    pub(crate) async fn left_to_look_at(
        &self,
        now: Timestamp,
        not_since: Timestamp,
    ) -> Result<Vec<Creation>, Error> {
        match self.access {
            Access::Own => self.store.left_to_look_at(now, not_since).await,
            Access::Granted(_) => Ok(Vec::new()),
        }
    }

    /// Whether the viewer may know of an investigation: one that they may not is not there.
    async fn known(&self, id: InvestigationId) -> Result<(), Error> {
        match self.access {
            Access::Own => Ok(()),
            Access::Granted(_) => self.investigation(id).await.map(|_| ()),
        }
    }
}
