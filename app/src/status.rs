//! The HTTP status of the page being rendered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use leptos::prelude::use_context;

/// The HTTP status with which the server will answer; 200 unless a page says
/// otherwise while it renders.
///
/// The server puts one into the context of each request, because `app` knows
/// no server. In the browser there is none, and nothing to answer.
#[derive(Clone, Debug)]
pub struct PageStatus(Arc<AtomicU16>);

impl Default for PageStatus {
    fn default() -> Self {
        Self(Arc::new(AtomicU16::new(200)))
    }
}

impl PageStatus {
    /// The status to answer with.
    pub fn get(&self) -> u16 {
        self.0.load(Ordering::Relaxed)
    }

    /// Answers with `status`, for example 404 for a page that is not there.
    pub fn set(&self, status: u16) {
        self.0.store(status, Ordering::Relaxed);
    }
}

/// Lets the page that is being rendered answer with `status`; does nothing in
/// the browser.
pub fn answer_with_status(status: u16) {
    if let Some(page) = use_context::<PageStatus>() {
        page.set(status);
    }
}
