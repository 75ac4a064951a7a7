//! Recordings: what a cluster answered, read into memory and served again
//! over the Kubernetes API, so that practice, offline bundles and our own
//! tests run through the same code as a live cluster.
//!
//! [`Recording::open`] reads one, [`serve`] serves one or several as a cluster
//! that `kubectl` and every other client can read, and in which a few things can be done:
//! recorded commands are run again, Pods are created and deleted, containers added. What
//! was not recorded is refused, never invented. No other server is asked, nothing that a
//! recording holds is executed, and no fact or rule is known here.

mod access;
mod acting;
mod api;
mod assemble;
mod catalogue;
mod clock;
mod cluster;
mod connections;
mod container_log;
mod convert;
mod error;
mod fields;
pub mod generate;
mod logs;
mod merge;
mod object;
mod openapi;
pub mod practice;
mod read;
mod recording;
mod select;
mod serve;
mod shift;
mod store;
mod table;
mod timeline;
mod tls;
mod write;

pub use access::Access;
pub use error::{ReplayError, Result};
pub use object::Object;
pub use read::Limit;
pub use recording::{Change, ChangeKind, ContainerLog, LogKey, Recording, Transcript};
pub use serve::{Play, ServeOptions, Served, Times, serve, serve_generated};
