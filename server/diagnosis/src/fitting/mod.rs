//! Which nodes would take a Pod, and what keeps it from the others: the scheduler's filters,
//! held against the facts. Several rules ask it of the same Pods, so what was worked out is
//! remembered in [`Findings`](crate::findings::Findings).

mod fit;
mod fits;
mod neighbours;

pub(crate) use fit::{Obstacle, Room, Shortage, port_holder, rooms};
pub(crate) use fits::{Blame, Fits, Judged, TemplateOf};
