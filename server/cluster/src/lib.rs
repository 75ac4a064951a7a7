//! Reading a live cluster through kube: watches become facts.
//!
//! The only crate that speaks Kubernetes. What leaves it are facts, lines and
//! redacted objects; Secret values never do.

mod access;
pub mod acting;
mod answer;
mod change;
mod connection;
mod credentials;
mod discovery;
mod error;
mod examine;
mod health;
mod kind;
mod kubeconfig;
mod lately;
mod list;
mod live;
mod log;
mod log_line;
mod log_tail;
pub mod logs;
mod missing_right;
mod object;
mod pace;
mod path;
mod proxy;
mod read;
mod record;
mod scope;
mod secret;
pub mod terminal;
mod wanted;
mod watch;
mod weight;

pub use access::Rights;
pub use connection::Connection;
pub use error::{Error, Result};
pub use examine::Examined;
pub use kubeconfig::{IN_CLUSTER, Kubeconfig, runs_in_cluster};
pub use live::{Cluster, Settings, Sight, Viewing};
pub use log::LogOptions;
pub use log_line::{LONGEST_LINE, LogLine};
pub use object::{Found, HIDDEN};
pub use record::{Recorded, RecordedLog};
