//! Logs as a reader follows them: several containers at once, in the order of time,
//! across everything that breaks.
//!
//! One request for one log is [`Connection::logs`](crate::Connection::logs). Here
//! are the layers on top of it: `follow` goes on with one container's log where the last request
//! ended, without a line lost or repeated; `merge` puts several in the order of
//! time; [`LogStream`] finds the containers and joins those that come later.
//! [`SharedLogs`] lies below them where many read the same logs: each log that is followed
//! is asked for once, `reader` goes from what is stored to what is written without a hole.
//! [`WatchedLogs`] finds the Pods among the facts of a cluster that is watched, so that who
//! follows a log lists nothing.

mod answers;
mod api;
mod batch;
mod follow;
mod labels;
mod lookout;
mod merge;
mod pods;
mod reader;
mod recent;
mod repeats;
mod run;
mod shared;
#[cfg(test)]
mod shared_tests;
mod stream;
mod target;
#[cfg(test)]
mod tests;
mod update;
mod watched;

pub use api::LogApi;
pub use follow::why;
pub use pods::{PodList, PodSources};
pub use run::{ContainerRun, RunState};
pub use shared::SharedLogs;
pub use stream::{LogStream, StreamItem};
pub use target::{Instances, LogQuery, LogTarget, Since};
pub use watched::WatchedLogs;
