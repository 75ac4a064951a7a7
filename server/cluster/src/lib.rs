//! Reading a live cluster through kube, where watches become facts, and acting in it.
//!
//! The only crate that speaks Kubernetes. What leaves it are facts, lines and
//! redacted objects; Secret values never do. Nothing is changed in a cluster but through
//! [`acting`], and nothing is changed there twice because an answer did not come. No answer is
//! read without saying what was asked for, no request goes without its turn, no wait is
//! without an end, and nothing here decides what is broken.

mod access;
pub mod acting;
mod answer;
mod change;
mod connection;
mod credentials;
mod discovery;
pub mod effects;
mod error;
mod examine;
mod health;
mod kind;
mod kubeconfig;
mod label_selector;
mod lately;
mod list;
mod listing;
mod live;
mod log;
mod log_line;
mod log_tail;
pub mod logs;
mod missing_right;
mod object;
mod pace;
mod path;
mod pointed;
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
pub use discovery::{Discovery, Meant, Resource};
pub use error::{Error, Result};
pub use examine::Examined;
pub use kubeconfig::{IN_CLUSTER, Kubeconfig, runs_in_cluster};
pub use label_selector::{LabelSelector, NoLabelSelector};
pub use listing::{Column, Line, Listing, MOST_LINES};
pub use live::{Cluster, Settings, Sight, Viewing};
pub use log::LogOptions;
pub use log_line::{LONGEST_LINE, LogLine};
pub use object::{Found, HIDDEN};
pub use record::{Recorded, RecordedLog};
