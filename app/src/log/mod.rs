//! What a log page does with lines, as pure functions and data: keeping them, telling
//! their level, splitting them into coloured and marked parts, filtering, finding,
//! and choosing those that are on the screen.
//!
//! Nothing here knows a browser, so all of it is tested without one. Log text is
//! hostile: no function panics on any text.

mod display;
mod filter;
mod find;
mod histogram;
mod level;
mod sgr;
mod spans;
mod store;
mod view;

pub use display::{Display, Part};
pub use filter::Filter;
pub use find::{Finder, find_ignoring_case};
pub use histogram::Histogram;
pub use level::Level;
pub use sgr::{Colour, Style, plain, styled};
pub use spans::{Span, spans};
pub use store::{Limits, LineStore, Row};
pub use view::View;
