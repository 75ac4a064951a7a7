//! The commands of `podside`, one file each: its flags and what it does.

pub(crate) mod backup;
mod data;
pub(crate) mod diagnose;
pub(crate) mod record;
pub(crate) mod replay;
pub(crate) mod runbook;
pub(crate) mod serve;
