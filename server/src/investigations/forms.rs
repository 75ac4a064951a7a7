//! The forms of the pages: each does one thing and leads back to a page, so that an
//! investigation works without JavaScript.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, COOKIE, HeaderMap,
    HeaderName,
};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use podside_app::preferences::Preferences;
use podside_app::{Place, PortalError, Viewer, address};
use podside_diagnosis::runbook::Event;
use podside_model::legible::legible;
use podside_model::{Answer, InvestigationId, Lang, ObjectRef};

use super::{Investigations, export, link_forms};

/// Where the forms go.
pub(crate) fn routes(investigations: Investigations) -> Router {
    Router::new()
        .route("/investigations", post(start))
        .route("/investigations/{id}/answers", post(answer))
        .route("/investigations/{id}/returns", post(go_back))
        .route("/investigations/{id}/walk", post(walk))
        .route("/investigations/{id}/notes", post(note))
        .route(
            "/investigations/{id}/shares",
            post(link_forms::share).get(link_forms::to_links),
        )
        .route(
            "/problems/shares",
            post(link_forms::share_problem).get(link_forms::to_history),
        )
        .route("/shares/{id}/revocation", post(link_forms::revoke))
        .route("/shared/{token}/markdown", get(shared_markdown))
        .route("/history.csv", get(export::history))
        .with_state(Arc::new(investigations))
}

/// A link may be revoked at any moment: nothing that it shows, or does not, is kept.
pub(super) const NEVER_KEPT: (HeaderName, &str) = (CACHE_CONTROL, "private, no-store");

pub(super) type Shared = State<Arc<Investigations>>;

async fn start(State(investigations): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let (viewer, sent) = (viewer(&headers), Sent::read(&body));
    let Some(target) = sent.get("target").and_then(object) else {
        return refuse(&invalid(viewer.lang, "target"));
    };
    let place = Place {
        cluster: sent.get("cluster").map(str::to_owned),
        namespace: target.namespace.clone(),
    };
    let runbook = sent.get("runbook").unwrap_or_default();
    match investigations.start(&viewer, &place, runbook, target).await {
        Ok((id, place)) => to(&address::investigation(&place, id)),
        Err(error) => refuse(&error),
    }
}

async fn answer(
    State(investigations): Shared,
    Path(id): Path<i64>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (viewer, sent) = (viewer(&headers), Sent::read(&body));
    let Some(answer) = sent
        .get("answer")
        .and_then(|word| word.parse::<Answer>().ok())
    else {
        return refuse(&invalid(viewer.lang, "answer"));
    };
    let event = Event::Answered {
        step: sent.get("step").unwrap_or_default().to_owned(),
        answer,
    };
    happen(&investigations, &viewer, id, &sent, event).await
}

async fn go_back(
    State(investigations): Shared,
    Path(id): Path<i64>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (viewer, sent) = (viewer(&headers), Sent::read(&body));
    let event = Event::Returned {
        step: sent.get("step").unwrap_or_default().to_owned(),
    };
    happen(&investigations, &viewer, id, &sent, event).await
}

async fn walk(
    State(investigations): Shared,
    Path(id): Path<i64>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (viewer, sent) = (viewer(&headers), Sent::read(&body));
    happen(&investigations, &viewer, id, &sent, Event::ByItself).await
}

async fn happen(
    investigations: &Investigations,
    viewer: &Viewer,
    id: i64,
    sent: &Sent,
    event: Event,
) -> Response {
    let id = InvestigationId(id);
    let Some(after) = sent.get("after").and_then(|number| number.parse().ok()) else {
        return refuse(&invalid(viewer.lang, "after"));
    };
    match investigations.happen(viewer, id, after, event).await {
        Ok(place) => to(&address::investigation(&place, id)),
        Err(error) => refuse(&error),
    }
}

async fn note(
    State(investigations): Shared,
    Path(id): Path<i64>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (viewer, sent) = (viewer(&headers), Sent::read(&body));
    let id = InvestigationId(id);
    let step = sent
        .get("step")
        .filter(|step| !step.is_empty() && step.len() <= 40);
    let text = sent.get("text").unwrap_or_default();
    match investigations
        .note(&viewer, id, step.map(str::to_owned), text)
        .await
    {
        Ok(place) => to(&address::investigation(&place, id)),
        Err(error) => refuse(&error),
    }
}

/// What a link shows, as a Markdown file. Like its page, it needs neither login nor
/// cluster, and is not there for a link that is wrong, expired or revoked.
async fn shared_markdown(
    State(investigations): Shared,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let lang = viewer(&headers).lang;
    let page = match crate::portal::shared(&investigations, lang, &token).await {
        Ok(page) => page,
        Err(PortalError::NotFound { .. }) => {
            let says = match lang {
                Lang::En => "There is nothing at this link.\n",
                Lang::Ja => "このリンクには何もありません。\n",
            };
            return (StatusCode::NOT_FOUND, [NEVER_KEPT], says).into_response();
        }
        Err(error) => return refuse(&error),
    };
    let kept = [
        (CONTENT_TYPE, "text/markdown; charset=utf-8"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"investigation.md\"",
        ),
        NEVER_KEPT,
    ];
    (kept, crate::report::shared(&page, lang)).into_response()
}

fn to(address: &str) -> Response {
    Redirect::to(address).into_response()
}

/// What could not be done, in the person's language: as text, and with the error from which
/// the router makes a page for a browser.
pub(crate) fn refuse(error: &PortalError) -> Response {
    let status = StatusCode::from_u16(error.status());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let error = Extension(error.clone());
    (status, error.clone(), format!("{}\n", error.0)).into_response()
}

pub(super) fn invalid(lang: Lang, field: &str) -> PortalError {
    PortalError::Invalid {
        what: match lang {
            Lang::En => {
                format!("The form's field {field} is missing or wrong. Load the page again.")
            }
            Lang::Ja => {
                format!("フォームの項目 {field} がないか、誤っています。ページを読み込み直します。")
            }
        },
    }
}

/// Who asks, by the headers of the request.
pub(crate) fn viewer(headers: &HeaderMap) -> Viewer {
    let header = |name| {
        headers
            .get(name)
            .and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
            .unwrap_or_default()
    };
    let preferences = Preferences::of_request("", header(COOKIE), header(ACCEPT_LANGUAGE));
    Viewer {
        name: None,
        lang: preferences.lang,
    }
}

/// `KIND/NAMESPACE/NAME`, as the form for starting sends it.
pub(super) fn object(text: &str) -> Option<ObjectRef> {
    let mut parts = text.splitn(3, '/');
    let (kind, namespace, name) = (parts.next()?, parts.next()?, parts.next()?);
    let is_name = |part: &str| {
        !part.is_empty()
            && part.len() <= 253
            && !part.contains(|c: char| c.is_control() || c == '/')
    };
    if !(is_name(kind) && is_name(namespace) && is_name(name)) {
        return None;
    }
    Some(address::object_of(
        kind,
        namespace.to_owned(),
        name.to_owned(),
    ))
}

/// The fields of a form, as they may be shown and kept.
pub(super) struct Sent(Vec<(String, String)>);

impl Sent {
    pub(super) fn read(body: &[u8]) -> Self {
        Self(
            url::form_urlencoded::parse(body)
                .take(32)
                .map(|(key, value)| (key.into_owned(), legible(&value).into_owned()))
                .collect(),
        )
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find_map(|(key, value)| (key == name).then_some(value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_named_in_three_parts() {
        assert_eq!(
            object("Pod/shop/cart"),
            Some(ObjectRef::namespaced("Pod", "shop", "cart"))
        );
        assert_eq!(object("Node/-/n1"), Some(ObjectRef::cluster("Node", "n1")));
        for wrong in [
            "",
            "Pod",
            "Pod/shop",
            "Pod//cart",
            "Pod/shop/a/b",
            "Pod/shop/a\nb",
        ] {
            assert_eq!(object(wrong), None, "{wrong:?}");
        }
    }
}
