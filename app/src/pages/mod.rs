//! One module a page.
#![expect(
    unreachable_pub,
    reason = "the component macro wraps each function in one that only `mod.rs` re-exports"
)]

mod answered;
mod events;
mod failure;
mod found;
mod history;
mod investigation;
mod leftovers;
mod logs;
mod not_found;
mod objects;
mod problem;
mod refused;
mod resource;
mod runbook;
mod runbooks;
mod share;
mod sharing;
mod triage;

use answered::{answered, ask_for};
pub use events::EventsRoute;
pub use failure::Failure;
pub use found::FoundRoute;
pub use history::HistoryRoute;
pub use investigation::InvestigationRoute;
pub use leftovers::LeftoversRoute;
pub use logs::LogsRoute;
pub use not_found::NotFound;
pub use objects::ObjectsRoute;
pub use problem::ProblemRoute;
pub use refused::{Refused, RefusedPage};
pub use resource::ResourceRoute;
pub use runbook::RunbookRoute;
pub use runbooks::RunbooksRoute;
pub use share::ShareRoute;
pub use sharing::{SentSharing, SharingRoute};
pub use triage::TriageRoute;
