//! The forms that remove what Podside created.

use axum::extract::Path;
use axum::http::header::HeaderMap;
use axum::response::Response;
use podside_app::{Place, PortalError, address};
use podside_cluster::acting::PodId;
use podside_model::Lang;
use podside_model::form::FoundRemovalForm;
use podside_store::CreationId;

use super::lead_on;
use super::sent::Sent;
use crate::bounds::{Text, bounded};
use crate::ledger::Ledger;
use crate::referer;
use crate::session::Session;

/// Removes what the store knows, and leads back to what is left.
pub(super) async fn remove(session: Session, Path(id): Path<i64>, headers: HeaderMap) -> Response {
    let removed = Ledger::of(&session).end(CreationId(id)).await;
    let removed = removed.map_err(|error| error.told(session.lang()));
    lead_on(removed.map(|()| back(&headers, Place::default())))
}

/// Removes a Pod that was found by its label, and leads back to what is left in its cluster.
pub(super) async fn remove_found(
    session: Session,
    headers: HeaderMap,
    Sent(form): Sent<FoundRemovalForm>,
) -> Response {
    lead_on(match in_bounds(session.lang(), &form) {
        Ok(()) => {
            let pod = PodId {
                namespace: form.namespace,
                name: form.name,
                uid: form.uid,
            };
            let removed = Ledger::of(&session).end_found(&form.cluster, &pod).await;
            let place = Place {
                cluster: Some(form.cluster),
                namespace: None,
            };
            removed
                .map(|()| back(&headers, place))
                .map_err(|error| error.told(session.lang()))
        }
        Err(error) => Err(error),
    })
}

fn in_bounds(lang: Lang, form: &FoundRemovalForm) -> Result<(), PortalError> {
    bounded(lang, Text::Cluster, &form.cluster)?;
    bounded(lang, Text::Namespace, &form.namespace)?;
    bounded(lang, Text::Name, &form.name)?;
    bounded(lang, Text::Name, &form.uid)
}

/// The page that the form stood on, if it was one of what is left.
fn back(headers: &HeaderMap, place: Place) -> String {
    let is_left = |page: &String| page.split('?').next() == Some("/leftovers");
    let page = referer::page(headers).filter(is_left);
    page.unwrap_or_else(|| address::leftovers(&place))
}

#[cfg(test)]
mod tests {
    use axum::http::header::REFERER;

    use super::*;

    #[test]
    fn back_never_leaves_what_is_left() {
        let mut headers = HeaderMap::new();
        assert_eq!(back(&headers, Place::default()), "/leftovers");
        for (referer, expected) in [
            (
                "http://localhost/leftovers?cluster=a",
                "/leftovers?cluster=a",
            ),
            ("http://localhost/leftovers/1/removal", "/leftovers"),
            ("http://evil.example//leftovers", "/leftovers"),
            ("http://localhost/history", "/leftovers"),
        ] {
            headers.insert(REFERER, referer.parse().unwrap());
            assert_eq!(back(&headers, Place::default()), expected, "{referer}");
        }
    }
}
