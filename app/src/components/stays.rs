use std::sync::Arc;

use leptos::prelude::*;

use crate::address;
use crate::portal::Place;

/// What a page shows elsewhere, for pages that are about a place: another cluster or
/// namespace leads to the same there instead of to its triage.
#[derive(Clone)]
pub struct Stays(Arc<dyn Fn(&Place) -> String + Send + Sync>);

impl Stays {
    /// The page that is being made is at this address at another place.
    pub fn on(href: impl Fn(&Place) -> String + Send + Sync + 'static) {
        provide_context(Self(Arc::new(href)));
    }

    /// Where choosing a place leads.
    pub(super) fn href(place: &Place) -> String {
        match use_context::<Self>() {
            Some(Self(href)) => href(place),
            None => address::triage(place),
        }
    }
}
