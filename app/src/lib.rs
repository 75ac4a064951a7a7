//! What a browser shows: the pages and components of Podside.
//!
//! The crate is built twice: with the feature `ssr` into the server, which
//! renders every page completely, and with `hydrate` into the wasm client,
//! which takes over the same markup in the browser. It knows no server, no cluster and no
//! store: it asks a [`Portal`]. No rule and no regular expression is in it, and no page
//! is incomplete without wasm.

#![recursion_limit = "256"]
#![allow(
    clippy::needless_pass_by_value,
    reason = "a component owns its properties, because it may outlive whoever renders it"
)]

pub mod address;
pub mod api;
pub mod app;
pub mod arriving;
mod as_maps;
pub mod chain;
pub mod changes;
pub mod clock;
pub mod components;
pub mod json_text;
pub mod keyboard;
mod letter_case;
pub mod live;
pub mod log;
pub mod pages;
pub mod parts;
pub mod portal;
pub mod preferences;
pub mod runbooks;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "hydrate")]
mod socket;
pub mod status;
pub mod tenths;
pub mod tree;
mod words;
pub mod writes;

pub use app::App;
pub use portal::{Answer, LONGEST_SEARCH, Place, Portal, PortalError, SharedPortal, Viewer};
#[cfg(feature = "ssr")]
pub use words::{ObservedWords, RefusalWords};
pub use writes::Writes;
