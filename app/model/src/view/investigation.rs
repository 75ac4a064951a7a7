use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ChartHead, ConclusionView, HiddenValue, RecordRow, ShareRow, StepView, TreeRow};
use crate::{Cause, InvestigationId, ObjectRef};

/// One investigation as it goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvestigationPage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// Its number.
    pub id: InvestigationId,
    /// The title of the runbook that is followed, or the cause of the problem that was kept.
    pub title: String,
    /// The runbook's id; `None` for a problem that was kept as it was found.
    pub runbook: Option<String>,
    /// What is looked at.
    pub target: ObjectRef,
    /// Who started it.
    pub started_by: String,
    /// When.
    #[serde(with = "crate::moment")]
    pub started_at: Timestamp,
    /// Where the walk is.
    pub here: HereView,
    /// The whole runbook with the walk in it; empty without a runbook.
    pub tree: Vec<TreeRow>,
    /// Everything that was written down, oldest first.
    pub record: Vec<RecordRow>,
    /// The number of the last entry, which every form sends along.
    pub last_seq: u32,
    /// The links to it, newest first.
    pub shares: Vec<ShareRow>,
    /// What is being done in it.
    pub going: Option<Going>,
}

/// Something that is being done on somebody's behalf, whoever looks at the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Going {
    /// On whose behalf.
    pub owner: String,
    /// The command that is run, when it is a test.
    pub runs: Option<String>,
    /// How many parts of it are done.
    pub done: usize,
    /// How many there may be; 0 when that is not known yet.
    pub of: usize,
    /// When it began.
    #[serde(with = "crate::moment")]
    pub since: Timestamp,
    /// When it is ended at the latest.
    #[serde(with = "crate::moment")]
    pub until: Timestamp,
}

/// Where a walk is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HereView {
    /// At a step whose answer is awaited.
    Step(Box<StepView>),
    /// At the end.
    Concluded {
        /// The conclusion.
        conclusion: ConclusionView,
    },
}

/// An investigation as a link shows it: without a cluster, without rights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedPage {
    /// The server's clock when it rendered.
    #[serde(with = "crate::moment")]
    pub now: Timestamp,
    /// When it was frozen; `None` for a link that goes on.
    #[serde(default, with = "crate::moment::option")]
    pub frozen_at: Option<Timestamp>,
    /// Who shared it.
    pub shared_by: String,
    /// From when on the link is dead.
    #[serde(with = "crate::moment")]
    pub expires_at: Timestamp,
    /// The cluster's name.
    pub cluster: String,
    /// What was looked at.
    pub target: ObjectRef,
    /// When the investigation was started.
    #[serde(with = "crate::moment")]
    pub started_at: Timestamp,
    /// The title of the runbook that was followed, when it was.
    pub title: Option<String>,
    /// The runbook's id.
    pub runbook: Option<String>,
    /// Everything that was written down, oldest first.
    pub record: Vec<RecordRow>,
    /// The last conclusion.
    pub conclusion: Option<ConclusionView>,
    /// The values that are hidden in all of this, each once.
    pub hidden: Vec<HiddenValue>,
}

/// Past investigations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryPage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// The words that were searched for.
    pub words: String,
    /// The investigations, newest first.
    pub rows: Vec<PastInvestigation>,
    /// The last one shown, when there are older ones.
    pub more: Option<InvestigationId>,
    /// How many were started in the last 30 days.
    pub investigations: u32,
    /// The causes of the last 30 days and how often each was found, most frequent first.
    pub breaks_most: Vec<(Cause, u32)>,
    /// The median time to a cause in the last 30 days, in seconds.
    pub median_seconds: Option<i64>,
    /// The same of the 30 days before.
    pub median_seconds_before: Option<i64>,
}

/// One past investigation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastInvestigation {
    /// Its number.
    pub id: InvestigationId,
    /// What was wrong, or what was asked.
    pub title: String,
    /// What was looked at.
    pub target: ObjectRef,
    /// The cluster's name.
    pub cluster: String,
    /// The cause that was found.
    pub cause: Option<Cause>,
    /// Whether there is a conclusion at all.
    pub concluded: bool,
    /// Who started it.
    pub who: String,
    /// When.
    #[serde(with = "crate::moment")]
    pub started_at: Timestamp,
    /// The time to the conclusion, in seconds.
    pub seconds: Option<i64>,
    /// Links that show it as it was.
    pub frozen_links: u32,
    /// Links that go on with it.
    pub live_links: u32,
}
