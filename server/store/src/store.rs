use async_trait::async_trait;
use jiff::Timestamp;
use podside_model::InvestigationId;

use crate::{
    Creation, CreationId, CreationNote, Error, HistoryQuery, HistoryRow, HistorySummary,
    Investigation, NewCreation, NewEntry, NewInvestigation, NewShare, Share, ShareToken, Shared,
    Within,
};

/// What Podside remembers, whichever database keeps it.
///
/// Every implementation passes `tests/contract.rs`.
#[async_trait]
pub trait Store: Send + Sync {
    /// Starts an investigation with its first entries, all or nothing.
    async fn start(
        &self,
        investigation: NewInvestigation,
        entries: Vec<NewEntry>,
    ) -> Result<InvestigationId, Error>;

    /// Adds entries after entry number `after` (0 when there is none), all or
    /// nothing, and returns the number of the last. When this has returned,
    /// they survive the end of the process.
    ///
    /// [`Error::Outrun`] if `after` is not the last entry any more.
    async fn append(
        &self,
        id: InvestigationId,
        after: u32,
        entries: Vec<NewEntry>,
    ) -> Result<u32, Error>;

    /// Adds entries after the last one, whichever that is by then, all or
    /// nothing, and returns the number of the last: for what is true whatever
    /// others write at the same time, such as a note.
    async fn append_last(&self, id: InvestigationId, entries: Vec<NewEntry>) -> Result<u32, Error>;

    /// An investigation with all its entries.
    async fn investigation(&self, id: InvestigationId) -> Result<Investigation, Error>;

    /// Past investigations, newest first. `now` decides which links still count.
    async fn history(&self, query: HistoryQuery, now: Timestamp) -> Result<Vec<HistoryRow>, Error>;

    /// In how many investigations of a cluster the last conclusion is this cause, by its slug:
    /// all of them, whatever a [`HistoryQuery`] is limited to, or those within some places.
    async fn times_found(
        &self,
        cluster: &str,
        cause: &str,
        within: Option<&Within>,
    ) -> Result<u32, Error>;

    /// What the investigations started from `from` until before `until` add up to; all of
    /// them, or those within some places.
    async fn summary(
        &self,
        from: Timestamp,
        until: Timestamp,
        within: Option<&Within>,
    ) -> Result<HistorySummary, Error>;

    /// Makes a link, and keeps with it what it shows where that is not kept yet; all or
    /// nothing. The token is returned this once and kept nowhere.
    ///
    /// [`Error::FormUsed`] if the form has made a link already; then nothing is made.
    async fn share(&self, share: NewShare) -> Result<(Share, ShareToken), Error>;

    /// The links to an investigation, newest first, revoked and expired ones too. Those
    /// that are expired `now` stay so.
    async fn shares(
        &self,
        investigation: InvestigationId,
        now: Timestamp,
    ) -> Result<Vec<Share>, Error>;

    /// What a link shows; [`Error::NoShare`] when there is no such link.
    async fn shown_by(&self, share: i64) -> Result<InvestigationId, Error>;

    /// Makes a link dead from now on.
    async fn revoke(&self, share: i64, by: &str, now: Timestamp) -> Result<(), Error>;

    /// What a link opens. A link that is wrong, expired or revoked opens
    /// nothing, and one cannot tell from the answer which of these it is.
    ///
    /// A link that was seen expired once, by this or another call, stays dead although the
    /// clock is set back.
    async fn open_share(&self, token: &str, now: Timestamp) -> Result<Option<Shared>, Error>;

    /// Counts that somebody opened a link.
    ///
    /// Reading goes before counting: it never fails, and never waits for another write. What
    /// cannot be written at once is kept in memory, counts in [`Store::shares`], and is
    /// written with the next.
    async fn count_opening(&self, share: i64, now: Timestamp);

    /// Writes down what is about to be created in a cluster. When this has returned, it
    /// survives the end of the process.
    ///
    /// [`Error::TooManyLeft`] while that cluster holds as much as is let be.
    async fn intend(&self, creation: NewCreation) -> Result<CreationId, Error>;

    /// Writes down what became of it, as the cluster told it at `at`. What is gone stays gone,
    /// whatever is told of it later: `false` says that it was gone before.
    async fn note_creation(
        &self,
        id: CreationId,
        at: Timestamp,
        note: CreationNote,
    ) -> Result<bool, Error>;

    /// One of them, gone or not; [`Error::NoCreation`] when there is none of this number.
    async fn creation(&self, id: CreationId) -> Result<Creation, Error>;

    /// What is not known to be gone, newest first, at most 500; all of it, or what lies
    /// within some places.
    async fn left(&self, within: Option<&Within>) -> Result<Vec<Creation>, Error>;

    /// What the cluster must be asked about, those first that it was not asked about for
    /// longest, at most 500: what is there and due `now`, what was asked to go, of what it is not
    /// known whether it was created, and everything else that it was not asked about since `not_since`.
    async fn left_to_look_at(
        &self,
        now: Timestamp,
        not_since: Timestamp,
    ) -> Result<Vec<Creation>, Error>;
}
