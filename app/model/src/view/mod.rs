//! What each page shows, with every text in the reader's language.
//!
//! One file a page. The server's "now", the language and the liveness travel in the
//! data, so that the first render in the browser equals the server's.

mod beginning;
mod chart_head;
mod events;
mod found;
mod investigation;
mod leftovers;
mod logs;
mod objects;
mod resource;
mod runbook;
mod secrets;
mod sharing;
mod triage;
mod triage_ask;
mod walk;

pub use beginning::{Beginning, WhyBegin};
pub use chart_head::ChartHead;
pub use events::{EventHistogram, EventSeries, EventsAsk, EventsPage, Tick};
pub use found::{FoundObject, FoundPage, FoundRunbook, SaysSame};
pub use investigation::{
    Going, HereView, HistoryPage, InvestigationPage, PastInvestigation, SharedPage,
};
pub use leftovers::{Leftover, LeftoverState, LeftoversPage, LookedFor};
pub use logs::{LogRow, LogRun, Logs, LogsAsk, LogsPage};
pub use objects::{
    KindRow, KindsPage, ObjectColumn, ObjectList, ObjectRow, ObjectsAsk, ObjectsBody, ObjectsPage,
    PodStage, UnreadGroup, Unwell, UnwellWhy,
};
pub use resource::{
    Condition, Content, EventRow, Excerpt, Health, LogTail, Reading, ResourceBody, ResourcePage,
    ResourceView, Row, Section, Value,
};
pub use runbook::{CheckedBy, RunbookCard, RunbookPage, RunbookStep, RunbooksPage, Way, WayTo};
pub use secrets::Secrets;
pub use sharing::{
    HiddenValue, LinksPage, MadeLink, Revoked, SHARE_DAYS, SHARE_DAYS_USUAL, ShareOf, ShareRow,
    SharingPage, SinceSeen,
};
pub use triage::{ProblemPage, SeenBefore, ShownObject, TriagePage};
pub use triage_ask::{TriageAsk, TriageCounts};
pub use walk::{
    ConclusionView, DocsLink, ProbeLacks, ProbePlace, ProbeRun, ProbeStep, ProbeView, RecordRow,
    RecordWhat, StepView, TreePlace, TreeRow, TreeState,
};
