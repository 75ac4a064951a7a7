//! Routes that may last for hours: one file a stream.

mod changes;
mod logs;
mod origin;
mod stopping;

pub(crate) use changes::{Of, routes as change_routes};
pub(crate) use logs::{LogRoutes, read_logs};
pub(crate) use stopping::Stopping;
