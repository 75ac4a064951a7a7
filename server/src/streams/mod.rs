//! Routes that may last for hours: one file a stream.

mod logs;
mod origin;
mod stopping;

pub(crate) use logs::{LogRoutes, read_logs};
pub(crate) use stopping::Stopping;
