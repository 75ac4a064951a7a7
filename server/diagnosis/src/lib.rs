//! Facts, rules, problems, and the runbook engine: pure functions of a snapshot.
//!
//! API objects become [`facts`]; facts make a [`snapshot`]; the [`rules`] look at it and
//! [`judge`](judge::judge) joins what they find into a diagnosis, whose texts are data and
//! are [resolved](texts::resolve) when they are shown. No clock, no I/O, no Kubernetes client,
//! no answer that depends on the order in which facts came, and nothing that is taken for well
//! because it could not be read.

pub mod authors;
mod callees;
pub mod changed;
pub mod facts;
pub mod finding;
pub mod findings;
mod fitting;
mod hidden;
mod hosts;
pub mod judge;
pub mod kubectl;
pub mod log_reading;
pub mod near;
pub mod observations;
pub mod pasted;
mod patience;
pub mod proof;
mod remembered;
pub mod rule;
pub mod rules;
pub mod runbook;
pub mod snapshot;
mod templates;
#[cfg(test)]
mod testing;
pub mod text;
pub mod texts;
mod unwell;
pub mod vocabulary;
mod want;

pub use want::Want;
